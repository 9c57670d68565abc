/** Metric records as they arrive -> the newest state of each series. */

import type { MetricPoint, MetricRecord } from '../../../src/otlp/records.ts';
import { serviceOf } from './span-label.ts';
import { formatAttribute } from './values.ts';

/** One series: a metric of one service with one set of attributes. */
export interface Series {
  readonly service: string;
  readonly metric: MetricRecord;
  readonly point: MetricPoint;
}

export class MetricTotals {
  readonly #series = new Map<string, Series>();

  /** Cumulative points and gauges replace what was there; delta points are added to it. */
  add(records: readonly MetricRecord[]): void {
    for (const metric of records) {
      for (const point of metric.points) {
        const service = serviceOf(metric);
        const key = JSON.stringify(
          [service, metric.resource.attributes['service.instance.id'] ?? '', metric.name, labelsOf(point)],
          (_key, value) => (typeof value === 'bigint' ? String(value) : value),
        );
        const before = this.#series.get(key);
        const sum = metric.temporality === 'delta' && before !== undefined ? addPoints(before.point, point) : point;
        this.#series.set(key, {
          service,
          metric,
          point: { ...sum, exemplars: sum.exemplars.length > 0 ? sum.exemplars : (before?.point.exemplars ?? []) },
        });
      }
    }
  }

  /** The series of the metric by this name, over all services. */
  named(name: string): readonly Series[] {
    return [...this.#series.values()].filter((series) => series.metric.name === name);
  }

  services(): readonly string[] {
    return [...new Set([...this.#series.values()].map((series) => series.service))];
  }
}

function labelsOf(point: MetricPoint): readonly (readonly [string, string])[] {
  return Object.entries(point.attributes)
    .map(([name, value]) => [name, formatAttribute(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function addPoints(a: MetricPoint, b: MetricPoint): MetricPoint {
  return {
    ...b,
    ...(b.value === undefined ? {} : { value: Number(a.value ?? 0) + Number(b.value) }),
    ...(b.count === undefined ? {} : { count: (a.count ?? 0n) + b.count }),
    ...(b.sum === undefined ? {} : { sum: (a.sum ?? 0) + b.sum }),
    ...(b.max === undefined ? {} : { max: Math.max(a.max ?? b.max, b.max) }),
    ...(b.min === undefined ? {} : { min: Math.min(a.min ?? b.min, b.min) }),
    ...(b.bucketCounts === undefined
      ? {}
      : { bucketCounts: b.bucketCounts.map((count, index) => count + (a.bucketCounts?.[index] ?? 0n)) }),
  };
}

/** The value below which this share of the measurements lies, taken as even within its bucket; undefined without buckets. */
export function quantileOf(point: MetricPoint, share: number): number | undefined {
  const { bounds, bucketCounts } = point;
  const count = Number(point.count ?? 0n);
  if (bounds === undefined || bucketCounts === undefined || bucketCounts.length === 0 || count === 0) return undefined;
  let below = 0;
  for (const [index, bucketCount] of bucketCounts.entries()) {
    const inBucket = Number(bucketCount);
    if (inBucket > 0 && below + inBucket >= share * count) {
      const low = Math.max(bounds[index - 1] ?? 0, point.min ?? 0);
      const high = Math.min(bounds[index] ?? point.max ?? low, point.max ?? Infinity);
      return low + Math.max(0, high - low) * ((share * count - below) / inBucket);
    }
    below += inBucket;
  }
  return point.max;
}
