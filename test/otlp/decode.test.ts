import assert from 'node:assert/strict';
import { test } from 'node:test';

import fc from 'fast-check';
import type protobuf from 'protobufjs';

import { decodeLogs, decodeLogsJson, decodeMetrics, decodeMetricsJson, decodeTraces, decodeTracesJson } from '../../src/otlp/decode.ts';
import { readProtobuf } from '../../src/otlp/protobuf-reader.ts';
import { arbitraryPayload } from './arbitrary-payload.ts';
import { encodeOfficially, officialData } from './official-schema.ts';

const decoders = {
  TracesData: [decodeTraces, decodeTracesJson],
  MetricsData: [decodeMetrics, decodeMetricsJson],
  LogsData: [decodeLogs, decodeLogsJson],
} as const;
const names = ['TracesData', 'MetricsData', 'LogsData'] as const;

for (const name of names) {
  const type = officialData[name];

  test(`any ${name} that the official schema encodes reads back field by field`, () => {
    const property = fc.property(arbitraryPayload(type), (object) => {
      const bytes = encodeOfficially(type, object);
      assert.deepEqual(comparable(readProtobuf(name, bytes)), comparable(officialObject(type, bytes)));
    });
    fc.assert(property, { numRuns: 200 });
  });

  test(`any ${name} decodes to the same records from protobuf and from JSON`, () => {
    const [decodeBytes, decodeText] = decoders[name];
    const property = fc.property(arbitraryPayload(type), (object) => {
      const bytes = encodeOfficially(type, object);
      assert.deepEqual(decodeText(JSON.stringify(toOtlpJson(officialObject(type, bytes)))), decodeBytes(bytes));
    });
    fc.assert(property, { numRuns: 200 });
  });
}

const nano = '1700000000123456789';

test('a span carries everything it was sent with, and its resource and scope', () => {
  const [span, ...others] = decodeTraces(
    encodeOfficially(officialData.TracesData, {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }], droppedAttributesCount: 1 },
          schemaUrl: 'https://example.org/resource',
          scopeSpans: [
            {
              scope: { name: 'http', version: '1.2.3', attributes: [{ key: 'a', value: { boolValue: false } }] },
              spans: [
                {
                  traceId: Buffer.from('0af7651916cd43dd8448eb211c80319c', 'hex'),
                  spanId: Buffer.from('b7ad6b7169203331', 'hex'),
                  parentSpanId: Buffer.alloc(8),
                  traceState: 'v=1',
                  flags: 0x301,
                  name: 'GET /items',
                  kind: 2,
                  startTimeUnixNano: nano,
                  endTimeUnixNano: '18446744073709551615',
                  attributes: [
                    { key: 'text', value: { stringValue: '' } },
                    { key: 'safe', value: { intValue: '-9007199254740991' } },
                    { key: 'huge', value: { intValue: '-9223372036854775808' } },
                    { key: 'ratio', value: { doubleValue: 0.5 } },
                    { key: 'list', value: { arrayValue: { values: [{ intValue: 1 }, { stringValue: 'x' }, {}] } } },
                    { key: 'map', value: { kvlistValue: { values: [{ key: 'k', value: { boolValue: true } }] } } },
                    { key: 'raw', value: { bytesValue: Buffer.from([0, 255]) } },
                    { key: '__proto__', value: { stringValue: 'own' } },
                    { key: 'none' },
                  ],
                  events: [{ timeUnixNano: nano, name: 'exception', droppedAttributesCount: 2 }],
                  links: [{ traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 2), flags: 1 }],
                  status: { code: 2, message: 'broken' },
                  droppedAttributesCount: 3,
                  droppedEventsCount: 4,
                  droppedLinksCount: 5,
                },
              ],
            },
          ],
        },
      ],
    }),
  );
  assert.deepEqual(others, []);
  const { attributes, ...rest } = span!;
  assert.deepEqual(Object.entries(attributes), [
    ['text', ''],
    ['safe', -9007199254740991],
    ['huge', -9223372036854775808n],
    ['ratio', 0.5],
    ['list', [1, 'x', null]],
    ['map', { k: true }],
    ['raw', new Uint8Array([0, 255])],
    ['__proto__', 'own'],
    ['none', null],
  ]);
  assert.deepEqual(rest, {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: '',
    traceState: 'v=1',
    flags: 0x301,
    name: 'GET /items',
    kind: 'server',
    startTimeUnixNano: 1700000000123456789n,
    endTimeUnixNano: 18446744073709551615n,
    events: [{ timeUnixNano: 1700000000123456789n, name: 'exception', attributes: {}, droppedAttributesCount: 2 }],
    links: [{ traceId: '01'.repeat(16), spanId: '02'.repeat(8), traceState: '', flags: 1, attributes: {}, droppedAttributesCount: 0 }],
    status: { code: 'error', message: 'broken' },
    droppedAttributesCount: 3,
    droppedEventsCount: 4,
    droppedLinksCount: 5,
    resource: { attributes: { 'service.name': 'shop' }, droppedAttributesCount: 1, schemaUrl: 'https://example.org/resource' },
    scope: { name: 'http', version: '1.2.3', attributes: { a: false }, droppedAttributesCount: 0 },
  });
});

