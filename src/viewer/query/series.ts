/** GET /api/metrics/series: the points of a metric -> lines over equal steps of time. */
import { nanoOf } from '../store/numbers.ts';
import { ms } from '../store/schema.ts';
import type { Attributes, MetricInfo, MetricSeries, SeriesQuery, Value } from '../api.ts';
import { percentileOf } from './bins.ts';
import { parseCondition } from './condition.ts';
import { readSeriesRows, toMetricInfo } from './metrics.ts';
import type { SeriesRow } from './metrics.ts';
import { incrementsOf, leastScale, readPoints, spread } from './points.ts';
import type { Point, Step } from './points.ts';
import type { Reader } from './reader.ts';

const DEFAULT_MS = 15 * 60_000;
const MAX_LINES = 20;
const MAX_EXEMPLARS = 500;
/** A value is taken to last until the next one, if that comes within so long: exporters send once a minute or more often. */
const LASTS_MS = 65_000;

type Line = MetricSeries['lines'][number];

interface Drawn {
  readonly line: Line;
  /** Of what is counted. */
  readonly steps: readonly Step[] | undefined;
}

interface Frame {
  readonly from: number;
  readonly stepMs: number;
  readonly points: number;
}

/** Undefined when nothing of this name was measured. */
export function readSeries(reader: Reader, query: SeriesQuery): MetricSeries | undefined {
  const all = readSeriesRows(reader, query.name, query.service, []);
  if (all.length === 0) return undefined;
  const conditions = (query.attr ?? []).map(parseCondition).filter((condition) => condition !== undefined);
  const rows = conditions.length === 0 ? all : readSeriesRows(reader, query.name, query.service, conditions);
  const metric = toMetricInfo(all);
  const frame = frameOf(query, metric);
  const shows =
    metric.type === 'histogram' || metric.type === 'exponential_histogram' || metric.type === 'summary'
      ? 'percentiles'
      : metric.type === 'sum' && metric.monotonic
        ? 'rate'
        : 'value';

  const groups = groupBy(
    rows.filter(({ metric: { type } }) => type === metric.type),
    query.by ?? [],
  );
  const points = new Map(rows.map(({ id }) => [id, readPoints(reader, id, frame.from, endOf(frame))]));
  const scale = leastScale([...points.values()].flat());
  const drawn: Drawn[] = groups.map(({ attributes, members }) => {
    if (shows === 'value') return { line: { attributes, value: values(members, points, frame, metric) }, steps: undefined };
    const { line, steps } = flow(members, points, frame, scale, shows);
    return { line: { attributes, ...line }, steps };
  });
  const sorted = drawn.filter(({ line }) => line.value.some((item) => item !== null)).sort((a, b) => lastOf(b.line) - lastOf(a.line));
  const [only] = sorted;
  const heat = (query.by ?? []).length === 0 && shows === 'percentiles' && only?.steps !== undefined ? heatOf(only.steps) : undefined;
  return {
    metric,
    shows,
    stepMs: frame.stepMs,
    times: Array.from({ length: frame.points }, (_, i) => frame.from + i * frame.stepMs),
    lines: sorted.slice(0, MAX_LINES).map(({ line }) => line),
    hiddenLines: Math.max(0, sorted.length - MAX_LINES),
    ...(heat === undefined ? {} : { heat }),
    exemplars: readExemplars(reader, rows, frame),
  };
}

function frameOf({ from: wanted, to: end, points = 120 }: SeriesQuery, { lastSeen }: MetricInfo): Frame {
  const to = end ?? lastSeen + 1;
  const from = Math.min(wanted ?? to - DEFAULT_MS, to - 1);
  return { from, stepMs: (to - from) / points, points };
}

function endOf({ from, stepMs, points }: Frame): number {
  return from + stepMs * points;
}

interface Group {
  readonly attributes: Attributes;
  readonly members: readonly SeriesRow[];
}

/** The values of the keys, of the point or else of its resource, make the groups. */
function groupBy(rows: readonly SeriesRow[], keys: readonly string[]): readonly Group[] {
  const groups = new Map<string, { readonly attributes: Attributes; readonly members: SeriesRow[] }>();
  for (const row of rows) {
    const attributes = Object.fromEntries(keys.map((key) => [key, (row.attributes[key] ?? row.resource[key] ?? null) as Value]));
    const text = JSON.stringify(attributes);
    const group = groups.get(text) ?? { attributes, members: [] };
    groups.set(text, group);
    group.members.push(row);
  }
  return [...groups.values()];
}

/** Gauges and sums that may fall: the last value of each step. Several gauges are averaged, several sums added up. */
function values(
  members: readonly SeriesRow[],
  points: ReadonlyMap<number, readonly Point[]>,
  frame: Frame,
  { type }: MetricInfo,
): readonly (number | null)[] {
  const sums = Array.from({ length: frame.points }, () => ({ sum: 0, series: 0 }));
  for (const { id, metric } of members) {
    const own = metric.type === 'sum' && metric.temporality === 'delta' ? accumulate(points.get(id)!) : points.get(id)!;
    lastValues(own, frame).forEach((value, i) => {
      if (value === null) return;
      sums[i]!.sum += value;
      sums[i]!.series++;
    });
  }
  return sums.map(({ sum, series }) => (series === 0 ? null : type === 'gauge' ? sum / series : sum));
}

