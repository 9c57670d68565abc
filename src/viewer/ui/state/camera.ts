/** Turns drags, wheel and fingers over a plane into where it is looked at from: by default all of it is in sight, and never larger than life. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { JSX, RefObject } from 'preact';
import { border, fitCamera, zoomAt, type Camera } from '../logic/camera.ts';
import type { Box, Size } from '../logic/map-labels.ts';

export interface CameraControls {
  readonly camera: Camera;
  /** Around the middle of the window. */
  readonly zoomBy: (factor: number) => void;
  readonly showAll: () => void;
  /** Moves as little as is needed to bring a part of the plane into sight. */
  readonly reveal: (box: Box) => void;
  readonly handlers: Pick<
    JSX.SVGAttributes<SVGSVGElement>,
    'onPointerDown' | 'onPointerMove' | 'onPointerUp' | 'onPointerCancel' | 'onClickCapture' | 'onWheel'
  >;
}

/** A drag begins after so many pixels; before, it is a click. */
const slack = 4;

export function useCamera(plane: Size, element: RefObject<SVGSVGElement>): CameraControls {
  const [size, setSize] = useState<Size>({ width: 1160, height: 520 });
  /** Undefined: all in sight, whatever comes. */
  const [chosen, setChosen] = useState<Camera | undefined>(undefined);
  const pointers = useRef(new Map<number, { readonly x: number; readonly y: number }>());
  const moved = useRef(false);
  useEffect(() => {
    const svg = element.current!;
    const measure = (): void => setSize({ width: svg.clientWidth || 1, height: svg.clientHeight || 1 });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(svg);
    return () => observer.disconnect();
  }, []);

  const fit = fitCamera(plane, size);
  const camera = chosen ?? fit;
  const change = (act: (old: Camera) => Camera): void => setChosen((old) => act(old ?? fit));
  const inWindow = (event: MouseEvent): { readonly x: number; readonly y: number } => {
    const { left, top } = element.current!.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const lift = (event: PointerEvent): void => void pointers.current.delete(event.pointerId);

  return {
    camera,
    zoomBy: (factor) => change((old) => zoomAt(old, factor, size.width / 2, size.height / 2)),
    showAll: () => setChosen(undefined),
    reveal: (box) => {
      const shift = (from: number, length: number, room: number): number =>
        from < border ? border - from : Math.min(0, room - border - from - length);
      const { x, y, scale } = camera;
      const dx = shift(x + box.x * scale, box.width * scale, size.width);
      const dy = shift(y + box.y * scale, box.height * scale, size.height);
      if (dx !== 0 || dy !== 0) change((old) => ({ ...old, x: old.x + dx, y: old.y + dy }));
    },
    handlers: {
      onPointerDown: (event) => {
        if (pointers.current.size === 0) moved.current = false;
        if (event.button === 0) pointers.current.set(event.pointerId, inWindow(event));
      },
      onPointerMove: (event) => {
        const from = pointers.current.get(event.pointerId);
        if (from === undefined) return;
        if (event.buttons === 0) return lift(event);
        const to = inWindow(event);
        const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
        if (!moved.current && Math.hypot(to.x - from.x, to.y - from.y) < slack) return;
        if (!moved.current) element.current!.setPointerCapture(event.pointerId);
        moved.current = true;
        pointers.current.set(event.pointerId, to);
        if (other === undefined) return change((old) => ({ ...old, x: old.x + to.x - from.x, y: old.y + to.y - from.y }));
        const [before, after] = [Math.hypot(from.x - other.x, from.y - other.y), Math.hypot(to.x - other.x, to.y - other.y)];
        change((old) => zoomAt(old, after / Math.max(1, before), (to.x + other.x) / 2, (to.y + other.y) / 2));
      },
      onPointerUp: lift,
      onPointerCancel: lift,
      // The end of a drag is no click.
      onClickCapture: (event) => {
        if (!moved.current || event.detail === 0) return;
        event.preventDefault();
        event.stopPropagation();
      },
      onWheel: (event) => {
        event.preventDefault();
        const { x, y } = inWindow(event);
        // A notch of a wheel is about 100 pixels or 3 lines.
        const amount = event.deltaY * (event.deltaMode === 0 ? 1 : 33);
        change((old) => zoomAt(old, Math.exp(Math.max(-0.3, Math.min(0.3, -amount * 0.002))), x, y));
      },
    },
  };
}