test('each kind of metric decodes to its own points', () => {
  const attributes = [{ key: 'k', value: { stringValue: 'v' } }];
  const exemplars = [
    { timeUnixNano: nano, asInt: '7', traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 2), filteredAttributes: attributes },
  ];
  const buckets = { offset: -3, bucketCounts: ['1', '18446744073709551615'] };
  const metrics = decodeMetrics(
    encodeOfficially(officialData.MetricsData, {
      resourceMetrics: [
        {
          scopeMetrics: [
            {
              metrics: [
                { name: 'g', unit: '1', description: 'd', gauge: { dataPoints: [{ asDouble: 1.5, attributes }, { flags: 1 }] } },
                {
                  name: 's',
                  sum: { dataPoints: [{ asInt: '9007199254740993', exemplars }], aggregationTemporality: 2, isMonotonic: true },
                },
                {
                  name: 'h',
                  histogram: { dataPoints: [{ count: 3, min: 0, bucketCounts: [1, 2], explicitBounds: [5] }], aggregationTemporality: 1 },
                },
                {
                  name: 'e',
                  exponentialHistogram: {
                    dataPoints: [{ count: 3, sum: 2, scale: -1, zeroCount: 1, positive: buckets, zeroThreshold: 0.1 }],
                  },
                },
                { name: 'q', summary: { dataPoints: [{ count: 2, sum: 3, quantileValues: [{ quantile: 0.5, value: 1 }] }] } },
                { name: 'n', metadata: attributes },
              ],
            },
          ],
        },
      ],
    }),
  );
  const point = { attributes: {}, startTimeUnixNano: 0n, timeUnixNano: 0n, exemplars: [], flags: 0 };
  const exemplar = {
    timeUnixNano: 1700000000123456789n,
    value: 7,
    traceId: '01'.repeat(16),
    spanId: '02'.repeat(8),
    attributes: { k: 'v' },
  };
  const noBuckets = { offset: 0, bucketCounts: [] };
  const exponential = {
    scale: -1,
    zeroCount: 1n,
    zeroThreshold: 0.1,
    positive: { offset: -3, bucketCounts: [1n, 18446744073709551615n] },
    negative: noBuckets,
  };
  assert.deepEqual(
    metrics.map(({ resource: _resource, scope: _scope, ...metric }) => metric),
    [
      {
        name: 'g',
        description: 'd',
        unit: '1',
        type: 'gauge',
        temporality: 'unspecified',
        monotonic: false,
        metadata: {},
        points: [
          { ...point, attributes: { k: 'v' }, value: 1.5 },
          { ...point, flags: 1 },
        ],
      },
      {
        name: 's',
        description: '',
        unit: '',
        type: 'sum',
        temporality: 'cumulative',
        monotonic: true,
        metadata: {},
        points: [{ ...point, exemplars: [exemplar], value: 9007199254740993n }],
      },
      {
        name: 'h',
        description: '',
        unit: '',
        type: 'histogram',
        temporality: 'delta',
        monotonic: false,
        metadata: {},
        points: [{ ...point, count: 3n, min: 0, bounds: [5], bucketCounts: [1n, 2n] }],
      },
      {
        name: 'e',
        description: '',
        unit: '',
        type: 'exponentialHistogram',
        temporality: 'unspecified',
        monotonic: false,
        metadata: {},
        points: [{ ...point, count: 3n, sum: 2, exponential }],
      },
      {
        name: 'q',
        description: '',
        unit: '',
        type: 'summary',
        temporality: 'unspecified',
        monotonic: false,
        metadata: {},
        points: [{ ...point, count: 2n, sum: 3, quantiles: [{ quantile: 0.5, value: 1 }] }],
      },
      {
        name: 'n',
        description: '',
        unit: '',
        type: 'empty',
        temporality: 'unspecified',
        monotonic: false,
        metadata: { k: 'v' },
        points: [],
      },
    ],
  );
});