function lastValues(points: readonly Point[], frame: Frame): readonly (number | null)[] {
  const result: (number | null)[] = Array.from({ length: frame.points }, () => null);
  points.forEach(({ timeMs, untilMs, value }, at) => {
    const next = points[at + 1]?.timeMs ?? -Infinity;
    const lasts = next - untilMs <= LASTS_MS && next > untilMs ? next - 1e-6 : untilMs;
    const first = Math.max(Math.floor((timeMs - frame.from) / frame.stepMs), 0);
    const last = Math.min(Math.floor((lasts - frame.from) / frame.stepMs), frame.points - 1);
    for (let i = first; i <= last; i++) result[i] = value;
  });
  return result;
}

function accumulate(points: readonly Point[]): readonly Point[] {
  let sum = 0;
  return points.map((point) => ({ ...point, value: (sum += point.value ?? 0) }));
}

/** What grows: per second of each step, and for histograms mean and percentiles of what was observed in it. */
function flow(
  members: readonly SeriesRow[],
  points: ReadonlyMap<number, readonly Point[]>,
  frame: Frame,
  scale: number,
  shows: 'rate' | 'percentiles',
): { readonly line: Omit<Line, 'attributes'>; readonly steps: readonly Step[] } {
  const steps: Step[] = Array.from({ length: frame.points }, () => ({
    value: 0,
    count: 0,
    sum: 0,
    bins: new Map<number, number>(),
    covered: false,
  }));
  for (const { id, metric } of members) {
    const cumulative = metric.temporality !== 'delta';
    spread(incrementsOf(points.get(id)!, cumulative, scale), steps, frame.from, frame.stepMs);
  }
  const seconds = frame.stepMs / 1000;
  const map = (read: (step: Step) => number | null): (number | null)[] => steps.map((step) => (step.covered ? read(step) : null));
  if (shows === 'rate') return { line: { value: map(({ value }) => value / seconds) }, steps };
  const quantiles = members[0]?.metric.type === 'summary' ? summaryQuantiles(members, points, frame) : undefined;
  const most = largestOf(members, points);
  const percentile = (share: number): (number | null)[] =>
    quantiles?.(share) ??
    map(({ bins }) => {
      const value = percentileOf(bins, share);
      return value === null ? null : Math.min(value, most);
    });
  const line = {
    value: map(({ sum, count }) => (count > 0 ? sum / count : null)),
    p50: percentile(0.5),
    p90: percentile(0.9),
    p99: percentile(0.99),
    rate: map(({ count }) => count / seconds),
  };
  return { line, steps };
}

/** What no observation exceeded, where every point tells: a percentile is somewhere in its bucket, and buckets are wide. */
function largestOf(members: readonly SeriesRow[], points: ReadonlyMap<number, readonly Point[]>): number {
  let largest = -Infinity;
  for (const { id } of members) for (const { max } of points.get(id)!) largest = Math.max(largest, max ?? Infinity);
  return largest;
}

/** A summary tells its quantiles itself; those of several cannot be put together, so the largest counts. */
function summaryQuantiles(
  members: readonly SeriesRow[],
  points: ReadonlyMap<number, readonly Point[]>,
  frame: Frame,
): (share: number) => (number | null)[] {
  return (share) => {
    const result: (number | null)[] = Array.from({ length: frame.points }, () => null);
    for (const { id } of members) {
      const own = points.get(id)!.map((point) => ({ ...point, value: quantileOf(point, share) }));
      lastValues(own, frame).forEach((value, i) => {
        if (value !== null) result[i] = Math.max(value, result[i] ?? -Infinity);
      });
    }
    return result;
  };
}

function quantileOf({ distribution }: Point, share: number): number | null {
  if (distribution === undefined || !('quantiles' in distribution)) return null;
  return distribution.quantiles.find(([quantile]) => quantile >= share)?.[1] ?? null;
}

function lastOf({ value }: Line): number {
  return value.findLast((item) => item !== null) ?? -Infinity;
}

function heatOf(steps: readonly Step[]): NonNullable<MetricSeries['heat']> {
  const bounds = [...new Set(steps.flatMap(({ bins }) => [...bins.keys()]))].filter(Number.isFinite).sort((a, b) => a - b);
  return { bounds, counts: steps.map(({ bins }) => [...bounds, Infinity].map((bound) => bins.get(bound) ?? 0)) };
}

function readExemplars(reader: Reader, rows: readonly SeriesRow[], frame: Frame): MetricSeries['exemplars'] {
  return reader
    .all(
      `SELECT ${ms('x.time_ns')} AS time_ms, x.value AS value, lower(hex(x.trace_id)) AS trace_id, lower(hex(x.span_id)) AS span_id,
         coalesce(t.spans, 0) > 0 AS known
       FROM exemplar x LEFT JOIN trace t ON t.trace_id = x.trace_id
       WHERE x.series IN (SELECT value FROM json_each(?)) AND x.time_ns >= ? AND x.time_ns < ? AND x.trace_id IS NOT NULL
       ORDER BY x.time_ns DESC LIMIT ?`,
      ...[JSON.stringify(rows.map(({ id }) => id)), nanoOf(frame.from), nanoOf(endOf(frame)), MAX_EXEMPLARS],
    )
    .map((row) => ({
      timeMs: row['time_ms'] as number,
      value: row['value'] as number,
      traceId: row['trace_id'] as string,
      spanId: (row['span_id'] as string | null) ?? '',
      known: row['known'] === 1,
    }));
}
