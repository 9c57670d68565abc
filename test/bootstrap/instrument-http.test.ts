/** Requests that go out, whichever way, and the span that is active while a request is handled. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, runApp } from '../support/run-app.ts';
import { drawTraces } from '../support/trace-tree.ts';

const folder = join(root, 'test', 'fixtures', 'instrument');

for (const node of ['20.20.2', '24.21.0'] as const) {
  test(`every way to send a request gives one client span and carries its context, on Node.js ${node}`, async () => {
    const { receiver, stdout } = await runApp({ app: join(folder, 'outgoing.mjs'), node });
    const ways = ['fetch', 'http.request', 'request', 'get'];
    assert.equal(drawTraces(receiver.spans), ways.map((way) => `internal ${way}\n└─ client GET`).join('\n'));
    for (const way of ways) {
      const span = receiver.spans.find(({ kind, attributes }) => kind === 'client' && String(attributes['url.full']).endsWith(`/${way}`))!;
      assert.ok(stdout.includes(`${way} 00-${span.traceId}-${span.spanId}-01\n`), `${way}: ${stdout}`);
      assert.deepEqual([span.attributes['http.request.method'], span.attributes['http.response.status_code']], ['GET', 200]);
    }
  });
}

test("otelier's own requests are neither traced nor measured", async () => {
  // Each span in a request of its own while the app still runs, so that there are many.
  const { receiver } = await runApp({
    app: join(folder, 'outgoing.mjs'),
    env: { OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '1', OTEL_METRIC_EXPORT_INTERVAL: '50', OTEL_METRIC_EXPORT_TIMEOUT: '50' },
  });
  assert.ok(receiver.requests.length >= 9, `${receiver.requests.length} requests`);
  assert.equal(receiver.spans.filter(({ kind }) => kind === 'client').length, 4);
  const last = receiver.metrics
    .filter(({ name }) => name === 'http.client.request.duration')
    .flatMap(({ points, scope }) => points.map((point) => ({ point, scope: scope.name })));
  const { port } = new URL(String(receiver.spans.find(({ kind }) => kind === 'client')!.attributes['url.full']));
  assert.ok(last.length > 0);
  assert.deepEqual([...new Set(last.map(({ point }) => String(point.attributes['server.port'])))], [port]);
});

for (const node of ['20.20.2', '24.21.0', '26.10.0'] as const) {
  test(`the server span stays active wherever a handler goes on, on Node.js ${node}`, async () => {
    const { stdout, receiver } = await runApp({ app: join(folder, 'async-context.cjs'), node });
    const lines = stdout.trim().split('\n');
    assert.equal(lines.length, 11, stdout);
    assert.deepEqual(
      lines.filter((line) => !line.endsWith(' true')),
      [],
    );
    assert.equal(receiver.spans.filter(({ kind }) => kind === 'server').length, 1);
  });
}
