/** Limits: the oldest goes, what stays is told of rightly. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShopPayloads } from '../../bench/viewer/payloads.ts';
import type { Reader } from '../../src/viewer/query/reader.ts';
import { listServices } from '../../src/viewer/query/services.ts';
import { listErrors, readError } from '../../src/viewer/query/errors.ts';
import { listLogs } from '../../src/viewer/query/logs.ts';
import { readTrace } from '../../src/viewer/query/trace.ts';
import { listTraces } from '../../src/viewer/query/traces.ts';
import { createTestStore, hex, logsBody, metricsBody, nano, tracesBody, unlimited } from './support.ts';

const MB = 2 ** 20;

/** What a trace's row says is what its rows are. */
function assertSummariesHold(reader: Reader): void {
  const wrong = reader.all(
    `SELECT t.id, t.spans, t.logs, t.errors FROM trace t WHERE t.spans <> (SELECT count(*) FROM span s WHERE s.trace = t.id)
       OR t.logs <> (SELECT count(*) FROM log l WHERE l.trace = t.id)
       OR t.errors <> (SELECT count(*) FROM span s WHERE s.trace = t.id AND s.status = 2)
       OR t.spans > 0 AND t.start_ns <> (SELECT min(start_ns) FROM span s WHERE s.trace = t.id)
       OR t.spans = 0 AND t.logs = 0`,
  );
  assert.deepEqual(wrong, []);
  assert.deepEqual(reader.all('SELECT id FROM error_group g WHERE NOT EXISTS (SELECT 1 FROM error_event WHERE error = g.id)'), []);
  assert.deepEqual(
    reader.all('SELECT e.id FROM error_event e WHERE e.source = 0 AND NOT EXISTS (SELECT 1 FROM span WHERE id = e.row)'),
    [],
  );
}

test('a store that is full lets the oldest segments go and stays below its limit', () => {
  const limit = 8 * MB;
  using store = createTestStore({ bytes: limit, ageMs: unlimited.ageMs });
  const { writer, reader } = store;
  const payloads = new ShopPayloads(5);
  const from = 1_700_000_000_000;
  let sent = 0;
  let newest = '';
  for (let i = 0; i < 120; i++) {
    for (const { signal, bytes, items } of payloads.traces(100, from + i * 1000, from + (i + 1) * 1000)) {
      store.take({ signal, encoding: 'protobuf', bytes });
      if (signal === 'traces') sent += items;
    }
    if (i % 20 === 19) {
      reader.read(() => {
        assertSummariesHold(reader);
        assert.equal(reader.index.spans.count, writer.counts().spans);
        assert.equal(reader.index.logs.count, writer.counts().logs);
      });
      newest = reader.read(() => listTraces(reader, { limit: 1 })).items[0]!.traceId;
    }
  }
  const { bytes, evicted, counts } = writer.commit(Date.now());
  assert.ok(bytes <= limit * 1.25, `${bytes} bytes`);
  assert.ok(evicted.spans > 0 && evicted.logs > 0);
  assert.equal(counts.spans + evicted.spans, sent);
  reader.read(() => {
    assert.equal(reader.get('SELECT count(*) AS n FROM span')?.['n'], counts.spans);
    assert.equal(reader.get('SELECT count(*) AS n FROM log')?.['n'], counts.logs);
    assert.equal(reader.get('SELECT count(*) AS n FROM trace WHERE spans > 0')?.['n'], counts.traces);
    assert.ok(readTrace(reader, newest));
    assert.equal(
      listServices(reader).items.find(({ name }) => name === 'payments')?.logs ?? 0,
      reader.all("SELECT 1 FROM logs WHERE service = 'payments'").length,
    );
    // What was evicted is not found by its words either.
    const found = listLogs(reader, { q: 'declined', limit: 1000 }).items.length;
    assert.equal(found, reader.all("SELECT 1 FROM log WHERE body LIKE '%declined%'").length);
    for (const { fingerprint } of listErrors(reader, {}).items) assert.ok(readError(reader, { fingerprint }));
  });
});

test('a trace of which the beginning is gone is told of by the spans that are left', () => {
  using store = createTestStore({ bytes: 2 ** 40, ageMs: 1000 });
  const { writer, reader } = store;
  const traceId = hex(1, 16);
  const span = (id: number, more: object = {}): Parameters<typeof tracesBody>[1][number] => ({
    traceId,
    spanId: hex(id, 8),
    startMs: 1000 + id,
    ...more,
  });
  store.takeJson('traces', tracesBody('first', [span(1, { name: 'root' })]));
  store.takeJson(
    'traces',
    tracesBody(
      'filler',
      Array.from({ length: 4095 }, (_, i) => ({ traceId: hex(i + 10, 16), spanId: hex(i + 10, 8), startMs: 1000 })),
    ),
  );
  store.takeJson('traces', tracesBody('second', [span(2, { name: 'late', parentSpanId: hex(1, 8), status: 2 })]));
  writer.evict(Date.now() + 5000);
  reader.read(() => {
    const found = readTrace(reader, traceId);
    assert.deepEqual(found?.summary.services, [{ name: 'second', spans: 1 }]);
    assert.deepEqual(
      [found?.summary.name, found?.summary.complete, found?.summary.spanCount, found?.summary.errorCount],
      ['late', false, 1, 1],
    );
    assertSummariesHold(reader);
  });
  assert.deepEqual([writer.counts().spans, writer.counts().traces], [1, 1]);
  // And it goes on being told of rightly.
  store.takeJson('traces', tracesBody('third', [span(3, { parentSpanId: hex(2, 8) })]));
  reader.read(() => {
    assert.equal(readTrace(reader, traceId)?.summary.spanCount, 2);
    assertSummariesHold(reader);
  });
});

