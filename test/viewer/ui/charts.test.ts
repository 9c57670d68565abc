/** What charts are made of: ticks, the scatter's plane, the layout of the map, facets, stack frames, lines of a metric. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MetricSeries } from '../../../src/viewer/api.ts';
import { groupAttributes } from '../../../src/viewer/ui/logic/attribute-groups.ts';
import { rankFields } from '../../../src/viewer/ui/logic/facet-order.ts';
import { layMap } from '../../../src/viewer/ui/logic/map-layout.ts';
import { tracesOfCall, tracesOfNode } from '../../../src/viewer/ui/logic/map-links.ts';
import { dotAt, durationBounds, fromX, fromY, toX, toY, type Dot, type Plane } from '../../../src/viewer/ui/logic/scatter.ts';
import { choicesOf, drawnLines, latest } from '../../../src/viewer/ui/logic/series-lines.ts';
import { parseStack } from '../../../src/viewer/ui/logic/stack.ts';
import { logTicks, niceTicks, timeTicks } from '../../../src/viewer/ui/logic/ticks.ts';

test('ticks are round', () => {
  assert.deepEqual(niceTicks(0, 35.2, 5), [0, 10, 20, 30]);
  assert.deepEqual(niceTicks(0, 1, 2), [0, 0.5, 1]);
  assert.deepEqual(niceTicks(5, 5, 3), [5]);
  assert.deepEqual(logTicks(0.5, 2000), [1, 10, 100, 1000]);
  const { stepMs, times } = timeTicks(90_000, 1_000_000, 4);
  assert.equal(stepMs, 300_000);
  assert.deepEqual(times, [300_000, 600_000, 900_000]);
});

const plane: Plane = { from: 0, to: 1000, low: 1, high: 1000, left: 50, top: 10, width: 500, height: 300 };

test('the scatter maps time and the logarithm of durations, and back', () => {
  assert.deepEqual([toX(plane, 500), fromX(plane, 300), fromX(plane, -9)], [300, 500, 0]);
  assert.ok(Math.abs(toY(plane, 10) - 210) < 1e-9);
  assert.ok(Math.abs(fromY(plane, toY(plane, 42)) - 42) < 1e-9);
  assert.equal(toY(plane, 0), 310);
});

test('the nearest dot within reach is found, one that failed before its neighbour', () => {
  const dots: readonly Dot[] = [
    [500, 10, 0, 'good', ''],
    [500, 10.05, 1, 'failed', ''],
  ];
  assert.equal(dotAt(plane, dots, 301, 211)?.[3], 'failed');
  assert.equal(dotAt(plane, dots, 100, 100), undefined);
});

test('bounds of durations hold at least a factor of ten, also without any dot', () => {
  assert.deepEqual(durationBounds([]), { low: 1, high: 1000 });
  const { low, high } = durationBounds([[0, 5, 0, '', '']]);
  assert.ok(high / low >= 10 && low < 5 && high > 5);
});

const measures = { nodeWidth: 100, nodeHeight: 50, gapX: 50, gapY: 20, lane: 10, port: 8 };

test('callers stand left of what they call, nodes of a layer do not overlap, and a cycle ends', () => {
  const nodes = ['web', 'orders', 'payments', 'db'].map((id) => ({ id }));
  const edges = [
    { from: 'web', to: 'orders' },
    { from: 'web', to: 'payments' },
    { from: 'orders', to: 'db' },
    { from: 'payments', to: 'orders' },
    { from: 'orders', to: 'web' },
    { from: 'db', to: 'db' },
    { from: 'web', to: 'unknown' },
  ];
  const { places, width, height } = layMap(nodes, edges, measures);
  const x = (id: string): number => places.get(id)!.x;
  assert.equal(places.size, 4);
  assert.ok(x('web') < x('payments') && x('payments') < x('orders') && x('orders') < x('db'));
  const corners = [...places.values()].map((place) => `${place.x} ${place.y}`);
  assert.equal(new Set(corners).size, 4);
  for (const place of places.values()) assert.ok(place.x + 100 <= width && place.y + 50 <= height);
});

test('fields that group records come first, those that tell each apart stay closed', () => {
  const values = (...counts: number[]): { value: string; count: number }[] => counts.map((count, i) => ({ value: `v${i}`, count }));
  const ranked = rankFields({
    total: 100,
    fields: [
      { key: 'order.id', values: values(2, 2, 2) },
      { key: 'tenant', values: values(50, 50) },
      { key: 'severity', values: values(90, 10) },
      { key: 'service.name', values: values(60, 40) },
    ],
  });
  assert.deepEqual(
    ranked.map(({ key, telling }) => [key, telling]),
    [
      ['service.name', true],
      ['severity', true],
      ['tenant', true],
      ['order.id', false],
    ],
  );
});

test("frames of the app are told from those of libraries and of the runtime, in Node.js's and Python's form", () => {
  const stack = [
    'TypeError: no',
    '    at placeOrder (/app/src/orders.js:3:1)',
    '    at Layer.handle (/app/node_modules/express/lib/layer.js:1:1)',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:1:1)',
    '  File "/app/main.py", line 3, in run',
    '  File "/venv/lib/python3.12/site-packages/flask/app.py", line 3, in run',
  ].join('\n');
  assert.deepEqual(
    parseStack(stack).map(({ kind }) => kind),
    ['message', 'own', 'library', 'runtime', 'own', 'library'],
  );
});

test('attributes are grouped by namespace, what failed first', () => {
  const groups = groupAttributes({ 'http.route': '/', 'db.name': 'x', 'error.type': '500', tenant: 'acme', 'url.path': '/' });
  assert.deepEqual(
    groups.map(({ name, entries }) => [name, entries.map(([key]) => key)]),
    [
      ['Error', ['error.type']],
      ['Custom', ['tenant']],
      ['HTTP', ['http.route', 'url.path']],
      ['Database', ['db.name']],
    ],
  );
});

test("a histogram's lines are its percentiles, a split one has a line per series, a sum its rate", () => {
  const series = {
    shows: 'percentiles',
    lines: [{ attributes: { route: '/a' }, value: [1], p50: [2], p90: [3], p99: [4, null], rate: [5] }],
  } as unknown as MetricSeries;
  assert.deepEqual(
    drawnLines(series, 'percentiles').map(({ label, values }) => [label, values[0]]),
    [
      ['p50', 2],
      ['p90', 3],
      ['p99', 4],
    ],
  );
  assert.deepEqual(drawnLines(series, 'rate'), [{ label: 'route=/a', series: 0, values: [5] }]);
  assert.deepEqual(choicesOf({ shows: 'rate' }, false), ['rate']);
  assert.equal(choicesOf({ shows: 'percentiles' }, true).includes('percentiles'), false);
  assert.equal(latest([1, 2, null]), 2);
  assert.equal(latest([null]), undefined);
});

test('a node and a call of the map lead to traces by what named them', () => {
  assert.deepEqual(tracesOfNode({ type: 'service', name: 'shop' }), { service: 'shop' });
  assert.deepEqual(tracesOfNode({ type: 'database', name: 'postgresql/shop' }), {
    service: undefined,
    attr: ['db.system.name=postgresql'],
  });
  assert.deepEqual(tracesOfNode({ type: 'messaging', name: 'kafka/orders' }).attr, [
    'messaging.system=kafka',
    'messaging.destination.name=orders',
  ]);
  assert.deepEqual(tracesOfNode({ type: 'external', name: 'api.bank.example:8443' }).attr, ['server.address=api.bank.example']);
  const [shop, bank, database] = [
    { type: 'service', name: 'shop' },
    { type: 'service', name: 'bank' },
    { type: 'database', name: 'redis' },
  ] as const;
  assert.deepEqual(tracesOfCall(shop, bank), { service: 'bank' });
  assert.deepEqual(tracesOfCall(shop, database), { service: 'shop', attr: ['db.system.name=redis'] });
});