test('a log record keeps its event name, its body and the trace it belongs to', () => {
  const logRecord = {
    eventName: 'user.login',
    severityNumber: 9,
    body: { kvlistValue: { values: [] } },
    traceId: Buffer.alloc(16, 1),
    flags: 1,
    observedTimeUnixNano: nano,
  };
  const [log] = decodeLogs(encodeOfficially(officialData.LogsData, { resourceLogs: [{ scopeLogs: [{ logRecords: [logRecord] }] }] }));
  assert.deepEqual(
    [log!.eventName, log!.severityNumber, log!.body, log!.traceId, log!.spanId, log!.flags, log!.observedTimeUnixNano],
    ['user.login', 9, {}, '01'.repeat(16), '', 1, 1700000000123456789n],
  );
});

test('JSON ids are hex in either case, integers beyond 2^53 stay exact, unknown fields and nulls are ignored', () => {
  const span = `{"traceId":"0AF7651916CD43DD8448EB211C80319C","startTimeUnixNano":1700000000123456789,"endTimeUnixNano":"${nano}","kind":3,"name":null,"color":"red",
    "attributes":[{"key":"i","value":{"intValue":"-42"}},{"key":"d","value":{"doubleValue":"NaN"}},{"key":"b","value":{"bytesValue":"AP8="}}]}`;
  const [record] = decodeTracesJson(`{"resourceSpans":[{"scopeSpans":[{"spans":[${span}],"later":{}}]}]}`);
  assert.equal(record!.traceId, '0af7651916cd43dd8448eb211c80319c');
  assert.equal(record!.startTimeUnixNano, 1700000000123456789n);
  assert.equal(record!.endTimeUnixNano, 1700000000123456789n);
  assert.equal(record!.kind, 'client');
  assert.equal(record!.name, '');
  assert.deepEqual(record!.attributes, { i: -42, d: NaN, b: new Uint8Array([0, 255]) });
});

test('fields that the schema does not know are skipped, whatever their wire type', () => {
  const known = encodeOfficially(officialData.TracesData, { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'a' }] }] }] });
  // Fields 100 to 104: varint, fixed64, delimited, a group with a varint in it, fixed32; then field 1, which is known, as a varint.
  const unknown = Buffer.from(
    'a006ffffffffffffffffff01' + 'a9060102030405060708' + 'b20602aabb' + 'bb060801bc06' + 'c50601020304' + '0805',
    'hex',
  );
  assert.deepEqual(decodeTraces(Buffer.concat([unknown, known, unknown])), decodeTraces(known));
});

test('a message in two parts is merged, the last member of a oneof counts, and numbers need not be packed', () => {
  const type = officialData.TracesData.lookupType('ResourceSpans');
  const parts = [{ droppedAttributesCount: 1 }, { attributes: [{ key: 'k' }] }].map((resource) => encodeOfficially(type, { resource }));
  assert.deepEqual(readProtobuf('ResourceSpans', Buffer.concat(parts)), {
    resource: { droppedAttributesCount: 1, attributes: [{ key: 'k' }] },
  });
  assert.deepEqual(readProtobuf('AnyValue', Buffer.from('0a0161' + '1001', 'hex')), { boolValue: true });
  assert.deepEqual(readProtobuf('KeyValue', Buffer.from('12030a0161' + '12021001', 'hex')), { value: { boolValue: true } });
  assert.deepEqual(readProtobuf('Buckets', Buffer.from('0803' + '1001' + '12020203' + '1004', 'hex')), {
    offset: -2,
    bucketCounts: [1n, 2n, 3n, 4n],
  });
});

/** What the official reader makes of the bytes; 64-bit values as decimal strings, bytes as Buffer. */
function officialObject(type: protobuf.Type, bytes: Uint8Array): unknown {
  return prune(type.toObject(type.decode(bytes), { longs: String }));
}

/** Without the fields our table leaves out, whose names the schema test lists. */
function prune(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prune);
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !['stringValueStrindex', 'keyStrindex', 'entityRefs'].includes(key));
  return Object.fromEntries(kept.map(([key, item]) => [key, prune(item)]));
}

const long = /Nano$|^(?:count|zeroCount|bucketCounts|intValue|asInt)$/;

/** One form for both readers: ids and bytes as hex, 64-bit values as bigint. */
function comparable(value: unknown, key = ''): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (Array.isArray(value)) return value.map((item) => comparable(item, key));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, comparable(item, name)]));
  return long.test(key) ? BigInt(value as string) : value;
}

function toOtlpJson(value: unknown, key = ''): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString(key.endsWith('Id') ? 'hex' : 'base64');
  if (Array.isArray(value)) return value.map((item) => toOtlpJson(item, key));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, toOtlpJson(item, name)]));
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