test('rows so large that the limit is passed within one segment go, too', () => {
  using store = createTestStore({ bytes: 4 * MB, ageMs: unlimited.ageMs });
  const text = 'x'.repeat(200_000);
  for (let i = 0; i < 60; i++)
    store.takeJson('logs', logsBody('loud', [{ timeMs: 1000 + i, body: `${i} ${text}`, traceId: hex(i + 1, 16) }]));
  const { bytes, evicted, counts } = store.writer.commit(Date.now());
  assert.ok(bytes <= 6 * MB, `${bytes} bytes`);
  assert.equal(counts.logs + evicted.logs, 60);
  store.reader.read(() => {
    const { items } = listLogs(store.reader, { limit: 100 });
    assert.equal(items.length, counts.logs);
    if (items.length > 0) assert.match(items[0]!.body, /^59 /);
    assertSummariesHold(store.reader);
  });
});

test('metric points go by age and size, and a value that never changes takes one row', () => {
  using store = createTestStore({ bytes: 3 * MB, ageMs: unlimited.ageMs });
  const point = (name: string, value: number, timeMs: number): object => ({
    name,
    gauge: { dataPoints: [{ timeUnixNano: nano(timeMs), asDouble: value }] },
  });
  for (let i = 0; i < 300; i++) {
    const metrics = Array.from({ length: 200 }, (_, m) => point(`moving.${m}`, i + m / 7, 1000 + i));
    store.takeJson('metrics', metricsBody('app', [...metrics, point('still', 5, 1000 + i)]));
  }
  const { bytes, evicted, counts } = store.writer.commit(Date.now());
  assert.ok(bytes <= 4 * MB, `${bytes} bytes`);
  assert.ok(evicted.metricPoints > 0);
  store.reader.read(() => {
    assert.equal(store.reader.get('SELECT count(*) AS n FROM point')?.['n'], counts.metricPoints);
    const still = store.reader.all("SELECT value, until_ms FROM metric_points WHERE name = 'still' ORDER BY time_ms");
    assert.equal(still.at(-1)?.['until_ms'], 1299);
    assert.ok(still.length < 20, `${still.length} rows`);
  });
});

test('clear deletes everything, and a reader that knew it forgets it', () => {
  using store = createTestStore();
  store.takeJson('traces', tracesBody('one', [{ traceId: hex(1, 16), spanId: hex(1, 8), startMs: 1000, status: 2, message: 'no' }]));
  store.takeJson('logs', logsBody('one', [{ timeMs: 1000, body: 'first words' }]));
  assert.equal(store.reader.read(() => listTraces(store.reader, {})).items.length, 1);
  store.writer.clear();
  store.reader.read(() => {
    assert.deepEqual(listTraces(store.reader, {}).items, []);
    assert.deepEqual(listServices(store.reader).items, []);
    assert.deepEqual(listErrors(store.reader, {}).items, []);
  });
  store.takeJson('traces', tracesBody('two', [{ traceId: hex(2, 16), spanId: hex(1, 8), startMs: 1000, name: 'after' }]));
  store.reader.read(() => {
    const [trace] = listTraces(store.reader, {}).items;
    assert.deepEqual([trace?.name, trace?.service], ['after', 'two']);
    assert.deepEqual(listLogs(store.reader, { q: 'first' }).items, []);
  });
  assert.deepEqual(store.writer.counts(), { spans: 1, traces: 1, logs: 0, metricPoints: 0 });
});

test('spans that come right after everything was cleared are not taken for those that were known', () => {
  using store = createTestStore();
  const takeOne = (service: string, startMs: number): void =>
    store.takeJson('traces', tracesBody(service, [{ traceId: hex(1, 16), spanId: hex(1, 8), startMs }]));
  takeOne('one', 1000);
  const servicesIn = (range: { readonly from?: number; readonly to?: number }): readonly string[] =>
    store.reader.read(() => listTraces(store.reader, range)).items.map(({ service }) => service);
  assert.deepEqual(servicesIn({ to: 3000 }), ['one']);
  store.writer.clear();
  takeOne('two', 5000);
  assert.deepEqual([servicesIn({ to: 3000 }), servicesIn({ from: 3000 })], [[], ['two']]);
  store.reader.read(() => assert.deepEqual([...store.reader.traces.startMs.subarray(0, store.reader.traces.length)], [5000]));
});
