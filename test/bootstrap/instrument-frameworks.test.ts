/** koa, hapi and fastify: one server span for each request, with its route and its errors. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, runApp } from '../support/run-app.ts';

const env = { OTEL_METRICS_EXPORTER: 'none', OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'undici' };

for (const [framework, route] of [
  ['koa', '/api/users/:id'],
  ['hapi', '/users/{id}'],
] as const) {
  test(`${framework} gives one server span for each request, with its route; a thrown error is an error, a 404 is none`, async () => {
    const { receiver, stdout, stderr } = await runApp({ app: join(root, 'test', 'fixtures', 'instrument', `${framework}.mjs`), env });
    assert.equal(stdout, '200\n500\n404\n', stderr);
    const spans = receiver.spans.map(({ kind, name, attributes, status }) => [kind, name, attributes['http.route'], status.code]);
    const broken = framework === 'koa' ? '/api/broken' : '/broken';
    assert.deepEqual(spans, [
      ['server', `GET ${route}`, route, 'unset'],
      ['server', `GET ${broken}`, broken, 'error'],
      ['server', 'GET', undefined, 'unset'],
    ]);
    const errors = receiver.spans.flatMap(({ name, events }) => events.map(({ attributes }) => [name, attributes['exception.message']]));
    assert.deepEqual(errors, [[`GET ${broken}`, 'broken']]);
  });
}

test('fastify gives the route of plugins and of what hooks answer, one exception for an error, and its context after a long body', async () => {
  const { receiver, stdout, stderr } = await runApp({ app: join(root, 'test', 'fixtures', 'instrument', 'fastify-routes.cjs'), env });
  assert.equal(stdout, '200\n401\n500\n404\nbody 1048576 true\n', stderr);
  assert.deepEqual(
    receiver.spans.map(({ kind, name, events }) => [kind, name, ...events.map(({ attributes }) => attributes['exception.message'])]),
    [
      ['server', 'GET /api/users/:id'],
      ['server', 'GET /api/closed'],
      ['server', 'GET /api/broken', 'broken'],
      ['server', 'GET'],
      ['server', 'POST /api/body'],
    ],
  );
});

for (const [framework, scope] of [
  ['koa.mjs', 'koa'],
  ['hapi.mjs', 'hapi'],
  ['fastify-routes.cjs', 'fastify'],
] as const) {
  test(`${framework}: verbose mode adds upstream's spans of layers below the server span, whose route stays`, async () => {
    const app = join(root, 'test', 'fixtures', 'instrument', framework);
    const quiet = await runApp({ app, env });
    const { receiver, stderr } = await runApp({ app, env: { ...env, OTELIER_VERBOSE_SPANS: 'true' } });
    const routesOf = (spans: typeof receiver.spans) => spans.filter(({ kind }) => kind === 'server').map(({ name }) => name);
    assert.deepEqual(routesOf(receiver.spans), routesOf(quiet.receiver.spans), stderr);
    assert.ok(receiver.spans.some((span) => span.scope.name.includes(scope) && span.kind === 'internal'));
  });
}
