/** koa and hapi: one server span for each request, with its route. */
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
  });
}
