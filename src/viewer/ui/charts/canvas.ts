/** Sizes a canvas to its box in device pixels and draws anew when the box, the theme or the data change. */
import { useEffect, useRef } from 'preact/hooks';
import type { RefObject } from 'preact';
import { shownTheme } from '../state/theme.ts';

export interface Box {
  readonly width: number;
  readonly height: number;
}

/** `draw` gets a context in CSS pixels. It runs again whenever it is another function. */
export function useCanvas(draw: (context: CanvasRenderingContext2D, box: Box) => void): RefObject<HTMLCanvasElement> {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = shownTheme.value;
  useEffect(() => {
    const element = canvas.current!;
    const paint = (): void => {
      const width = element.clientWidth;
      const height = element.clientHeight;
      const scale = devicePixelRatio || 1;
      if (width === 0 || height === 0) return;
      element.width = Math.round(width * scale);
      element.height = Math.round(height * scale);
      const context = element.getContext('2d')!;
      context.scale(scale, scale);
      draw(context, { width, height });
    };
    paint();
    const observer = new ResizeObserver(paint);
    observer.observe(element);
    return () => observer.disconnect();
  }, [draw, theme]);
  return canvas;
}

/** A colour of the theme as the canvas takes it. */
export function themeColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

export const chartFont = (): string => `11px ${getComputedStyle(document.body).fontFamily}`;
