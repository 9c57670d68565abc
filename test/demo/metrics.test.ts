import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MetricTotals, quantileOf } from '../../examples/shop/show/metric-totals.ts';
import { formatMetrics, hasMainMetrics } from '../../examples/shop/show/metrics.ts';
import { createPaint } from '../../examples/shop/show/text.ts';
import { metric, point } from './records.ts';

const plain = { width: 100, paint: createPaint(false) };
const histogram = { name: 'http.server.request.duration', type: 'histogram', unit: 's' } as const;
const orders = { 'http.request.method': 'POST', 'http.route': '/orders', 'http.response.status_code': 201n };

test('a duration histogram shows count, mean, p95 and maximum of each route', () => {
  const totals = new MetricTotals();
  totals.add([
    metric({
      ...histogram,
      points: [point({ attributes: orders, count: 20n, sum: 2, max: 0.4, bounds: [0.1, 0.5], bucketCounts: [18n, 2n, 0n] })],
    }),
  ]);
  const [head, row] = formatMetrics(totals, plain);
  assert.match(head!, /^http\.server\.request\.duration +count +mean +~p95 +max$/);
  assert.match(row!, /^ {2}shop-storefront {2}201 {2}POST \/orders +20 +100 ms +250 ms +400 ms$/);
});

test('cumulative points replace, delta points add up', () => {
  for (const [temporality, expected] of [
    ['cumulative', 5],
    ['delta', 8],
  ] as const) {
    const totals = new MetricTotals();
    for (const count of [3n, 5n])
      totals.add([
        metric({
          ...histogram,
          temporality,
          points: [point({ attributes: orders, count, sum: 1, bounds: [1], bucketCounts: [count, 0n] })],
        }),
      ]);
    assert.equal(Number(totals.named(histogram.name)[0]!.point.count), expected, temporality);
  }
});

test('the same metric of two services is two series', () => {
  const totals = new MetricTotals();
  assert.equal(hasMainMetrics(totals, ['a', 'b']), false);
  for (const service of ['a', 'b']) totals.add([metric({ ...histogram, service, points: [point({ count: 1n, sum: 1 })] })]);
  assert.equal(totals.named(histogram.name).length, 2);
  assert.equal(hasMainMetrics(totals, ['a', 'b']), true);
});

test('processes stand side by side, heap spaces are summed up, and what did not come is a dash', () => {
  const totals = new MetricTotals();
  const spaces = [
    point({ attributes: { 'v8js.heap.space.name': 'new' }, value: 1_000_000n }),
    point({ attributes: { 'v8js.heap.space.name': 'old' }, value: 20_500_000n }),
  ];
  totals.add([
    metric({ name: 'v8js.memory.heap.used', points: spaces }),
    metric({ name: 'nodejs.eventloop.utilization', service: 'shop-payments', points: [point({ value: 0.021 })] }),
  ]);
  const lines = formatMetrics(totals, plain);
  assert.match(
    lines.find((line) => line.includes('heap used'))!,
    /v8js\.memory\.heap\.used +- +21\.5 MB$/,
  );
  assert.match(
    lines.find((line) => line.includes('event loop busy'))!,
    /2\.1 % +-$/,
  );
});

test('a quantile lies within what was measured, and is unknown without buckets', () => {
  const one = point({ count: 1n, sum: 0.3, min: 0.3, max: 0.3, bounds: [0.1, 0.5], bucketCounts: [0n, 1n, 0n] });
  assert.equal(quantileOf(one, 0.95), 0.3);
  assert.equal(quantileOf(point({ count: 1n, sum: 1 }), 0.95), undefined);
  assert.equal(quantileOf(point({ count: 2n, sum: 4, max: 3, bounds: [1], bucketCounts: [0n, 2n] }), 1), 3);
});

test('no line is wider than asked', () => {
  const totals = new MetricTotals();
  totals.add([
    metric({
      ...histogram,
      points: [
        point({
          attributes: { ...orders, 'http.route': `/${'long'.repeat(100)}` },
          count: 1n,
          sum: 1,
          exemplars: [{ timeUnixNano: 0n, value: 1, traceId: '4bf92f3577b34da6', spanId: 'a1', attributes: {} }],
        }),
      ],
    }),
  ]);
  for (const line of formatMetrics(totals, { ...plain, width: 80 })) assert.ok(line.length <= 80, line);
});
