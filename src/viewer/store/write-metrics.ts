/** Metric records -> rows of `metric`, `series`, `point` and `exemplar`. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { MetricPoint, MetricRecord } from '../../otlp/records.ts';
import { canonicalJson } from './attribute-json.ts';
import type { Interner } from './interner.ts';
import { clampCount, clampNano, idBytes } from './numbers.ts';

const typeNames: Readonly<Record<Exclude<MetricRecord['type'], 'empty'>, string>> = {
  gauge: 'gauge',
  sum: 'sum',
  histogram: 'histogram',
  exponentialHistogram: 'exponential_histogram',
  summary: 'summary',
};

interface Series {
  readonly id: number;
  /** The point written last, and everything in it but its time: a value that does not change takes one row, however often it is sent. */
  point: number;
  said: string;
  lastNs: bigint;
}

const KNOWN_BY_HEART = 20_000;

export class MetricWriter {
  readonly #interner: Interner;
  readonly #metrics = new Map<string, number>();
  readonly #series = new Map<string, Series>();
  readonly #statements: Readonly<Record<keyof typeof sql, StatementSync>>;
  #lastPoint: number;
  #points: number;

  constructor(database: DatabaseSync, interner: Interner) {
    this.#interner = interner;
    this.#statements = Object.fromEntries(Object.entries(sql).map(([name, text]) => [name, database.prepare(text)])) as Record<
      keyof typeof sql,
      StatementSync
    >;
    const { last, count } = database.prepare('SELECT coalesce(max(id), 0) AS last, count(*) AS count FROM point').get() as {
      last: number;
      count: number;
    };
    this.#lastPoint = last;
    this.#points = count;
  }

  /** Rows of `point`. */
  get points(): number {
    return this.#points;
  }

  evicted(points: number): void {
    this.#points -= points;
  }

  write(metric: MetricRecord, nowMs: number): void {
    if (metric.type === 'empty') return;
    const id = this.#metric(metric, typeNames[metric.type]);
    const resource = this.#interner.resource(metric.resource).id;
    const scope = this.#interner.scope(metric.scope);
    for (const point of metric.points) {
      const timeNs = clampNano(point.timeUnixNano || BigInt(Math.floor(nowMs)) * 1_000_000n);
      const series = this.#seriesOf(id, resource, scope, point);
      if (series.lastNs < timeNs) {
        series.lastNs = timeNs;
        this.#statements.touchSeries.run(timeNs, series.id);
      }
      this.#writePoint(series, point, timeNs, nowMs, metric.temporality !== 'delta');
      for (const exemplar of point.exemplars) {
        const { traceId, spanId } = exemplar;
        const time = clampNano(exemplar.timeUnixNano);
        const value = Number(exemplar.value);
        if (!Number.isFinite(value)) continue;
        this.#statements.addExemplar.run(series.id, time, value, traceId ? idBytes(traceId) : null, spanId ? idBytes(spanId) : null);
      }
    }
  }

  /** Rows were deleted. */
  forget(): void {
    this.#metrics.clear();
    this.#series.clear();
  }

  #writePoint(series: Series, point: MetricPoint, timeNs: bigint, nowMs: number, mayLast: boolean): void {
    const value = point.value === undefined ? null : finite(Number(point.value));
    const isEmpty = value === null && point.count === undefined;
    if (isEmpty) return;
    const count = point.count === undefined ? null : clampCount(point.count);
    const startNs = clampNano(point.startTimeUnixNano);
    const distribution = distributionJson(point);
    const numbers = [value, count, finite(point.sum), finite(point.min), finite(point.max)] as const;
    const said = `${startNs} ${numbers.join(' ')} ${distribution ?? ''}`;
    if (mayLast && said === series.said && this.#statements.lastPoint.run(timeNs, nowMs, series.point, timeNs).changes > 0) return;
    series.said = said;
    series.point = ++this.#lastPoint;
    this.#points++;
    this.#statements.addPoint.run(series.point, series.id, timeNs, timeNs, startNs, nowMs, ...numbers, distribution);
  }

  #metric({ name, unit, description, monotonic, temporality }: MetricRecord, type: string): number {
    const key = `${name}\n${type}\n${unit}\n${monotonic}\n${temporality}`;
    let id = this.#metrics.get(key);
    if (id === undefined) {
      const identity = [name, type, unit, monotonic ? 1 : 0, temporality] as const;
      const row = this.#statements.findMetric.get(...identity) ?? this.#statements.addMetric.get(...identity, description);
      ({ id } = row as { id: number });
      if (this.#metrics.size >= KNOWN_BY_HEART) this.#metrics.clear();
      this.#metrics.set(key, id);
    }
    return id;
  }

  #seriesOf(metric: number, resource: number, scope: number, { attributes }: MetricPoint): Series {
    const json = canonicalJson(attributes);
    const key = `${metric} ${resource} ${scope} ${json}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      const { findSeries, addSeries } = this.#statements;
      const { id } = (findSeries.get(metric, resource, scope, json) ?? addSeries.get(metric, resource, scope, json)) as { id: number };
      series = { id, point: 0, said: '', lastNs: 0n };
      if (this.#series.size >= KNOWN_BY_HEART) this.#series.clear();
      this.#series.set(key, series);
    }
    return series;
  }
}

const sql = {
  findMetric: 'SELECT id FROM metric WHERE name = ? AND type = ? AND unit = ? AND monotonic = ? AND temporality = ?',
  addMetric: 'INSERT INTO metric (name, type, unit, monotonic, temporality, description) VALUES (?, ?, ?, ?, ?, ?) RETURNING id',
  findSeries: 'SELECT id FROM series WHERE metric = ? AND resource = ? AND scope = ? AND attributes = ?',
  addSeries: 'INSERT INTO series (metric, resource, scope, attributes, last_ns) VALUES (?, ?, ?, ?, 0) RETURNING id',
  touchSeries: 'UPDATE series SET last_ns = max(last_ns, ?) WHERE id = ?',
  addPoint: 'INSERT INTO point VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  lastPoint: 'UPDATE point SET until_ns = ?, received_ms = ? WHERE id = ? AND until_ns <= ?',
  addExemplar: 'INSERT OR IGNORE INTO exemplar (series, time_ns, value, trace_id, span_id) VALUES (?, ?, ?, ?, ?)',
} as const;

/** NaN and the infinities cannot be drawn, and SQLite has no NaN. */
function finite(value: number | undefined): number | null {
  return value === undefined || !Number.isFinite(value) ? null : value;
}

function distributionJson({ bounds, bucketCounts, exponential, quantiles }: MetricPoint): string | null {
  if (bucketCounts !== undefined) return `{"bounds":[${bounds!.join(',')}],"counts":[${bucketCounts.join(',')}]}`;
  if (exponential !== undefined) {
    const { scale, zeroCount, positive, negative } = exponential;
    const side = ({ offset, bucketCounts: counts }: typeof positive): string => `{"offset":${offset},"counts":[${counts.join(',')}]}`;
    return `{"scale":${scale},"zero":${zeroCount},"positive":${side(positive)},"negative":${side(negative)}}`;
  }
  if (quantiles === undefined) return null;
  return JSON.stringify({ quantiles: quantiles.map(({ quantile, value }) => [quantile, finite(value)]) });
}
