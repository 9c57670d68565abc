/** Who calls whom, while some spans are still on their way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceMap } from '../../src/viewer/query/map.ts';
import { createTestStore, hex, tracesBody } from './support.ts';

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
