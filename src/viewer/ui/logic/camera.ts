/** Where a plane is looked at from: turns its size and the window's into a view of all of it, and that view into one from nearer or farther. */
import type { Size } from './map-labels.ts';

export interface Camera {
  /** Pixels: where the plane's origin is. */
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** Pixels that stay free at each side. */
export const border = 24;
const [smallest, largest] = [0.2, 3];
/** All in sight, but not so small that nothing could be read: then it begins at the left. */
const smallestFit = 0.36;

export function fitCamera(plane: Size, window: Size): Camera {
  const scale = Math.max(smallestFit, Math.min(1, (window.width - 2 * border) / plane.width, (window.height - 2 * border) / plane.height));
  const start = (room: number, length: number): number => Math.max(border, (room - length * scale) / 2);
  return { x: start(window.width, plane.width), y: start(window.height, plane.height), scale };
}

/** The point of the plane that lies at (x, y) of the window stays there. */
export function zoomAt(camera: Camera, factor: number, x: number, y: number): Camera {
  const scale = Math.max(smallest, Math.min(largest, camera.scale * factor));
  const ratio = scale / camera.scale;
  return { x: x - (x - camera.x) * ratio, y: y - (y - camera.y) * ratio, scale };
}
