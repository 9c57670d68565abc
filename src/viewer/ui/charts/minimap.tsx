/** A whole trace in a strip: each span a line in its service's colour. A drag zooms the waterfall below, a double click shows all again. */
import type { JSX } from 'preact';
import { useCallback, useState } from 'preact/hooks';
import { niceTicks } from '../logic/ticks.ts';
import type { SpanTree } from '../logic/waterfall.ts';
import { visibleRows } from '../logic/waterfall.ts';
import type { Zoom } from '../logic/zoom.ts';
import { serviceColour } from '../state/services.ts';
import { themeColour, useCanvas, type Box } from './canvas.ts';

interface MinimapProps {
  readonly tree: SpanTree;
  readonly zoom: Zoom;
  readonly onZoom: (zoom: Zoom) => void;
}

const nothingClosed: ReadonlySet<string> = new Set();

export function Minimap({ tree, zoom, onZoom }: MinimapProps): JSX.Element {
  const total = tree.endMs - tree.startMs || 1;
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number } | undefined>(undefined);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, { width, height }: Box) => {
      const rows = visibleRows(tree.roots, nothingClosed);
      const colours = new Map<string, string>();
      const colourOf = (name: string): string => {
        let colour = colours.get(name);
        if (colour === undefined) colours.set(name, (colour = themeColour(serviceColour(name).slice(6, -1))));
        return colour;
      };
      const line = Math.max(1, Math.min(5, (height - 8) / Math.max(rows.length, 1) - 1));
      for (const [index, { span }] of rows.entries()) {
        context.fillStyle = span.status.code === 'error' ? themeColour('error') : colourOf(span.service);
        const y = 4 + (index / Math.max(rows.length, 1)) * (height - 8);
        context.fillRect(((span.startMs - tree.startMs) / total) * width, y, Math.max(1.5, (span.durationMs / total) * width), line);
      }
    },
    [tree],
  );
  const canvas = useCanvas(draw);
  const at = (event: PointerEvent): number => {
    const box = canvas.current!.getBoundingClientRect();
    return Math.max(0, Math.min(1, (event.clientX - box.left) / box.width)) * total;
  };
  const shade = (from: number, to: number): JSX.Element => (
    <i class="shade" style={{ left: `${(from / total) * 100}%`, width: `${((to - from) / total) * 100}%` }} />
  );
  const part = drag && drag.from !== drag.to ? { from: Math.min(drag.from, drag.to), to: Math.max(drag.from, drag.to) } : zoom;
  return (
    <div class="minimap" title="Drag to zoom, double click to see all">
      <canvas
        ref={canvas}
        role="img"
        aria-label="The whole trace in small"
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDrag({ from: at(event), to: at(event) });
        }}
        onPointerMove={(event) => drag && setDrag({ ...drag, to: at(event) })}
        onPointerUp={(event) => {
          setDrag(undefined);
          if (!drag) return;
          const [from, to] = [Math.min(drag.from, at(event)), Math.max(drag.from, at(event))];
          if (to - from > total / 200) onZoom({ from, to });
        }}
        onDblClick={() => onZoom({ from: 0, to: total })}
      />
      {part.from > 0 && shade(0, part.from)}
      {part.to < total && shade(part.to, total)}
      {niceTicks(0, total, 5)
        .slice(1)
        .map((tick) => (
          <span key={tick} class="minimap-tick" style={{ left: `${(tick / total) * 100}%` }} />
        ))}
    </div>
  );
}
