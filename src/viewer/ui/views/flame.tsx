/** A trace as a flame graph: time from left to right, children below their parents. A click selects a span. */
import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { chartFont, themeColour, useCanvas, type Box } from '../charts/canvas.ts';
import { formatDuration } from '../format/duration.ts';
import { formatLine } from '../format/text.ts';
import { layFlame, type FlameBox } from '../logic/flame.ts';
import type { SpanTree } from '../logic/waterfall.ts';
import type { Zoom } from '../logic/zoom.ts';
import { serviceColour } from '../state/services.ts';

interface FlameGraphProps {
  readonly tree: SpanTree;
  readonly zoom: Zoom;
  readonly selected: string;
  readonly found: ReadonlySet<string>;
  readonly searching: boolean;
  readonly onSelect: (spanId: string) => void;
}

const laneHeight = 22;

export function FlameGraph({ tree, zoom, selected, found, searching, onSelect }: FlameGraphProps): JSX.Element {
  const flame = useMemo(() => layFlame(tree), [tree]);
  const [hover, setHover] = useState<{ readonly box: FlameBox; readonly x: number; readonly y: number } | undefined>(undefined);
  const size = useRef<Box>({ width: 1, height: 1 });
  const { from, to } = zoom;
  const draw = useCallback(
    (context: CanvasRenderingContext2D, box: Box) => {
      size.current = box;
      const scale = box.width / (to - from || 1);
      context.font = chartFont();
      context.textBaseline = 'middle';
      const ink = themeColour('on-service');
      const error = themeColour('error');
      const mark = themeColour('text');
      const colours = new Map<string, string>();
      for (const { node, lane } of flame.boxes) {
        const { span } = node;
        const left = (span.startMs - tree.startMs - from) * scale;
        const width = Math.max(1, span.durationMs * scale - 0.5);
        if (left > box.width || left + width < 0) continue;
        const colour = colours.get(span.service) ?? themeColour(serviceColour(span.service).slice(6, -1));
        colours.set(span.service, colour);
        const y = lane * laneHeight;
        context.globalAlpha = searching && !found.has(span.spanId) ? 0.25 : 1;
        context.fillStyle = colour;
        context.fillRect(left, y, width, laneHeight - 2);
        if (span.status.code === 'error') {
          context.fillStyle = error;
          context.fillRect(left, y + laneHeight - 5, width, 3);
        }
        if (span.spanId === selected) {
          context.strokeStyle = mark;
          context.lineWidth = 2;
          context.strokeRect(left + 1, y + 1, Math.max(0, width - 2), laneHeight - 4);
        }
        const shown = Math.max(0, left);
        const room = Math.min(box.width, left + width) - shown - 8;
        if (room > 24) {
          context.fillStyle = ink;
          context.fillText(
            fit(context, `${formatLine(span.name, 100)}  ${formatDuration(span.durationMs)}`, room),
            shown + 4,
            y + laneHeight / 2 - 1,
          );
        }
      }
      context.globalAlpha = 1;
    },
    [flame, from, to, selected, found, searching],
  );
  const canvas = useCanvas(draw);
  const boxAt = (event: MouseEvent): FlameBox | undefined => {
    const area = canvas.current!.getBoundingClientRect();
    const lane = Math.floor((event.clientY - area.top) / laneHeight);
    const time = tree.startMs + from + ((event.clientX - area.left) / area.width) * (to - from);
    const slack = (2 / area.width) * (to - from);
    return flame.boxes.find(
      ({ node: { span }, lane: own }) => own === lane && time >= span.startMs - slack && time <= span.startMs + span.durationMs + slack,
    );
  };
  useEffect(() => setHover(undefined), [zoom.from, zoom.to]);
  return (
    <div class="flame" tabIndex={0} role="region" aria-label="Flame graph">
      <div class="flame-area" style={{ height: `${flame.lanes * laneHeight + 8}px` }}>
        <canvas
          ref={canvas}
          role="img"
          aria-label="Flame graph of the trace. The table of spans holds the same numbers."
          class={hover ? 'pointing' : ''}
          onClick={(event) => {
            const box = boxAt(event);
            if (box) onSelect(box.node.span.spanId);
          }}
          onMouseMove={(event) => {
            const box = boxAt(event);
            setHover(box && { box, x: event.offsetX, y: event.offsetY });
          }}
          onMouseLeave={() => setHover(undefined)}
        />
        {hover && (
          <div
            class={`chart-tip${hover.x > size.current.width / 2 ? ' leftwards' : ''}`}
            style={{ left: `${hover.x}px`, top: `${hover.y}px` }}
          >
            <b>{formatDuration(hover.box.node.span.durationMs)}</b> {formatLine(hover.box.node.span.name, 80)}
            <br />
            <span class="muted">
              {hover.box.node.span.service}, self time {formatDuration(hover.box.node.selfMs)}
            </span>
          </div>
        )}
      </div>
    </div>
  );
}

function fit(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return low > 0 ? `${text.slice(0, low)}…` : '';
}
