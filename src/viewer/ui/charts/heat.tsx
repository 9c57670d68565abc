/** A histogram over time as a heat map: time to the right, buckets upwards, the darker the more observations. */
import type { JSX } from 'preact';
import { useCallback, useRef, useState } from 'preact/hooks';
import { formatCount } from '../format/number.ts';
import { formatClockSeconds, formatTimeTick } from '../format/time.ts';
import { timeTicks } from '../logic/ticks.ts';
import { chartFont, themeColour, useCanvas, type Box } from './canvas.ts';

interface HeatProps {
  readonly times: readonly number[];
  readonly stepMs: number;
  readonly bounds: readonly number[];
  readonly counts: readonly (readonly number[])[];
  readonly format: (value: number, tick?: boolean) => string;
}

const margin = { left: 72, right: 16, top: 8, bottom: 20 };

/** First and last bucket that hold anything: empty ones at the edges would only take room. */
function usedBuckets(counts: HeatProps['counts'], buckets: number): readonly [first: number, last: number] {
  let [first, last] = [buckets - 1, 0];
  for (const row of counts) {
    for (const [bucket, count] of row.entries()) {
      if (count <= 0) continue;
      first = Math.min(first, bucket);
      last = Math.max(last, bucket);
    }
  }
  return first > last ? [0, buckets - 1] : [Math.max(0, first - 1), Math.min(buckets - 1, last + 1)];
}

export function Heat({ times, stepMs, bounds, counts, format }: HeatProps): JSX.Element {
  const [hover, setHover] = useState<
    { readonly column: number; readonly bucket: number; readonly x: number; readonly y: number } | undefined
  >(undefined);
  const box = useRef<Box>({ width: 1, height: 1 });
  const [first, last] = usedBuckets(counts, bounds.length + 1);
  const rows = last - first + 1;
  const draw = useCallback(
    (context: CanvasRenderingContext2D, size: Box) => {
      box.current = { width: size.width - margin.left - margin.right, height: size.height - margin.top - margin.bottom };
      const { width, height } = box.current;
      const most = Math.max(1, ...counts.flat());
      const [cellWidth, cellHeight] = [width / Math.max(1, times.length), height / rows];
      // Whole pixels: cells that overlap would be darker where they do.
      const gap = cellWidth > 4 ? 1 : 0;
      context.fillStyle = themeColour('heat-0');
      context.fillRect(margin.left, margin.top, width, height);
      context.fillStyle = themeColour('heat-1');
      for (const [column, row] of counts.entries()) {
        for (let bucket = first; bucket <= last; bucket++) {
          const count = row[bucket] ?? 0;
          if (count <= 0) continue;
          context.globalAlpha = 0.15 + 0.85 * Math.sqrt(count / most);
          const left = Math.round(column * cellWidth);
          const right = Math.round((column + 1) * cellWidth);
          context.fillRect(
            margin.left + left,
            margin.top + (last - bucket) * cellHeight,
            Math.max(1, right - left - gap),
            Math.max(1, cellHeight - 1),
          );
        }
      }
      context.globalAlpha = 1;
      context.font = chartFont();
      context.fillStyle = themeColour('text-muted');
      context.textAlign = 'right';
      context.textBaseline = 'middle';
      let lastY = Infinity;
      for (let bucket = first; bucket < last && bucket < bounds.length; bucket++) {
        const y = margin.top + (last - bucket) * cellHeight;
        if (lastY - y < 18) continue;
        lastY = y;
        context.fillText(format(bounds[bucket]!, true), margin.left - 8, y);
      }
      context.textAlign = 'center';
      context.textBaseline = 'top';
      const [from, to] = [times[0] ?? 0, (times.at(-1) ?? 0) + stepMs];
      for (const time of timeTicks(from, to, width / 110, -new Date(from).getTimezoneOffset() * 60_000).times) {
        const x = margin.left + ((time - from) / (to - from || 1)) * width;
        if (x > margin.left + 24 && x < margin.left + width - 24) context.fillText(formatTimeTick(time), x, margin.top + height + 6);
      }
    },
    [times, counts, first, last],
  );
  const canvas = useCanvas(draw);
  return (
    <div class="heat">
      <canvas
        ref={canvas}
        role="img"
        aria-label="Observations by time and bucket"
        onPointerMove={(event) => {
          const area = canvas.current!.getBoundingClientRect();
          const [x, y] = [event.clientX - area.left, event.clientY - area.top];
          const column = Math.floor(((x - margin.left) / box.current.width) * times.length);
          const bucket = last - Math.floor(((y - margin.top) / box.current.height) * rows);
          setHover(column >= 0 && column < times.length && bucket >= first && bucket <= last ? { column, bucket, x, y } : undefined);
        }}
        onPointerLeave={() => setHover(undefined)}
      />
      {hover && (
        <div
          class={`chart-tip${hover.x > box.current.width / 2 ? ' leftwards' : ''}`}
          style={{ left: `${hover.x}px`, top: `${hover.y}px` }}
        >
          <b class="num">{formatCount(counts[hover.column]?.[hover.bucket] ?? 0)}</b> {describeBucket(hover.bucket, bounds, format)}
          <br />
          <span class="muted num">{formatClockSeconds(times[hover.column] ?? 0)}</span>
        </div>
      )}
    </div>
  );
}

function describeBucket(bucket: number, bounds: readonly number[], format: HeatProps['format']): string {
  const [low, high] = [bounds[bucket - 1], bounds[bucket]];
  if (high === undefined) return low === undefined ? 'observations' : `above ${format(low, true)}`;
  return low === undefined ? `up to ${format(high, true)}` : `from ${format(low, true)} to ${format(high, true)}`;
}
