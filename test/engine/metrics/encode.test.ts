import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ValueType } from '@opentelemetry/api';
import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { encodeMetrics } from '../../../src/engine/metrics/encode.ts';
import { decodeMetrics } from '../../../src/otlp/decode.ts';
import { officialType } from '../../otlp/official-schema.ts';
import { resource } from './support.ts';

const request = officialType('collector.metrics.v1.ExportMetricsServiceRequest');
const read = (bytes: Uint8Array): unknown => request.toObject(request.decode(bytes), { longs: String, bytes: String, defaults: true });

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.constantFrom('', 'a'.repeat(200), 'é'.repeat(70)));
const number = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, -1, 2 ** 31, 2 ** 40 + 5, -(2 ** 40) - 5, Infinity, -Infinity, NaN),
);
const count = fc.oneof(fc.nat(), fc.integer({ min: 2 ** 31, max: 2 ** 52 }));
const time = fc.tuple(fc.integer({ min: 0, max: 2 ** 33 }), fc.integer({ min: 0, max: 999_999_999 }));
// Beyond the safe integers we write doubles.
const attributeNumber = fc.oneof(
  fc.maxSafeInteger(),
  fc.double().filter((n) => !Number.isInteger(n) || Number.isSafeInteger(n)),
);
const value = fc.oneof(text, fc.boolean(), attributeNumber, fc.array(fc.oneof(text, fc.boolean(), fc.integer()), { maxLength: 4 }));
const attributes = fc.dictionary(
  text.filter((name) => name !== '__proto__'),
  value,
  { maxKeys: 5, noNullPrototype: true },
);
const point = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<unknown> => fc.record({ attributes, startTime: time, endTime: time, value: of });
const optional = fc.option(number, { nil: undefined });
const buckets = fc.record({
  offset: fc.oneof(fc.integer({ min: -(2 ** 30), max: 2 ** 30 }), fc.integer({ min: -3, max: 3 })),
  bucketCounts: fc.array(count, { maxLength: 160 }),
});
const histogram = fc.record({
  buckets: fc.record({ boundaries: fc.array(fc.double({ noNaN: true }), { maxLength: 20 }), counts: fc.array(count, { maxLength: 21 }) }),
  count,
  sum: optional,
  min: optional,
  max: optional,
});
const exponential = fc.record({
  count,
  zeroCount: count,
  scale: fc.integer({ min: -10, max: 20 }),
  positive: buckets,
  negative: buckets,
  sum: optional,
  min: optional,
  max: optional,
});
const points = (of: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> => fc.array(point(of), { maxLength: 3 });
const descriptor = (valueType: ValueType): fc.Arbitrary<unknown> =>
  fc.record({
    name: text,
    description: text,
    unit: text,
    valueType: fc.constant(valueType),
    type: fc.constant(''),
    advice: fc.constant({}),
  });
const metric = (dataPointType: number, of: fc.Arbitrary<unknown>, valueType = ValueType.DOUBLE): fc.Arbitrary<unknown> =>
  fc.record({
    descriptor: descriptor(valueType),
    aggregationTemporality: fc.constantFrom(0, 1),
    dataPointType: fc.constant(dataPointType),
    dataPoints: points(of),
    ...(dataPointType === 3 && { isMonotonic: fc.boolean() }),
  });
const metrics = fc.array(
  fc.oneof(
    metric(0, histogram),
    metric(1, exponential),
    metric(2, number),
    metric(3, number),
    metric(3, fc.maxSafeInteger(), ValueType.INT),
    metric(2, fc.maxSafeInteger(), ValueType.INT),
  ),
  { maxLength: 4 },
);
const scope = fc.record({ name: text, version: fc.option(text, { nil: undefined }), schemaUrl: fc.option(text, { nil: undefined }) });
const collected = fc.record({
  resource: fc.record({ attributes, schemaUrl: fc.option(text, { nil: undefined }) }),
  scopeMetrics: fc.array(fc.record({ scope, metrics }), { maxLength: 3 }),
}) as unknown as fc.Arbitrary<ResourceMetrics>;

test('any metrics read by the official schema as those that the stock serializer writes', () => {
  fc.assert(
    fc.property(collected, (given) => {
      assert.deepEqual(read(encodeMetrics(given)), read(ProtobufMetricsSerializer.serializeRequest(given) as Uint8Array));
    }),
    { numRuns: 300 },
  );
});

test('a message that outgrows the guessed length of its prefix is whole', () => {
  const dataPoints = Array.from({ length: 3000 }, (_, i) => ({
    attributes: { route: `/${'x'.repeat(i % 300)}` },
    startTime: [1, 2],
    endTime: [1_700_000_000, 5],
    value: i,
  }));
  const sum = {
    descriptor: { name: 'n', description: '', unit: '', valueType: 0 },
    aggregationTemporality: 1,
    dataPointType: 3,
    isMonotonic: true,
  };
  const given = { resource, scopeMetrics: [{ scope: { name: 's' }, metrics: [{ ...sum, dataPoints }] }] } as unknown as ResourceMetrics;
  assert.deepEqual(read(encodeMetrics(given)), read(ProtobufMetricsSerializer.serializeRequest(given) as Uint8Array));
});

const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
const exemplars = [
  { value: 1.5, timestamp: [1_700_000_000, 123_000_000], filteredAttributes: {}, ...ids },
  { value: -2, timestamp: [0, 0], filteredAttributes: { user: 'u1' } },
];

for (const [name, dataPointType, pointValue] of [
  ['sums', 3, 1],
  ['gauges', 2, 1],
  ['histograms', 0, { count: 1, sum: 1, buckets: { boundaries: [], counts: [1] } }],
  ['exponential histograms', 1, { count: 1, sum: 1, scale: 0, zeroCount: 1, positive: empty(), negative: empty() }],
] as const) {
  test(`exemplars of ${name} reach our own decoder`, () => {
    const dataPoints = [{ attributes: {}, startTime: [0, 0], endTime: [1, 0], value: pointValue, exemplars }];
    const one = {
      descriptor: { name: 'n', description: '', unit: '', valueType: 1 },
      aggregationTemporality: 1,
      dataPointType,
      dataPoints,
    };
    const given = { resource, scopeMetrics: [{ scope: { name: 's' }, metrics: [one] }] } as unknown as ResourceMetrics;
    assert.deepEqual(decodeMetrics(encodeMetrics(given))[0]!.points[0]!.exemplars, [
      { value: 1.5, timeUnixNano: 1_700_000_000_123_000_000n, attributes: {}, ...ids },
      { value: -2, timeUnixNano: 0n, attributes: { user: 'u1' }, traceId: '', spanId: '' },
    ]);
  });
}

test('exemplars of whole-number instruments are whole numbers', () => {
  const dataPoints = [{ attributes: {}, startTime: [0, 0], endTime: [1, 0], value: -7, exemplars: [{ ...exemplars[0], value: -7 }] }];
  const one = {
    descriptor: { name: 'n', description: '', unit: '', valueType: 0 },
    aggregationTemporality: 0,
    dataPointType: 3,
    dataPoints,
  };
  const given = { resource, scopeMetrics: [{ scope: { name: 's' }, metrics: [one] }] } as unknown as ResourceMetrics;
  const [point] = decodeMetrics(encodeMetrics(given))[0]!.points;
  assert.deepEqual([point!.value, point!.exemplars[0]!.value], [-7, -7]);
});

function empty(): { offset: number; bucketCounts: number[] } {
  return { offset: 0, bucketCounts: [] };
}
