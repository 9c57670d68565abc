/** The latency of traces over time as dots: a click opens a trace, a drag narrows time and duration. */
import type { JSX } from 'preact';
import { useCallback, useRef, useState } from 'preact/hooks';
import { formatDuration, formatTick } from '../format/duration.ts';
import { formatLine } from '../format/text.ts';
import { formatClock, formatTimeTick } from '../format/time.ts';
import { dotAt, durationBounds, fromX, fromY, toX, toY, type Dot, type Plane } from '../logic/scatter.ts';
import { logTicks, timeTicks } from '../logic/ticks.ts';
import { chartFont, themeColour, useCanvas, type Box } from './canvas.ts';

interface ScatterProps {
  readonly dots: readonly Dot[];
  readonly from: number;
  readonly to: number;
  readonly onOpen: (dot: Dot) => void;
  readonly onBrush: (area: { readonly from: number; readonly to: number; readonly minMs: number; readonly maxMs: number }) => void;
}

const margin = { left: 56, right: 12, top: 8, bottom: 20 };
/** A drag shorter than this is a click. */
const clickPixels = 4;

export function Scatter({ dots, from, to, onOpen, onBrush }: ScatterProps): JSX.Element {
  const [hover, setHover] = useState<{ readonly dot: Dot; readonly x: number; readonly y: number } | undefined>(undefined);
  const [brush, setBrush] = useState<{ readonly x0: number; readonly y0: number; readonly x1: number; readonly y1: number } | undefined>(
    undefined,
  );
  const plane = useRef<Plane | undefined>(undefined);

  const draw = useCallback(
    (context: CanvasRenderingContext2D, box: Box) => {
      const { low, high } = durationBounds(dots);
      const width = box.width - margin.left - margin.right;
      const height = box.height - margin.top - margin.bottom;
      plane.current = { from, to: Math.max(to, from + 1), low, high, left: margin.left, top: margin.top, width, height };
      drawAxes(context, plane.current);
      for (const failed of [0, 1] as const) {
        context.fillStyle = themeColour(failed ? 'error' : 'dot');
        context.globalAlpha = failed ? 0.9 : dots.length > 1500 ? 0.35 : 0.6;
        for (const dot of dots) {
          if (dot[2] !== failed) continue;
          context.beginPath();
          context.arc(toX(plane.current, dot[0]), toY(plane.current, dot[1]), failed ? 3 : 2.5, 0, 2 * Math.PI);
          context.fill();
        }
      }
      context.globalAlpha = 1;
    },
    [dots, from, to],
  );
  const canvas = useCanvas(draw);

  const at = (event: PointerEvent): { readonly x: number; readonly y: number } => {
    const box = canvas.current!.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const onMove = (event: PointerEvent): void => {
    const { x, y } = at(event);
    if (brush) setBrush({ ...brush, x1: x, y1: y });
    const dot = plane.current && !brush ? dotAt(plane.current, dots, x, y) : undefined;
    setHover(dot && plane.current ? { dot, x: toX(plane.current, dot[0]), y: toY(plane.current, dot[1]) } : undefined);
  };
  const onUp = (event: PointerEvent): void => {
    const area = plane.current;
    setBrush(undefined);
    if (!brush || !area) return;
    const { x, y } = at(event);
    if (Math.abs(x - brush.x0) < clickPixels && Math.abs(y - brush.y0) < clickPixels) {
      const dot = dotAt(area, dots, x, y);
      if (dot) onOpen(dot);
      return;
    }
    onBrush({
      from: fromX(area, Math.min(x, brush.x0)),
      to: fromX(area, Math.max(x, brush.x0)),
      minMs: fromY(area, Math.max(y, brush.y0)),
      maxMs: fromY(area, Math.min(y, brush.y0)),
    });
  };
  return (
    <div class="scatter">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Latency of ${dots.length} traces over time. The list below holds the same traces.`}
        class={hover ? 'pointing' : ''}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const { x, y } = at(event);
          setBrush({ x0: x, y0: y, x1: x, y1: y });
        }}
        onPointerMove={onMove}
        onPointerUp={onUp}
        onPointerLeave={() => setHover(undefined)}
      />
      {brush && (
        <div
          class="brush"
          style={{
            left: `${Math.min(brush.x0, brush.x1)}px`,
            top: `${Math.min(brush.y0, brush.y1)}px`,
            width: `${Math.abs(brush.x1 - brush.x0)}px`,
            height: `${Math.abs(brush.y1 - brush.y0)}px`,
          }}
        />
      )}
      {hover && (
        <div class={`chart-tip${hover.x > 400 ? ' leftwards' : ''}`} style={{ left: `${hover.x}px`, top: `${hover.y}px` }}>
          <b>{formatDuration(hover.dot[1])}</b> {formatLine(hover.dot[4], 80)}
          <br />
          <span class="muted">{formatClock(hover.dot[0])}</span>
        </div>
      )}
    </div>
  );
}

function drawAxes(context: CanvasRenderingContext2D, plane: Plane): void {
  context.font = chartFont();
  context.lineWidth = 1;
  context.strokeStyle = themeColour('line');
  context.fillStyle = themeColour('text-muted');
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  let lastY = Infinity;
  for (const value of logTicks(plane.low, plane.high)) {
    const y = Math.round(toY(plane, value)) + 0.5;
    if (lastY - y < 16) continue;
    lastY = y;
    context.beginPath();
    context.moveTo(plane.left, y);
    context.lineTo(plane.left + plane.width, y);
    context.stroke();
    context.fillText(formatTick(value), plane.left - 8, y);
  }
  context.textAlign = 'center';
  context.textBaseline = 'top';
  const { times } = timeTicks(plane.from, plane.to, plane.width / 110, -new Date(plane.from).getTimezoneOffset() * 60_000);
  for (const time of times) {
    const x = Math.round(toX(plane, time)) + 0.5;
    if (x < plane.left + 20 || x > plane.left + plane.width - 20) continue;
    context.fillText(formatTimeTick(time), x, plane.top + plane.height + 6);
  }
  context.beginPath();
  context.moveTo(plane.left, plane.top + plane.height + 0.5);
  context.lineTo(plane.left + plane.width, plane.top + plane.height + 0.5);
  context.stroke();
}
