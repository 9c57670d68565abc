/** Who calls whom: while some spans are still on their way, and against a map that is computed from all spans, as SQL tells of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../../bench/viewer/payloads.ts';
import type { ServiceMap } from '../../src/viewer/api.ts';
import { serviceMap } from '../../src/viewer/query/map.ts';
import { createTestStore, hex, tracesBody, unlimited } from './support.ts';
import type { TestSpan, TestStore } from './support.ts';

const START = 1_700_000_000_000;
const TRACE = hex(1, 16);
const SERVER = 2;
const CLIENT = 3;

test('a request whose caller has not arrived yet has no caller; when it never arrives, it came from outside', () => {
  using store = createTestStore();
  const edgesAt = (nowMs: number): readonly string[] =>
    store.reader.read(() => serviceMap(store.reader, {}, nowMs).edges.map(({ from, to }) => `${from} ${to}`));

  const payment = { traceId: TRACE, spanId: hex(3, 8), parentSpanId: hex(2, 8), kind: SERVER, startMs: START };
  store.takeJson('traces', tracesBody('payments', [payment]));
  assert.deepEqual(edgesAt(START + 1000), []);
  assert.deepEqual(edgesAt(START + 60_000), ['user service:payments']);

  const order = [
    { traceId: TRACE, spanId: hex(1, 8), kind: SERVER, startMs: START },
    { traceId: TRACE, spanId: hex(2, 8), parentSpanId: hex(1, 8), kind: CLIENT, startMs: START },
  ];
  store.takeJson('traces', tracesBody('shop', order));
  for (const nowMs of [START + 1000, START + 60_000])
    assert.deepEqual(edgesAt(nowMs).toSorted(), ['service:shop service:payments', 'user service:shop']);
});

test('a call of which nobody knows yet whether a traced service answers it leads nowhere; when none does, it has left the traced world', () => {
  using store = createTestStore();
  const edgesAt = (nowMs: number): readonly string[] =>
    store.reader.read(() => serviceMap(store.reader, {}, nowMs).edges.map(({ from, to }) => `${from} ${to}`));
  const call = { traceId: TRACE, spanId: hex(2, 8), kind: CLIENT, startMs: START, attributes: { 'server.address': 'pay.local' } };
  const query = { traceId: TRACE, spanId: hex(4, 8), kind: CLIENT, startMs: START, attributes: { 'db.system.name': 'redis' } };
  store.takeJson('traces', tracesBody('shop', [call, query]));
  assert.deepEqual(edgesAt(START + 1000), ['service:shop database:redis']);
  assert.deepEqual(edgesAt(START + 60_000).toSorted(), ['service:shop database:redis', 'service:shop external:pay.local']);

  store.takeJson(
    'traces',
    tracesBody('payments', [{ traceId: TRACE, spanId: hex(3, 8), parentSpanId: hex(2, 8), kind: SERVER, startMs: START }]),
  );
  for (const nowMs of [START + 1000, START + 60_000])
    assert.deepEqual(edgesAt(nowMs).toSorted(), ['service:shop database:redis', 'service:shop service:payments']);
});

test('a request counts in the range in which it starts; who calls and who answers is looked for in the whole store', () => {
  using store = createTestStore();
  const at = (startMs: number, service: string, span: Partial<TestSpan>): void =>
    store.takeJson('traces', tracesBody(service, [{ traceId: TRACE, spanId: hex(1, 8), startMs, ...span }]));
  // The request comes before the span that calls it, which has begun an hour earlier, in another segment.
  at(START, 'payments', { spanId: hex(2, 8), parentSpanId: hex(1, 8), kind: SERVER });
  fill(store);
  at(START - 3_600_000, 'shop', { kind: CLIENT, attributes: { 'server.address': 'pay.local' } });
  const edges = (from?: number, to?: number): readonly string[] =>
    store.reader.read(() =>
      serviceMap(store.reader, { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }, START + 60_000).edges.map(
        (edge) => `${edge.from} ${edge.to}`,
      ),
    );
  assert.deepEqual(edges(), ['service:shop service:payments']);
  assert.deepEqual(edges(START, START + 1), ['service:shop service:payments']);
  assert.deepEqual(edges(START - 3_600_000, START), []);
});

/** A segment's worth of spans of which the map tells nothing. */
function fill(store: TestStore): void {
  const quiet = (_: unknown, i: number): TestSpan => ({ traceId: hex(i + 10, 16), spanId: hex(i + 10, 8), kind: 1, startMs: START });
  store.takeJson('traces', tracesBody('quiet', Array.from({ length: 4096 }, quiet)));
}

