/** Turns the answer about a metric into lines to draw, by what is to be shown: value, rate, or percentiles. */
import type { Attributes, MetricSeries } from '../../api.ts';
import { formatValue } from '../format/value.ts';

export type Shown = 'value' | 'rate' | 'percentiles' | 'p50' | 'p90' | 'p99' | 'heat';

export interface DrawnLine {
  readonly label: string;
  /** Index of the series it belongs to. */
  readonly series: number;
  readonly values: readonly (number | null)[];
}

/** What can be shown of a metric, the first is shown when nothing else is asked for. */
export function choicesOf({ shows, heat }: Pick<MetricSeries, 'shows' | 'heat'>, split: boolean): readonly Shown[] {
  if (shows !== 'percentiles') return [shows];
  if (split) return ['p99', 'p90', 'p50', 'value', 'rate'];
  return heat ? ['percentiles', 'heat', 'rate', 'value'] : ['percentiles', 'rate', 'value'];
}

export function labelOf(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([key, value]) => `${key}=${formatValue(value)}`)
    .join(', ');
}

export function drawnLines({ lines, shows }: MetricSeries, shown: Shown): readonly DrawnLine[] {
  if (shown === 'heat') return [];
  if (shown === 'percentiles') {
    return lines.flatMap((line, series) =>
      (['p50', 'p90', 'p99'] as const).flatMap((name) => {
        const values = line[name];
        return values ? [{ label: name, series, values }] : [];
      }),
    );
  }
  return lines.flatMap((line, series) => {
    // A sum's rate stands in `value`; a histogram's stands beside its mean.
    const values =
      shown === 'rate' && shows === 'percentiles' ? line.rate : shown === 'rate' || shown === 'value' ? line.value : line[shown];
    return values ? [{ label: labelOf(line.attributes) || shown, series, values }] : [];
  });
}

export function latest(values: readonly (number | null)[] | undefined): number | undefined {
  return values?.findLast((value) => value !== null) ?? undefined;
}
