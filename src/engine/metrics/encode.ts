/**
 * Collected metrics -> the bytes of an ExportMetricsServiceRequest, exemplars included.
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
 */
import { ValueType } from '@opentelemetry/api';
import type { HrTime } from '@opentelemetry/api';
import type { ExponentialHistogram, Histogram, MetricData, ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { ByteWriter } from '../../otlp/byte-writer.ts';
import { encodeAttributes, encodeHex, encodeResource, encodeScope } from '../../otlp/encode-value.ts';
import { CUMULATIVE, POINT_TYPES } from './types.ts';
import type { Exemplar, Point } from './types.ts';

const TWO_32 = 2 ** 32;
/** Field numbers of Metric.data. */
const DATA_FIELDS: Readonly<Record<number, number>> = {
  [POINT_TYPES.gauge]: 5,
  [POINT_TYPES.sum]: 7,
  [POINT_TYPES.histogram]: 9,
  [POINT_TYPES.exponential]: 10,
};

/** Takes what the stock SDK collects as well: without exemplars, then. */
export function encodeMetrics({ resource, scopeMetrics }: ResourceMetrics): Uint8Array {
  const writer = new ByteWriter(4096);
  const mark = writer.begin(1, 2);
  encodeResource(writer, 1, resource.attributes);
  for (const one of scopeMetrics) encodeScopeMetrics(writer, one);
  if (resource.schemaUrl) writer.string(3, resource.schemaUrl);
  writer.end(mark);
  return writer.take();
}

function encodeScopeMetrics(writer: ByteWriter, { scope, metrics }: ScopeMetrics): void {
  const mark = writer.begin(2, 2);
  encodeScope(writer, 1, scope);
  for (const metric of metrics) encodeMetric(writer, metric);
  if (scope.schemaUrl) writer.string(3, scope.schemaUrl);
  writer.end(mark);
}

function encodeMetric(writer: ByteWriter, metric: MetricData): void {
  const { descriptor, aggregationTemporality } = metric;
  const type: number = metric.dataPointType;
  const mark = writer.begin(2, 2);
  writer.string(1, descriptor.name);
  if (descriptor.description) writer.string(2, descriptor.description);
  if (descriptor.unit) writer.string(3, descriptor.unit);
  const dataMark = writer.begin(DATA_FIELDS[type] ?? 0, 2);
  const whole = descriptor.valueType === ValueType.INT;
  for (const point of metric.dataPoints as readonly Point[]) {
    const pointMark = writer.begin(1);
    encodeTimes(writer, point);
    if (type === POINT_TYPES.histogram) encodeHistogram(writer, point as Point<Histogram>);
    else if (type === POINT_TYPES.exponential) encodeExponential(writer, point as Point<ExponentialHistogram>);
    else encodeNumber(writer, point as Point<number>, whole);
    writer.end(pointMark);
  }
  if (type !== POINT_TYPES.gauge) {
    writer.tag(2, 0);
    // The protocol counts from 1: there, 0 is "unspecified".
    writer.varint((aggregationTemporality as number) === CUMULATIVE ? 2 : 1);
  }
  if ('isMonotonic' in metric && metric.isMonotonic) {
    writer.tag(3, 0);
    writer.varint(1);
  }
  writer.end(dataMark);
  writer.end(mark);
}

/** Fields 2 and 3 of every kind of point. */
function encodeTimes(writer: ByteWriter, { startTime, endTime }: Point): void {
  encodeTime(writer, 2, startTime);
  encodeTime(writer, 3, endTime);
}

function encodeNumber(writer: ByteWriter, { value, attributes, exemplars }: Point<number>, whole: boolean): void {
  encodeNumberAs(writer, value, whole ? 6 : 4, whole);
  encodeExemplars(writer, 5, exemplars, whole);
  encodeAttributes(writer, 7, attributes);
}

function encodeHistogram(writer: ByteWriter, { value, attributes, exemplars }: Point<Histogram>): void {
  const { boundaries, counts } = value.buckets;
  encodeCount(writer, 4, value.count);
  encodeDouble(writer, 5, value.sum);
  if (counts.length > 0) {
    const mark = writer.begin(6);
    for (const count of counts) writer.fixed64(count % TWO_32, Math.floor(count / TWO_32));
    writer.end(mark);
  }
  if (boundaries.length > 0) {
    const mark = writer.begin(7);
    for (const bound of boundaries) writer.double(bound);
    writer.end(mark);
  }
  encodeExemplars(writer, 8, exemplars, false);
  encodeAttributes(writer, 9, attributes);
  encodeDouble(writer, 11, value.min);
  encodeDouble(writer, 12, value.max);
}

function encodeExponential(writer: ByteWriter, { value, attributes, exemplars }: Point<ExponentialHistogram>): void {
  encodeAttributes(writer, 1, attributes);
  encodeCount(writer, 4, value.count);
  encodeDouble(writer, 5, value.sum);
  encodeSigned(writer, 6, value.scale);
  encodeCount(writer, 7, value.zeroCount);
  encodeBuckets(writer, 8, value.positive);
  encodeBuckets(writer, 9, value.negative);
  encodeExemplars(writer, 11, exemplars, false);
  encodeDouble(writer, 12, value.min);
  encodeDouble(writer, 13, value.max);
}

function encodeBuckets(writer: ByteWriter, field: number, { offset, bucketCounts }: ExponentialHistogram['positive']): void {
  const mark = writer.begin(field, 2);
  encodeSigned(writer, 1, offset);
  if (bucketCounts.length > 0) {
    const countsMark = writer.begin(2, 2);
    for (const count of bucketCounts) writer.varint(count);
    writer.end(countsMark);
  }
  writer.end(mark);
}

function encodeExemplars(writer: ByteWriter, field: number, exemplars: readonly Exemplar[] | undefined, whole: boolean): void {
  if (exemplars === undefined) return;
  for (const { value, timestamp, traceId, spanId, filteredAttributes } of exemplars) {
    const mark = writer.begin(field);
    encodeTime(writer, 2, timestamp);
    encodeNumberAs(writer, value, whole ? 6 : 3, whole);
    if (spanId !== undefined) encodeHex(writer, 4, spanId);
    if (traceId !== undefined) encodeHex(writer, 5, traceId);
    encodeAttributes(writer, 7, filteredAttributes);
    writer.end(mark);
  }
}

function encodeTime(writer: ByteWriter, field: number, time: HrTime): void {
  writer.time(field, time[0], time[1]);
}

/** `sfixed64` or `double`. */
function encodeNumberAs(writer: ByteWriter, value: number, field: number, whole: boolean): void {
  writer.tag(field, 1);
  // Both halves of the two's complement come out of a floored division, for negative numbers too.
  if (whole) writer.fixed64(value - Math.floor(value / TWO_32) * TWO_32, Math.floor(value / TWO_32));
  else writer.double(value);
}

function encodeCount(writer: ByteWriter, field: number, count: number): void {
  writer.tag(field, 1);
  writer.fixed64(count % TWO_32, Math.floor(count / TWO_32));
}

function encodeDouble(writer: ByteWriter, field: number, value: number | undefined): void {
  if (value === undefined) return;
  writer.tag(field, 1);
  writer.double(value);
}

/** `sint32`, which is zigzag; 0 is the default. */
function encodeSigned(writer: ByteWriter, field: number, value: number): void {
  if (value === 0) return;
  writer.tag(field, 0);
  writer.varint(((value << 1) ^ (value >> 31)) >>> 0);
}
