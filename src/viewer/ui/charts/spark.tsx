/** A small chart inside a table cell: bars of counts, or a line; the numbers stand beside it. */
import type { JSX } from 'preact';

interface SparkProps {
  readonly values: readonly number[];
  /** Of the same length: the part of each bar that failed. */
  readonly failed?: readonly number[];
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}

export function SparkBars({ values, failed, label, width = 120, height = 20 }: SparkProps): JSX.Element {
  const most = Math.max(1e-9, ...values);
  const step = width / Math.max(1, values.length);
  const bars = (numbers: readonly number[]): string =>
    numbers
      .map((value, i) =>
        value > 0
          ? `M${(i * step).toFixed(1)} ${height}v${-Math.max(1, (value / most) * height).toFixed(1)}h${Math.max(1, step - 1).toFixed(1)}V${height}z`
          : '',
      )
      .join('');
  return (
    <svg class="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path class="spark-base" d={`M0 ${height - 0.5}h${width}`} />
      <path class="spark-bars" d={bars(values)} />
      {failed && <path class="spark-failed" d={bars(failed)} />}
    </svg>
  );
}

/** Gaps where a value is missing or zero: a time without requests has no latency. */
export function SparkLine({ values, label, width = 120, height = 20 }: SparkProps): JSX.Element {
  const most = Math.max(1e-9, ...values);
  const step = width / Math.max(1, values.length - 1);
  let path = '';
  let open = false;
  for (const [index, value] of values.entries()) {
    const point = `${(index * step).toFixed(1)} ${(height - 2 - (value / most) * (height - 4)).toFixed(1)}`;
    if (value > 0) path += `${open ? 'L' : 'M'}${point}${open || (values[index + 1] ?? 0) > 0 ? '' : 'h1'}`;
    open = value > 0;
  }
  return (
    <svg class="spark" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path class="spark-base" d={`M0 ${height - 0.5}h${width}`} />
      <path class="spark-line" d={path} />
    </svg>
  );
}
