/** Express: the route of whatever is mounted where, errors on the server span, and no spans of inner layers unless asked for. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { SpanRecord } from '../../src/testing.ts';
import { root, runApp } from '../support/run-app.ts';
import type { AppResult } from '../support/run-app.ts';
import { drawTraces } from '../support/trace-tree.ts';

const app = join(root, 'test', 'fixtures', 'instrument', 'express-routes.cjs');
const paths = [
  '/shop/orders/7/items/3',
  '/shop',
  '/a',
  '/anything',
  '/slow/1',
  '/nowhere',
  '/shop/nowhere',
  '/shop/orders/7/items/3/broken',
  '/shop/orders/7/items/3/later',
];
const run = (env: Record<string, string> = {}): Promise<AppResult> =>
  runApp({ app, args: paths, env: { OTEL_METRICS_EXPORTER: 'none', ...env } });

describe('express', () => {
  let result: AppResult;
  const serverSpan = (path: string): SpanRecord => {
    const found = result.receiver.spans.filter(({ kind, attributes }) => kind === 'server' && attributes['url.path'] === path);
    assert.equal(found.length, 1, `${found.length} server spans of ${path}`);
    return found[0]!;
  };
  test('runs as it does without telemetry', async () => {
    result = await run();
    const bare = await runApp({ app, args: paths, preload: 'none' });
    assert.deepEqual([result.code, result.stdout], [0, bare.stdout]);
  });

  test('gives one server span for each request, below the client span that caused it, and nothing else', () => {
    const drawings = drawTraces(result.receiver.spans).split('\nclient GET\n');
    assert.equal(drawings.length, paths.length);
    for (const drawing of drawings) assert.match(drawing, /^(client GET\n)?└─ server GET[^\n]*$/);
  });

  test('names the route as it was mounted, with its parameters', () => {
    assert.deepEqual(
      ['/shop/orders/7/items/3', '/shop', '/slow/1'].map((path) => [serverSpan(path).name, serverSpan(path).attributes['http.route']]),
      [
        ['GET /shop/orders/:order/items/:item', '/shop/orders/:order/items/:item'],
        ['GET /shop', '/shop'],
        ['GET /slow/:id', '/slow/:id'],
      ],
    );
    assert.equal(serverSpan('/a').attributes['http.route'], '/a,/b');
    assert.equal(serverSpan('/anything').attributes['http.route'], '/^\\/any(thing)?$/');
  });

  test('a path that nobody serves has no route, and a 404 is no error of the server', () => {
    const { name, status, attributes, events } = serverSpan('/nowhere');
    assert.deepEqual(
      [name, status.code, attributes['http.response.status_code'], attributes['http.route'], events],
      ['GET', 'unset', 404, undefined, []],
    );
    const mounted = serverSpan('/shop/nowhere');
    assert.deepEqual([mounted.status.code, mounted.attributes['http.response.status_code'], mounted.events], ['unset', 404, []]);
  });

  for (const [end, type, message] of [
    ['broken', 'TypeError', 'broken'],
    ['later', 'RangeError', 'broken later'],
  ] as const) {
    test(`an error that a handler throws (${end}) is one exception event on the server span, whose status is error`, () => {
      const { status, attributes, events } = serverSpan(`/shop/orders/7/items/3/${end}`);
      assert.deepEqual(
        [status.code, attributes['http.response.status_code'], attributes['http.route']],
        ['error', 500, `/shop/orders/:order/items/:item/${end}`],
      );
      assert.deepEqual(
        events.map(({ name, attributes: of }) => [name, of['exception.type'], of['exception.message']]),
        [['exception', type, message]],
      );
    });
  }
});

test('OTELIER_VERBOSE_SPANS=true shows middleware, routers and handlers', async () => {
  const { receiver } = await run({ OTELIER_VERBOSE_SPANS: 'true' });
  const names = receiver.spans.filter(({ scope }) => scope.name.includes('express')).map(({ name }) => name);
  for (const start of ['middleware - ', 'router - ', 'request handler'])
    assert.ok(
      names.some((name) => name.startsWith(start)),
      `${start}: ${names.join(', ')}`,
    );
});

test('OTEL_NODE_ENABLED_INSTRUMENTATIONS=http gives the requests only, without routes', async () => {
  const { receiver } = await run({ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http' });
  assert.equal(receiver.spans.length, paths.length);
  assert.deepEqual([...new Set(receiver.spans.map(({ kind, name }) => `${kind} ${name}`))], ['server GET']);
});

test('OTEL_NODE_DISABLED_INSTRUMENTATIONS=express,undici gives the requests without routes and without clients', async () => {
  const { receiver } = await run({ OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'express,undici' });
  assert.deepEqual([...new Set(receiver.spans.map(({ kind, name }) => `${kind} ${name}`))], ['server GET']);
});

test('OTEL_NODE_ENABLED_INSTRUMENTATIONS=none gives nothing', async () => {
  const { receiver, code } = await run({ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'none' });
  assert.deepEqual([code, receiver.spans.length], [0, 0]);
});

test('mounts with parameters, answers of middleware and late routers have the route they were mounted under; each error is told once', async () => {
  const table: readonly (readonly [request: string, name: string, error?: string])[] = [
    ['GET /tenants/t1/things/7', 'GET /tenants,/clients/:tenant/things/:thing'],
    ['GET /tenants/t1/late/7', 'GET /tenants,/clients/:tenant/late/:thing'],
    ['GET /api/7', 'GET /api/:thing'],
    ['POST /api/7', 'POST /api/:thing', 'rejected'],
    ['GET /health', 'GET /health'],
    ['GET /both/1', 'GET /both/:name'],
    ['GET /skipped/7', 'GET'],
    ['GET /tenants/t1/nothing', 'GET'],
    ['GET /forwarded', 'GET /forwarded', 'teapot'],
    ['GET /handled', 'GET /handled', 'handled'],
  ];
  const options = { app: join(root, 'test', 'fixtures', 'instrument', 'express-mounts.cjs'), args: table.map(([request]) => request) };
  const env = { OTEL_METRICS_EXPORTER: 'none', OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'undici' };
  const { receiver, stdout } = await runApp({ ...options, env });
  assert.equal(stdout, (await runApp({ ...options, preload: 'none' })).stdout);
  assert.deepEqual(
    receiver.spans.map(({ name, events }) => [name, ...events.map(({ attributes }) => attributes['exception.message'])]),
    table.map(([, ...expected]) => expected),
  );
  const verbose = await runApp({ ...options, env: { ...env, OTELIER_VERBOSE_SPANS: 'true' } });
  assert.deepEqual(
    verbose.receiver.spans.filter(({ kind }) => kind === 'server').map(({ name }) => name),
    table.map(([, name]) => name),
  );
});
