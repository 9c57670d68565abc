/** Searches over many segments, beside a search that looks at every record. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createRandom, ShopPayloads } from '../../bench/viewer/payloads.ts';
import type { Payload } from '../../bench/viewer/payloads.ts';
import { decodeLogs, decodeTraces } from '../../src/otlp/decode.ts';
import type { LogRecord, SpanRecord } from '../../src/otlp/records.ts';
import type { LogQuery, TraceQuery } from '../../src/viewer/api.ts';
import { listLogs, logFacets, logHistogram } from '../../src/viewer/query/logs.ts';
import { latency, listTraces } from '../../src/viewer/query/traces.ts';
import { createTestStore } from './support.ts';
import type { TestStore } from './support.ts';

const TRACES = 2600;
const FROM = 1_700_000_000_000;
const MINUTE = 60_000;

const spans: SpanRecord[] = [];
const logs: LogRecord[] = [];
let store: TestStore;

before(() => {
  store = createTestStore();
  const payloads = new ShopPayloads(7);
  const requests: Payload[] = [];
  // Requests overlap in time and come in another order than their spans began.
  for (let i = 0; i < TRACES / 100; i++) requests.push(...payloads.traces(100, FROM + i * MINUTE, FROM + (i + 1.5) * MINUTE));
  const random = createRandom(3);
  requests.sort(() => random() - 0.5);
  for (const { signal, bytes } of requests) {
    store.take({ signal, encoding: 'protobuf', bytes });
    if (signal === 'traces') spans.push(...decodeTraces(bytes));
    else logs.push(...decodeLogs(bytes));
  }
});
after(() => store[Symbol.dispose]());

const serviceOf = ({ resource }: SpanRecord | LogRecord): string => String(resource.attributes['service.name']);
const startOf = (span: SpanRecord): number => Number(span.startTimeUnixNano) / 1e6;
const durationOf = (span: SpanRecord): number => Number(span.endTimeUnixNano - span.startTimeUnixNano) / 1e6;

/** By the letter of the contract, for the operators that are used here. */
function meets(record: SpanRecord | LogRecord, condition: string): boolean {
  const [, key = '', operator, wanted = ''] = /^([^=!~<>]+)(!=|=|~|>|<)?(.*)$/.exec(condition)!;
  const value = record.attributes[key] ?? record.resource.attributes[key];
  if (value === undefined) return false;
  if (operator === '=') return String(value) === wanted;
  if (operator === '!=') return String(value) !== wanted;
  if (operator === '~') return String(value).toLowerCase().includes(wanted.toLowerCase());
  if (operator === '>') return Number(value) > Number(wanted);
  return operator === '<' ? Number(value) < Number(wanted) : true;
}

function expectedTraces(query: TraceQuery): readonly string[] {
  const byTrace = Map.groupBy(spans, ({ traceId }) => traceId);
  const found = [...byTrace].filter(([, members]) =>
    members.some(
      (span) =>
        (query.service === undefined || serviceOf(span) === query.service) &&
        (query.name === undefined || span.name.toLowerCase().includes(query.name.toLowerCase())) &&
        (query.status === undefined || span.status.code === query.status) &&
        (query.kind === undefined || span.kind === query.kind) &&
        durationOf(span) >= (query.minMs ?? 0) &&
        durationOf(span) <= (query.maxMs ?? Infinity) &&
        (query.attr ?? []).every((condition) => meets(span, condition)),
    ),
  );
  const ranked = found.map(([id, members]) => {
    const start = Math.min(...members.map(startOf));
    return { id, start, duration: Math.max(...members.map((span) => startOf(span) + durationOf(span))) - start };
  });
  const inRange = ranked.filter(({ start }) => start >= (query.from ?? -Infinity) && start < (query.to ?? Infinity));
  inRange.sort((a, b) => (query.sort === 'slowest' ? b.duration - a.duration : b.start - a.start));
  return inRange.map(({ id }) => id);
}

const traceDurations = new Map<string, number>();
function traceDuration(id: string): number {
  if (traceDurations.size === 0)
    for (const [traceId, members] of Map.groupBy(spans, (span) => span.traceId))
      traceDurations.set(traceId, Math.max(...members.map((span) => startOf(span) + durationOf(span))) - Math.min(...members.map(startOf)));
  return traceDurations.get(id)!;
}

function allPages<T, Q extends { readonly before?: string }>(
  list: (query: Q) => { readonly items: readonly T[]; readonly next?: string },
  query: Q,
): T[] {
  const items: T[] = [];
  for (let next: string | undefined, pages = 0; pages === 0 || next !== undefined; pages++) {
    assert.ok(pages < 200, 'the pages never end');
    const page = list(next === undefined ? query : { ...query, before: next });
    items.push(...page.items);
    next = page.next;
  }
  return items;
}

const pagedTraces = (query: TraceQuery): readonly string[] =>
  allPages((page: TraceQuery) => store.reader.read(() => listTraces(store.reader, page)), query).map(({ traceId }) => traceId);