test('whatever comes, in whatever order, and whatever goes, the map is that of the spans that are there', () => {
  const property = fc.property(fc.nat(), (seed) => {
    const random = createRandom(seed);
    using store = createTestStore({ bytes: 1.5 * 2 ** 20, ageMs: unlimited.ageMs });
    const compare = (range: { from?: number; to?: number }, nowMs: number): void => {
      const { nodes, edges } = store.reader.read(() => serviceMap(store.reader, range, nowMs));
      const wanted = naiveMap(store, range, nowMs);
      assert.deepEqual(nodes, wanted.nodes.toSorted(byKey));
      assert.deepEqual(edges, wanted.edges.toSorted(byKey));
    };
    const some = (): number => START + Math.floor(random() * MINUTES * 60_000);
    for (const [i, { service, spans }] of randomRequests(random).entries()) {
      store.takeJson('traces', tracesBody(service, spans));
      if (i === 20) store.writer.clear();
      if (random() > 0.08) continue;
      const [from, to] = [some(), some()].sort((a, b) => a - b) as [number, number];
      for (const range of [{}, { from }, { to }, { from, to }]) compare(range, some());
    }
    compare({}, START + 3_600_000);
    const { evicted } = store.writer.commit(Date.now());
    assert.ok(evicted.spans >= 4096 * 2, `${evicted.spans} spans were evicted`);
  });
  fc.assert(property, { numRuns: 3, endOnFailure: true });
});

