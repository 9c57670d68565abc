/** Turns a decoded metrics message into one record per metric. */
import { toAttributes, toOptionalId, toResource, toScope } from './attributes.ts';
import type { Exemplar, MetricPoint, MetricRecord, Resource, Scope } from './records.ts';
import type { Message } from './schema.ts';

const temporalities = ['unspecified', 'delta', 'cumulative'] as const;

type Data = Pick<MetricRecord, 'type' | 'temporality' | 'monotonic' | 'points'>;
type PointFields = 'attributes' | 'startTimeUnixNano' | 'timeUnixNano' | 'exemplars' | 'flags';

/** In the order sent. Metrics of one resource share its object, and so do metrics of one scope. */
export function toMetricRecords(metrics: Message<'MetricsData'>): MetricRecord[] {
  const records: MetricRecord[] = [];
  for (const { resource: rawResource, schemaUrl, scopeMetrics = [] } of metrics.resourceMetrics ?? []) {
    const resource = toResource(rawResource, schemaUrl);
    for (const { scope: rawScope, schemaUrl: scopeSchemaUrl, metrics: rawMetrics = [] } of scopeMetrics) {
      const scope = toScope(rawScope, scopeSchemaUrl);
      for (const metric of rawMetrics) records.push(toMetricRecord(metric, resource, scope));
    }
  }
  return records;
}

function toMetricRecord(metric: Message<'Metric'>, resource: Resource, scope: Scope): MetricRecord {
  return {
    name: metric.name ?? '',
    description: metric.description ?? '',
    unit: metric.unit ?? '',
    ...toData(metric),
    metadata: toAttributes(metric.metadata),
    resource,
    scope,
  };
}

function toData({ gauge, sum, histogram, exponentialHistogram, summary }: Message<'Metric'>): Data {
  if (gauge) return { type: 'gauge', temporality: 'unspecified', monotonic: false, points: (gauge.dataPoints ?? []).map(toNumberPoint) };
  if (sum) {
    const points = (sum.dataPoints ?? []).map(toNumberPoint);
    return { type: 'sum', temporality: toTemporality(sum.aggregationTemporality), monotonic: sum.isMonotonic ?? false, points };
  }
  if (histogram) {
    const points = (histogram.dataPoints ?? []).map(toHistogramPoint);
    return { type: 'histogram', temporality: toTemporality(histogram.aggregationTemporality), monotonic: false, points };
  }
  if (exponentialHistogram) {
    const points = (exponentialHistogram.dataPoints ?? []).map(toExponentialPoint);
    return {
      type: 'exponentialHistogram',
      temporality: toTemporality(exponentialHistogram.aggregationTemporality),
      monotonic: false,
      points,
    };
  }
  if (summary)
    return { type: 'summary', temporality: 'unspecified', monotonic: false, points: (summary.dataPoints ?? []).map(toSummaryPoint) };
  return { type: 'empty', temporality: 'unspecified', monotonic: false, points: [] };
}

function toTemporality(code = 0): MetricRecord['temporality'] {
  return temporalities[code] ?? 'unspecified';
}

function toNumberPoint(point: Message<'NumberDataPoint'>): MetricPoint {
  const value = point.asInt ?? point.asDouble;
  return { ...toPointFields(point), ...(value === undefined ? {} : { value }) };
}

function toHistogramPoint(point: Message<'HistogramDataPoint'>): MetricPoint {
  return {
    ...toPointFields(point),
    ...toDistribution(point),
    bounds: point.explicitBounds ?? [],
    bucketCounts: point.bucketCounts ?? [],
  };
}

function toExponentialPoint(point: Message<'ExponentialHistogramDataPoint'>): MetricPoint {
  const exponential = {
    scale: point.scale ?? 0,
    zeroCount: point.zeroCount ?? 0n,
    zeroThreshold: point.zeroThreshold ?? 0,
    positive: toBuckets(point.positive),
    negative: toBuckets(point.negative),
  };
  return { ...toPointFields(point), ...toDistribution(point), exponential };
}

function toSummaryPoint(point: Message<'SummaryDataPoint'>): MetricPoint {
  const quantiles = (point.quantileValues ?? []).map(({ quantile = 0, value = 0 }) => ({ quantile, value }));
  return { ...toPointFields(point), count: point.count ?? 0n, sum: point.sum ?? 0, quantiles };
}

function toPointFields(
  point: Message<'NumberDataPoint'> | Message<'HistogramDataPoint'> | Message<'SummaryDataPoint'>,
): Pick<MetricPoint, PointFields> {
  return {
    attributes: toAttributes(point.attributes),
    startTimeUnixNano: point.startTimeUnixNano ?? 0n,
    timeUnixNano: point.timeUnixNano ?? 0n,
    exemplars: ('exemplars' in point ? (point.exemplars ?? []) : []).map(toExemplar),
    flags: point.flags ?? 0,
  };
}

/** Sum, min and max are absent when they were not recorded: zero would be a claim. */
function toDistribution({
  count = 0n,
  sum,
  min,
  max,
}: Message<'HistogramDataPoint'> | Message<'ExponentialHistogramDataPoint'>): Pick<MetricPoint, 'count' | 'sum' | 'min' | 'max'> {
  return {
    count,
    ...(sum === undefined ? {} : { sum }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}

function toBuckets(buckets: Message<'Buckets'> | undefined): { offset: number; bucketCounts: readonly bigint[] } {
  return { offset: buckets?.offset ?? 0, bucketCounts: buckets?.bucketCounts ?? [] };
}

function toExemplar(exemplar: Message<'Exemplar'>): Exemplar {
  return {
    timeUnixNano: exemplar.timeUnixNano ?? 0n,
    value: exemplar.asInt ?? exemplar.asDouble ?? 0,
    traceId: toOptionalId(exemplar.traceId),
    spanId: toOptionalId(exemplar.spanId),
    attributes: toAttributes(exemplar.filteredAttributes),
  };
}
