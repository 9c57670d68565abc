/** Log records over time as bars, stacked by severity. A drag narrows the time range. */
import type { JSX } from 'preact';
import { useCallback, useRef, useState } from 'preact/hooks';
import type { LogHistogram, Severity } from '../../api.ts';
import { formatCount, formatNumber } from '../format/number.ts';
import { formatClockSeconds, formatTimeTick } from '../format/time.ts';
import { niceTicks, timeTicks } from '../logic/ticks.ts';
import { chartFont, themeColour, useCanvas, type Box } from './canvas.ts';

interface HistogramProps {
  readonly data: LogHistogram;
  readonly onBrush: (from: number, to: number) => void;
}

/** From the bottom up: what matters stands on the line. */
const order: readonly { readonly severity: Severity; readonly colour: string }[] = [
  { severity: 'fatal', colour: 'bar-error' },
  { severity: 'error', colour: 'bar-error' },
  { severity: 'warn', colour: 'bar-warn' },
  { severity: 'info', colour: 'bar-info' },
  { severity: 'debug', colour: 'bar-quiet' },
  { severity: 'trace', colour: 'bar-quiet' },
];
const margin = { left: 48, right: 16, top: 8, bottom: 18 };

export function Histogram({ data, onBrush }: HistogramProps): JSX.Element {
  const [hover, setHover] = useState<{ readonly index: number; readonly x: number } | undefined>(undefined);
  const [brush, setBrush] = useState<{ readonly from: number; readonly to: number } | undefined>(undefined);
  const width = useRef(1);
  const { buckets, stepMs } = data;
  const draw = useCallback(
    (context: CanvasRenderingContext2D, box: Box) => {
      width.current = box.width - margin.left - margin.right;
      drawBars(context, box, data);
    },
    [data],
  );
  const canvas = useCanvas(draw);
  const start = buckets[0]?.timeMs ?? 0;
  const spanMs = stepMs * buckets.length;
  const x = (event: PointerEvent): number =>
    Math.max(0, Math.min(width.current, event.clientX - canvas.current!.getBoundingClientRect().left - margin.left));
  const bucket = hover && buckets[hover.index];
  return (
    <div class="histogram">
      <canvas
        ref={canvas}
        role="img"
        aria-label={`Log records over time, ${buckets.length} bars of ${Math.round(stepMs / 1000)} seconds`}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setBrush({ from: x(event), to: x(event) });
        }}
        onPointerMove={(event) => {
          const at = x(event);
          if (brush) setBrush({ ...brush, to: at });
          setHover({ index: Math.min(buckets.length - 1, Math.floor((at / width.current) * buckets.length)), x: at + margin.left });
        }}
        onPointerLeave={() => setHover(undefined)}
        onPointerUp={(event) => {
          setBrush(undefined);
          if (!brush) return;
          const at = x(event);
          const [from, to] = Math.abs(at - brush.from) < 4 ? [at, at] : [Math.min(at, brush.from), Math.max(at, brush.from)];
          const first = Math.floor((from / width.current) * buckets.length);
          const last = Math.max(first + 1, Math.ceil((to / width.current) * buckets.length));
          onBrush(start + (first * spanMs) / buckets.length, start + (last * spanMs) / buckets.length);
        }}
      />
      {brush && Math.abs(brush.to - brush.from) > 3 && (
        <div
          class="brush"
          style={{
            left: `${margin.left + Math.min(brush.from, brush.to)}px`,
            width: `${Math.abs(brush.to - brush.from)}px`,
            top: `${margin.top}px`,
            bottom: `${margin.bottom}px`,
          }}
        />
      )}
      {hover && bucket && !brush && (
        <div class={`chart-tip${hover.x > width.current / 2 ? ' leftwards' : ''}`} style={{ left: `${hover.x}px`, top: '50%' }}>
          <span class="muted num">{formatClockSeconds(bucket.timeMs)}</span>
          {order.map(({ severity }) => {
            const count = bucket.counts[severity];
            return count ? (
              <span key={severity}>
                {' '}
                {severity} <b class="num">{formatCount(count)}</b>
              </span>
            ) : null;
          })}
        </div>
      )}
    </div>
  );
}

function drawBars(context: CanvasRenderingContext2D, box: Box, { buckets }: LogHistogram): void {
  const width = box.width - margin.left - margin.right;
  const height = box.height - margin.top - margin.bottom;
  const base = margin.top + height;
  const totals = buckets.map(({ counts }) => Object.values(counts).reduce((sum, count) => sum + (count ?? 0), 0));
  const most = Math.max(1, ...totals);
  context.font = chartFont();
  context.fillStyle = themeColour('text-muted');
  context.strokeStyle = themeColour('line');
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const tick of niceTicks(0, most, 2)) {
    if (!Number.isInteger(tick)) continue;
    const y = Math.round(base - (tick / most) * height) + 0.5;
    context.beginPath();
    context.moveTo(margin.left, y);
    context.lineTo(margin.left + width, y);
    context.stroke();
    context.fillText(formatNumber(tick), margin.left - 8, y);
  }
  const step = width / Math.max(1, buckets.length);
  for (const [index, { counts }] of buckets.entries()) {
    let y = base;
    for (const { severity, colour } of order) {
      const count = counts[severity] ?? 0;
      if (count === 0) continue;
      const size = Math.max(1, (count / most) * height);
      context.fillStyle = themeColour(colour);
      context.fillRect(margin.left + index * step + 0.5, y - size, Math.max(1, step - 1), size);
      y -= size;
    }
  }
  context.fillStyle = themeColour('text-muted');
  context.textAlign = 'center';
  context.textBaseline = 'top';
  const first = buckets[0]?.timeMs ?? 0;
  const last = first + (buckets.length > 1 ? buckets[1]!.timeMs - first : 0) * buckets.length;
  for (const time of timeTicks(first, last, width / 110, -new Date(first).getTimezoneOffset() * 60_000).times) {
    const x = margin.left + ((time - first) / (last - first || 1)) * width;
    if (x > margin.left + 24 && x < margin.left + width - 24) context.fillText(formatTimeTick(time), x, base + 5);
  }
}