const NOTHING = 'nothing';
const MINUTES = 10;
const SPANS = 15_000;
/** What spans of each kind call, beside nothing, and the attributes that say so. */
const peers: Readonly<Record<number, readonly (readonly [string, Readonly<Record<string, string>>])[]>> = {
  3: [
    ['database:postgresql/shop', { 'db.system.name': 'postgresql', 'db.namespace': 'shop' }],
    ['external:pay.local:81', { 'server.address': 'pay.local', 'server.port': '81' }],
    ['external:mail.example', { 'server.address': 'mail.example' }],
  ],
  4: [['messaging:kafka/orders', { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' }]],
  5: [['messaging:kafka/orders', { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' }]],
};

/** Traces whose spans come in disorder: some a little, some over all that is sent. A parent may be missing, and start at any time. */
function randomRequests(random: () => number): readonly { readonly service: string; readonly spans: readonly TestSpan[] }[] {
  const below = (limit: number): number => Math.floor(random() * limit);
  const all: { readonly service: string; readonly place: number; readonly span: TestSpan }[] = [];
  for (let trace = 1; all.length < SPANS; trace++) {
    const ids: string[] = [];
    const spread = [10, 1000, SPANS][below(3)]!;
    for (let left = 1 + below(8); left > 0; left--) {
      const kind = 1 + below(5);
      const [name, attributes] = peers[kind]?.[below(peers[kind].length + 1)] ?? [NOTHING, {}];
      const parentSpanId = ids.length === 0 || random() < 0.1 ? hex(all.length + SPANS, 8) : ids[below(ids.length)]!;
      const spanId = hex(all.length + 1, 8);
      ids.push(spanId);
      const own = { traceId: hex(trace, 16), spanId, name, kind, attributes, ...(random() < 0.2 ? {} : { parentSpanId }) };
      const times = { startMs: START + below(MINUTES * 60_000), durationMs: below(500), status: below(10) === 0 ? 2 : 0 };
      all.push({ service: ['shop', 'payments', 'stock'][below(3)]!, place: all.length + below(spread), span: { ...own, ...times } });
    }
  }
  all.sort((a, b) => a.place - b.place);
  const requests: { readonly service: string; readonly spans: readonly TestSpan[] }[] = [];
  while (all.length > 0)
    for (const [service, sent] of Map.groupBy(all.splice(0, 1 + below(400)), (one) => one.service))
      requests.push({ service, spans: sent.map(({ span }) => span) });
  return requests;
}

const keyOf = (item: ServiceMap['nodes'][number] | ServiceMap['edges'][number]): string =>
  'id' in item ? item.id : `${item.from} ${item.to}`;
const byKey = (a: Parameters<typeof keyOf>[0], b: Parameters<typeof keyOf>[0]): number => (keyOf(a) < keyOf(b) ? -1 : 1);

/** A map from all spans there are, as SQL tells of them: a span's name is what it calls. */
function naiveMap({ reader }: TestStore, { from = -Infinity, to = Infinity }: { from?: number; to?: number }, nowMs: number): ServiceMap {
  const spans = reader.all(
    'SELECT trace_id, span_id, parent_span_id, service, name, kind, status, start_ms, duration_ms FROM spans',
  ) as unknown as readonly NaiveSpan[];
  const isEntry = ({ kind }: NaiveSpan): boolean => kind === 'server' || kind === 'consumer';
  const byId = new Map(spans.map((span) => [`${span.trace_id} ${span.span_id}`, span]));
  const answered = new Set(spans.filter(isEntry).map(({ trace_id, parent_span_id }) => `${trace_id} ${parent_span_id}`));
  const nodes = new Map<string, NaiveSpan[]>();
  const edges = new Map<string, NaiveSpan[]>();
  const note = (map: Map<string, NaiveSpan[]>, key: string, ...noted: readonly NaiveSpan[]): void => {
    if (!map.has(key)) map.set(key, []);
    map.get(key)!.push(...noted);
  };
  const call = (caller: string, called: string, span: NaiveSpan): void => {
    note(nodes, caller);
    note(nodes, called);
    if (caller !== called) note(edges, `${caller} ${called}`, span);
  };
  for (const span of spans) {
    if (span.start_ms < from || span.start_ms >= to) continue;
    const service = `service:${span.service}`;
    note(nodes, service, ...(isEntry(span) ? [span] : []));
    if (span.kind === 'consumer' && span.name !== NOTHING) call(span.name, service, span);
    else if (isEntry(span)) {
      const parent = span.parent_span_id === '' ? undefined : byId.get(`${span.trace_id} ${span.parent_span_id}`);
      const isAwaited = span.parent_span_id !== '' && span.start_ms >= nowMs - 15_000;
      if (parent !== undefined) call(`service:${parent.service}`, service, span);
      else if (span.kind === 'server' && !isAwaited) call('user', service, span);
    } else if (span.kind !== 'internal' && span.name !== NOTHING) {
      const mayBeAnswered = span.start_ms >= nowMs - 15_000 || answered.has(`${span.trace_id} ${span.span_id}`);
      if (span.name.startsWith('external:') && mayBeAnswered) continue;
      call(service, span.name, span);
      note(nodes, span.name, span);
    }
  }
  const first = from > -Infinity ? from : spans.reduce((min, { start_ms }) => Math.min(min, start_ms), Infinity);
  const last = to < Infinity ? to : spans.reduce((max, { start_ms, duration_ms }) => Math.max(max, start_ms + duration_ms), -Infinity);
  const seconds = Math.max((last - first) / 1000, 1);
  const figures = (found: readonly NaiveSpan[]): Pick<ServiceMap['nodes'][number], 'calls' | 'errors' | 'p50' | 'p95'> => {
    const sorted = found.map(({ duration_ms }) => duration_ms).sort((a, b) => a - b);
    const percentile = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
    const errors = found.filter(({ status }) => status === 'error').length;
    return { calls: found.length, errors, p50: percentile(0.5), p95: percentile(0.95) };
  };
  const types = ['service', 'database', 'messaging', 'external', 'user'] as const;
  return {
    nodes: [...nodes].map(([id, found]) => {
      const type = types.find((prefix) => id.startsWith(prefix))!;
      return { id, name: id === 'user' ? id : id.slice(type.length + 1), type, ...figures(found) };
    }),
    edges: [...edges].map(([key, found]) => {
      const [caller, called] = key.split(' ') as [string, string];
      return { from: caller, to: called, rate: found.length / seconds, ...figures(found) };
    }),
  };
}

interface NaiveSpan {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly service: string;
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly start_ms: number;
  readonly duration_ms: number;
}
