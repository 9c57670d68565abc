/** A trace that goes out as OTLP/JSON holds what was sent, type by type; taken in again and sent out again it is the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeTracesJson } from '../../src/otlp/decode.ts';
import { exportOtlp } from '../../src/viewer/query/export-otlp.ts';
import { listTraces } from '../../src/viewer/query/traces.ts';
import { parseTyped } from '../../src/viewer/query/typed-json.ts';
import { attributesJson } from '../../src/viewer/store/attribute-json.ts';
import { createTestStore } from './support.ts';

type Json = Record<string, unknown>;

const doubles = fc.oneof(
  fc.double(),
  fc.integer().map(Number),
  fc.constantFrom<number>(1, -0, 0, 1e21, 1e20, 2 ** 53, 2 ** 60, 5e-324, NaN, Infinity, -Infinity),
);
/** As OTLP/JSON writes it: names for what JSON has no numbers for. */
const doubleValue = (value: number): Json => ({
  doubleValue: Number.isFinite(value) && !Object.is(value, -0) ? value : Object.is(value, -0) ? '-0' : String(value),
});
const texts = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', 'NaN', '12', '9007199254740993', 'AAE=', '"', '\\', 'a\\"}', ' b', '\u2028'),
);
const keys = fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('__proto__', 'constructor', 'a.b', '"', '1', ''));

const { value: anyValue } = fc.letrec<{ value: Json; pairs: Json[] }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    texts.map((stringValue) => ({ stringValue })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({ intValue: String(value) })),
    fc.integer().map((value) => ({ intValue: String(value) })),
    doubles.map(doubleValue),
    fc.boolean().map((boolValue) => ({ boolValue })),
    fc.uint8Array({ maxLength: 6 }).map((bytes) => ({ bytesValue: Buffer.from(bytes).toString('base64') })),
    fc.constant({}),
    fc.array(tie('value'), { maxLength: 4 }).map((values) => ({ arrayValue: { values } })),
    tie('pairs').map((values) => ({ kvlistValue: { values } })),
  ),
  pairs: fc.uniqueArray(fc.record({ key: keys, value: tie('value') }), { maxLength: 5, selector: ({ key }) => key }),
}));
const pairs = fc.uniqueArray(fc.record({ key: keys, value: anyValue }), { maxLength: 6, selector: ({ key }) => key });

const traceId = '0af7651916cd43dd8448eb211c80319c';

/** Attributes are a set: those of a key that looks like an index come first. */
const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) {
    const items = value.map(sorted);
    return items.every((item) => typeof (item as { key?: unknown } | null)?.key === 'string')
      ? items.sort((a, b) => ((a as { key: string }).key < (b as { key: string }).key ? -1 : 1))
      : items;
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sorted(item)]))
    : value;
};

test('whatever the types of its values, a trace goes out as it came in', { timeout: 120_000 }, () => {
  using first = createTestStore();
  using second = createTestStore();
  let runs = 0;
  fc.assert(
    fc.property(pairs, pairs, pairs, pairs, anyValue, (own, ofEvent, ofResource, ofScope, body) => {
      const traceId = (++runs).toString(16).padStart(32, '0');
      const around = {
        resource: { attributes: ofResource },
        scope: { name: 'lib', version: '1', ...(ofScope.length === 0 ? {} : { attributes: ofScope }) },
      };
      const span = {
        traceId,
        spanId: '00f067aa0ba902b7',
        parentSpanId: '00f067aa0ba902b6',
        traceState: 'a=b',
        name: 'work',
        kind: 2,
        startTimeUnixNano: '1700000000123456789',
        endTimeUnixNano: '1700000000123456999',
        attributes: own,
        events: [{ name: 'e', timeUnixNano: '1700000000123456790', attributes: ofEvent }],
        links: [{ traceId, spanId: '00f067aa0ba902b6', attributes: ofEvent }],
        status: { code: 2, message: 'no' },
        droppedAttributesCount: 1,
        droppedEventsCount: 2,
        droppedLinksCount: 3,
      };
      const log = {
        timeUnixNano: '1700000000123456791',
        severityNumber: 9,
        severityText: 'INFO',
        body,
        attributes: own,
        eventName: 'e',
        traceId,
        spanId: '00f067aa0ba902b7',
      };
      const sent = {
        resourceSpans: [{ resource: around.resource, scopeSpans: [{ scope: around.scope, spans: [span] }] }],
        resourceLogs: [{ resource: around.resource, scopeLogs: [{ scope: around.scope, logRecords: [log] }] }],
      };
      first.takeJson('traces', { resourceSpans: sent.resourceSpans });
      first.takeJson('logs', { resourceLogs: sent.resourceLogs });
      const out = JSON.parse(JSON.stringify(first.reader.read(() => exportOtlp(first.reader, traceId)))) as typeof sent;
      assert.deepEqual(sorted(out), sorted(sent));

      second.takeJson('traces', { resourceSpans: out.resourceSpans });
      second.takeJson('logs', { resourceLogs: out.resourceLogs });
      const again: unknown = JSON.parse(JSON.stringify(second.reader.read(() => exportOtlp(second.reader, traceId))));
      assert.deepEqual(again, out);
    }),
    { numRuns: 200 },
  );
});

test('a double that is whole is stored as one, and found, compared and shown as the number it is', () => {
  using store = createTestStore();
  const attributes = [
    { key: 'ratio', value: { doubleValue: 1 } },
    { key: 'count', value: { intValue: '1' } },
    { key: 'big', value: { intValue: '9007199254740993' } },
    { key: 'list', value: { arrayValue: { values: [{ doubleValue: 2 }, { intValue: '2' }] } } },
  ];
  const span = { traceId, spanId: '00f067aa0ba902b7', name: 'work', startTimeUnixNano: '1', endTimeUnixNano: '2', attributes };
  store.takeJson('traces', { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
  const { attributes: text } = store.reader.get('SELECT attributes FROM span')! as { attributes: string };
  assert.equal(text, '{"ratio":1.0,"count":1,"big": "9007199254740993","list":[2.0,2]}');
  assert.deepEqual(JSON.parse(text), { ratio: 1, count: 1, big: '9007199254740993', list: [2, 2] });
  const row = store.reader.get("SELECT attributes ->> 'ratio' = 1 AS same, typeof(attributes ->> 'ratio') AS type FROM span");
  assert.deepEqual({ ...row }, { same: 1, type: 'real' });
  const found = store.reader.read(() => listTraces(store.reader, { attr: ['ratio=1', 'list=2', 'big=9007199254740993', 'ratio<1.5'] }));
  assert.equal(found.items.length, 1);
});

test('of a key that is sent twice the last type counts', () => {
  const stored = (...values: object[]): string => {
    const span = { attributes: values.map((value) => ({ key: 'a', value })) };
    return attributesJson(decodeTracesJson(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }))[0]!.attributes);
  };
  assert.equal(stored({ doubleValue: 1 }, { intValue: '1' }), '{"a":1}');
  assert.equal(stored({ intValue: '1' }, { doubleValue: 1 }), '{"a":1.0}');
});

test('text that was not written by the store is refused', () => {
  for (const text of ['"a', '{"a":1', '[1 2]', '', '{"a":x}']) assert.throws(() => parseTyped(text), SyntaxError, text);
});
