/** Where telemetry can go besides OTLP, and the declarative configuration file. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startReceiver } from '../../src/testing.ts';
import { nodeVersions } from '../support/node-versions.ts';
import { root, runApp } from '../support/run-app.ts';
import { findFreePort } from '../../examples/shop/free-ports.ts';
import { scrape } from '../support/scrape.ts';

const folder = join(root, 'test', 'fixtures', 'protocols');
const app = join(folder, 'signals.cjs');

describe('OTEL_METRICS_EXPORTER=prometheus', () => {
  const prometheus = (port: number, exporters: string): Record<string, string> => ({
    OTEL_METRICS_EXPORTER: exporters,
    OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1',
    OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
  });

  test('serves metrics in the text format while the app runs, beside OTLP, and keeps no app alive', async () => {
    const port = await findFreePort();
    let scraped = '';
    const { receiver, signal } = await runApp({
      app,
      args: ['60000'],
      env: prometheus(port, 'otlp,prometheus'),
      async actions(running) {
        await running.waitForOutput('ready');
        const response = await scrape(`http://127.0.0.1:${port}/metrics`);
        assert.match(response.headers.get('content-type') ?? '', /^text\/plain/);
        scraped = await response.text();
        running.kill('SIGTERM');
      },
    });
    assert.equal(signal, 'SIGTERM');
    const text = scraped
      .split('\n')
      .filter((line) => !line.includes('v8js'))
      .join('\n');
    assert.match(text, /^# TYPE app_orders_total counter$/m);
    assert.match(text, /^app_orders_total\{[^}]*tenant="acme"[^}]*\} 3( \d+)?$/m);
    assert.match(text, /^app_duration_bucket\{[^}]*le="25"[^}]*\} 1( \d+)?$/m);
    assert.match(text, /^target_info\{[^}]*service_name="otelier"/m);
    assert.match(text, /^process_memory_usage\{/m);
    assert.ok(receiver.metrics.some(({ name }) => name === 'app.orders'));
  });

  test('alone, it lets an app end by itself and sends no metrics anywhere', async () => {
    const { receiver, code, lingeredMs } = await runApp({ app, env: prometheus(await findFreePort(), 'prometheus') });
    assert.equal(code, 0);
    assert.ok(lingeredMs < 5000, `${lingeredMs} ms`);
    assert.deepEqual([receiver.metrics.length, receiver.spans.length], [0, 1]);
  });

  test('on a port that is taken it says so and what to do, and the app runs on', async (t) => {
    const taken = createServer().listen(0, '127.0.0.1');
    t.after(() => taken.close());
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const { signal, stdout, stderr } = await runApp({
      app,
      args: ['60000'],
      env: prometheus(port, 'prometheus'),
      async actions({ kill, waitForOutput }) {
        await waitForOutput('cannot be served');
        kill('SIGTERM');
      },
    });
    assert.deepEqual([signal, stdout], ['SIGTERM', 'ready\n']);
    assert.match(
      stderr,
      new RegExp(`metrics cannot be served on 127\\.0\\.0\\.1:${port}: another process listens there\\..*OTEL_EXPORTER_PROMETHEUS_PORT`),
    );
  });
});

test('console exporters print each signal on stdout, and nothing is sent', async () => {
  const { stdout, receiver, code } = await runApp({
    app,
    args: ['400'],
    env: {
      OTEL_TRACES_EXPORTER: 'console',
      OTEL_LOGS_EXPORTER: 'console',
      OTEL_METRICS_EXPORTER: 'console',
      OTEL_METRIC_EXPORT_INTERVAL: '200',
      OTEL_METRIC_EXPORT_TIMEOUT: '100',
    },
  });
  assert.equal(code, 0);
  for (const text of ["name: 'work'", "body: 'said'", "name: 'app.orders'"]) assert.ok(stdout.includes(text), `${text} in ${stdout}`);
  assert.equal(receiver.requests.length, 0);
});

test('a console exporter beside otlp does both', async () => {
  const { stdout, receiver } = await runApp({ app, env: { OTEL_TRACES_EXPORTER: 'console,otlp' } });
  assert.ok(stdout.includes("name: 'work'"));
  assert.deepEqual(
    receiver.spans.map(({ name }) => name),
    ['work'],
  );
});

for (const [variable, signal] of [
  ['OTEL_TRACES_EXPORTER', 'traces'],
  ['OTEL_METRICS_EXPORTER', 'metrics'],
  ['OTEL_LOGS_EXPORTER', 'logs'],
] as const) {
  test(`${variable}=none sends no ${signal} and leaves the other signals alone`, async () => {
    const { receiver, code } = await runApp({ app, env: { [variable]: 'none' } });
    assert.equal(code, 0);
    const others = ['logs', 'metrics', 'traces'].filter((name) => name !== signal);
    assert.deepEqual([...new Set(receiver.requests.map((request) => request.signal))].sort(), others);
  });
}

for (const node of nodeVersions) {
  test(`OTEL_CONFIG_FILE decides about all signals, and everything arrives by the end of the app, on Node.js ${node}`, async (t) => {
    const receiver = await startReceiver();
    t.after(() => receiver.close());
    const env = { OTEL_CONFIG_FILE: join(folder, 'otel.yaml'), OTEL_EXPORTER_OTLP_ENDPOINT: undefined, COLLECTOR: receiver.url };
    const { code, stderr, lingeredMs } = await runApp({ app, node, receiver, env });
    assert.equal(code, 0, stderr);
    assert.ok(lingeredMs < 5000, `${lingeredMs} ms`);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
    assert.deepEqual([receiver.spans.map(({ name }) => name), receiver.logs.map(({ body }) => body)], [['work'], ['said']]);
    assert.ok(receiver.metrics.some(({ name }) => name === 'app.orders'));
    assert.equal(receiver.spans[0]!.resource.attributes['service.name'], 'from-a-file');
  });
}

for (const way of ['variables', 'OTEL_CONFIG_FILE']) {
  test(`flush() of the public entry delivers what there is and ends nothing, with ${way}`, async (t) => {
    const receiver = await startReceiver();
    t.after(() => receiver.close());
    const { code, stdout, stderr } = await runApp({
      app: join(folder, 'flush.cjs'),
      args: [join(root, 'dist', 'index.js')],
      receiver,
      env: { COLLECTOR: receiver.url, ...(way === 'OTEL_CONFIG_FILE' && { OTEL_CONFIG_FILE: join(folder, 'otel.yaml') }) },
    });
    assert.deepEqual([code, stdout, stderr.trim().split('\n').length], [0, 'flushed\n', 1], stderr);
    assert.deepEqual(
      receiver.spans.map(({ name }) => name),
      ['before', 'after', 'last'],
    );
  });
}