const traceQueries: readonly TraceQuery[] = [
  {},
  { service: 'payments' },
  { service: 'payments', status: 'error' },
  { service: 'nobody' },
  { status: 'error' },
  { kind: 'client', minMs: 20 },
  { minMs: 5, maxMs: 6 },
  { name: 'CHARGES' },
  { name: 'insert', service: 'storefront' },
  { attr: ['app.order_id=order-1234'] },
  { attr: ['app.tenant=acme', 'http.response.status_code=500'] },
  { attr: ['http.response.status_code>499'], service: 'payments' },
  { attr: ['network.peer.port<30100'] },
  { attr: ['url.path~/12'] },
  { attr: ['http.route!=/charges/:id'], service: 'payments' },
  { attr: ['db.system.name'], maxMs: 1 },
  { attr: ['service.version=1.4.2', 'app.order_id=order-77'] },
  { attr: ['no.such.key=1'] },
  { from: FROM + 5 * MINUTE, to: FROM + 7 * MINUTE },
  { from: FROM + 5 * MINUTE, to: FROM + 7 * MINUTE, attr: ['app.tenant=globex'] },
  { sort: 'slowest', limit: 500 },
  { sort: 'slowest', limit: 300, attr: ['app.tenant=initech'] },
];

describe('traces', () => {
  test('the store fills more than two segments', () => {
    store.reader.read(() => assert.ok(store.reader.index.spans.segments.length >= 3));
    assert.equal(store.writer.counts().spans, spans.length);
    assert.equal(store.writer.counts().traces, TRACES);
    assert.equal(store.writer.counts().logs, logs.length);
  });

  for (const query of traceQueries) {
    test(`all pages of ${JSON.stringify(query)} are what a look at every span finds, in order`, () => {
      const found = pagedTraces({ limit: 170, ...query });
      const expected = expectedTraces(query);
      if (query.sort !== 'slowest') return assert.deepEqual(found, expected);
      // Durations that differ by less than a millisecond's fraction can show may stand either way.
      assert.deepEqual(new Set(found), new Set(expected));
      const durations = found.map(traceDuration);
      for (let i = 1; i < durations.length; i++) assert.ok(durations[i]! <= durations[i - 1]! + 0.001, `${i}`);
    });
    test(`the scatter of ${JSON.stringify(query)} counts the same traces`, () => {
      const { total, dots } = store.reader.read(() => latency(store.reader, query));
      assert.equal(total, expectedTraces(query).length);
      assert.equal(dots.length, total);
    });
  }

  test('a trace is found by its id, by the beginning of it, and by words', () => {
    const [first] = spans as [SpanRecord];
    for (const q of [first.traceId, first.traceId.slice(0, 12), first.traceId.toUpperCase()])
      assert.deepEqual(pagedTraces({ q }), [first.traceId]);
    assert.deepEqual(
      pagedTraces({ q: 'app.order_id=order-1234 charges', limit: 1000 }),
      expectedTraces({ attr: ['app.order_id=order-1234'], name: 'charges' }),
    );
    assert.deepEqual(pagedTraces({ q: '"POST /charges"', limit: 1000 }), expectedTraces({ name: 'POST /charges' }));
  });
});

function expectedLogs(query: LogQuery): readonly string[] {
  const floor = query.level === 'error' ? 17 : query.level === 'warn' ? 13 : 0;
  const words = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const found = logs.filter(
    (log) =>
      (query.service === undefined || serviceOf(log) === query.service) &&
      log.severityNumber >= floor &&
      (query.traceId === undefined || log.traceId === query.traceId) &&
      (query.attr ?? []).every((condition) => meets(log, condition)) &&
      [...(query.q ?? '').matchAll(/(-?)(\S+)/g)].every(
        ([, minus, word]) => words(String(log.body)).some((w) => w.startsWith(word!)) === (minus === ''),
      ) &&
      Number(log.timeUnixNano) / 1e6 >= (query.from ?? 0),
  );
  found.sort((a, b) => Number(b.timeUnixNano - a.timeUnixNano));
  return found.map(({ timeUnixNano, body }) => `${timeUnixNano} ${String(body)}`);
}

const logQueries: readonly LogQuery[] = [
  {},
  { service: 'payments' },
  { level: 'error' },
  { q: 'declined' },
  { q: 'finish charges' },
  { q: 'request -acme' },
  { q: '-request' },
  { attr: ['tenantId=acme'], level: 'error' },
  { attr: ['durationMs>1000'] },
  { attr: ['exception.type'] },
  { from: FROM + 20 * MINUTE, q: 'globex' },
];

describe('log records', () => {
  for (const query of logQueries) {
    test(`all pages of ${JSON.stringify(query)} are what a look at every record finds, in order`, () => {
      const paged = allPages((page: LogQuery) => store.reader.read(() => listLogs(store.reader, page)), { limit: 230, ...query });
      assert.deepEqual(
        paged.map(({ timeNano, body }) => `${timeNano} ${body}`),
        expectedLogs(query),
      );
    });
    test(`histogram and facets of ${JSON.stringify(query)} count the same records`, () => {
      const expected = expectedLogs(query).length;
      const { buckets } = store.reader.read(() => logHistogram(store.reader, { ...query, buckets: 7 }));
      const counted = buckets.flatMap(({ counts }) => Object.values(counts)).reduce((sum, count) => sum + count, 0);
      assert.equal(counted, expected);
      const facets = store.reader.read(() => logFacets(store.reader, query));
      assert.equal(facets.total, expected);
      const tenants = facets.fields.find(({ key }) => key === 'tenantId')?.values.reduce((sum, { count }) => sum + count, 0) ?? 0;
      assert.ok(tenants <= Math.min(expected, 5000));
    });
  }

  test('those of a trace, and of a span', () => {
    const [log] = logs as [LogRecord];
    const found = store.reader.read(() => listLogs(store.reader, { traceId: log.traceId }));
    assert.equal(found.items.length, logs.filter(({ traceId }) => traceId === log.traceId).length);
    const ofSpan = store.reader.read(() => listLogs(store.reader, { traceId: log.traceId, spanId: log.spanId }));
    assert.deepEqual(
      ofSpan.items.map(({ body }) => body),
      [log.body],
    );
  });
});
