/** Turns traces into dots of a plane, time by duration (logarithmic), finds the dot under the pointer, and a brush's part of the plane. */
import type { Latency } from '../../api.ts';

export type Dot = Latency['dots'][number];

export interface Plane {
  readonly from: number;
  readonly to: number;
  /** Bounds of the durations, powers of ten or near them, in milliseconds. */
  readonly low: number;
  readonly high: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Bounds that hold every dot with some room, at least a factor of ten. */
export function durationBounds(dots: readonly Dot[]): { readonly low: number; readonly high: number } {
  let low = Infinity;
  let high = 0;
  for (const [, duration] of dots) {
    low = Math.min(low, Math.max(duration, 0.001));
    high = Math.max(high, duration);
  }
  if (!(high > 0)) return { low: 1, high: 1000 };
  low = low / 1.4;
  high = high * 1.4;
  return high / low < 10 ? { low: high / 10, high } : { low, high };
}

export function toX(plane: Plane, timeMs: number): number {
  return plane.left + ((timeMs - plane.from) / (plane.to - plane.from)) * plane.width;
}

export function toY(plane: Plane, durationMs: number): number {
  const share = Math.log(Math.max(durationMs, plane.low) / plane.low) / Math.log(plane.high / plane.low);
  return plane.top + (1 - Math.min(1, share)) * plane.height;
}

export function fromX(plane: Plane, x: number): number {
  return plane.from + Math.min(1, Math.max(0, (x - plane.left) / plane.width)) * (plane.to - plane.from);
}

export function fromY(plane: Plane, y: number): number {
  const share = 1 - Math.min(1, Math.max(0, (y - plane.top) / plane.height));
  return plane.low * (plane.high / plane.low) ** share;
}

/** The nearest dot within `reach` pixels, errors before others. */
export function dotAt(plane: Plane, dots: readonly Dot[], x: number, y: number, reach = 8): Dot | undefined {
  let best: Dot | undefined;
  let bestDistance = reach * reach;
  for (const dot of dots) {
    const distance = (toX(plane, dot[0]) - x) ** 2 + (toY(plane, dot[1]) - y) ** 2 - (dot[2] === 1 ? 4 : 0);
    if (distance <= bestDistance) {
      best = dot;
      bestDistance = distance;
    }
  }
  return best;
}
