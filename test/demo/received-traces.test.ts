import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isCompleteOrder, quietMs, ReceivedTraces } from '../../examples/shop/received-traces.ts';
import { waitForOrder } from '../../examples/shop/show-here.ts';
import { orderTrace } from './records.ts';

test('a trace is told once, when its root has come and nothing more for a while', () => {
  const { spans, logs, root } = orderTrace();
  const traces = new ReceivedTraces();
  traces.addSpans(
    spans.filter((span) => span !== root),
    0,
  );
  assert.equal(traces.takeFinished(10 * quietMs).length, 0, 'no root yet');
  traces.addSpans([root], 10 * quietMs);
  traces.addLogs(logs, 10 * quietMs + 1);
  assert.equal(traces.takeFinished(11 * quietMs).length, 0, 'its log lines have just come');
  const [trace, ...others] = traces.takeFinished(11 * quietMs + 1);
  assert.deepEqual([trace!.root, trace!.spans.length, trace!.logs.length, others.length], [root, 5, 3, 0]);
  assert.equal(traces.takeFinished(12 * quietMs).length, 0, 'told already');
});

test('an order is complete with both services, the database and every parent', () => {
  const { spans, logs, root } = orderTrace();
  const without = (...ids: readonly string[]): boolean =>
    isCompleteOrder({ root, logs, spans: spans.filter((span) => !ids.includes(span.spanId)) });
  assert.equal(without(), true);
  assert.equal(without('b1'), false, 'no payments');
  assert.equal(without('a2', 'a4'), false, 'no database');
  assert.equal(without('a3'), false, 'a parent is missing');
});

test('an order whose spans come late, as from a busy machine, is waited for', async () => {
  const { spans, logs, root } = orderTrace();
  const isLate = ({ spanId }: { readonly spanId: string }): boolean => spanId === 'b1';
  const traces = new ReceivedTraces();
  traces.addLogs(logs, Date.now());
  traces.addSpans(
    spans.filter((span) => !isLate(span)),
    Date.now(),
  );
  const waiting = waitForOrder(traces, [], () => true, 60_000, new AbortController().signal);
  setTimeout(() => traces.addSpans(spans.filter(isLate), Date.now()), quietMs + 500);
  const order = await waiting;
  assert.deepEqual([order?.root, order?.spans.length, order?.logs.length], [root, 5, 3]);
});
