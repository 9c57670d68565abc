/** Turns times of a trace into places of the part that is in sight, and the text of that part in the URL back. */

/** In milliseconds since the start of the trace. */
export interface Zoom {
  readonly from: number;
  readonly to: number;
}

export function parseZoom(text: string, durationMs: number): Zoom {
  const match = /^([\d.]+)-([\d.]+)$/.exec(text);
  const from = Number(match?.[1]);
  const to = Number(match?.[2]);
  return match !== null && from < to && to <= durationMs * 1.001 ? { from, to } : { from: 0, to: durationMs };
}

export function formatZoom({ from, to }: Zoom, durationMs: number): string | undefined {
  return from <= 0 && to >= durationMs ? undefined : `${Number(from.toFixed(4))}-${Number(to.toFixed(4))}`;
}

export interface Placed {
  /** Percent of the width. */
  readonly left: number;
  readonly width: number;
}

/** Undefined when nothing of it is in sight. */
export function placeBar(zoom: Zoom, from: number, to: number): Placed | undefined {
  const size = zoom.to - zoom.from || 1;
  const left = Math.max(0, ((from - zoom.from) / size) * 100);
  const right = Math.min(100, ((to - zoom.from) / size) * 100);
  return right < 0 || left > 100 || right < left ? undefined : { left, width: right - left };
}

export function placeMark(zoom: Zoom, at: number): number | undefined {
  const left = ((at - zoom.from) / (zoom.to - zoom.from || 1)) * 100;
  return left < 0 || left > 100 ? undefined : left;
}
