/** A program in Python with its own OpenTelemetry SDK, beside one in Node.js with otelier: one trace. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page, Trace, TraceSummary } from '../../src/viewer/api.ts';
import { runViewer } from './running.ts';

const root = join(import.meta.dirname, '..', '..');
const python = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'otelier', 'python', 'bin', 'opentelemetry-ready');
const skip = existsSync(python)
  ? false
  : `there is no ${python}; .ci/run makes it: python3 -m venv, pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http`;

test(
  'a Node.js app calls a Python service: both are in one trace, with the log record and the exception of Python',
  { skip, timeout: 240_000 },
  async () => {
    await using viewer = await runViewer();
    const env = { PATH: process.env['PATH'], OTEL_EXPORTER_OTLP_ENDPOINT: viewer.endpoints.http };
    const service = spawn(python, [join(root, 'test/fixtures/viewer/service.py')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => service.once('exit', resolve));
    const port = await new Promise<string>((resolve) => void service.stdout.once('data', (chunk: Buffer) => resolve(String(chunk).trim())));
    const script = `fetch('http://127.0.0.1:${port}/stock').then((response) => response.text()).then(console.log)`;
    const said = await new Promise<string>((resolve, reject) => {
      const args = ['--import', join(root, 'otel.js'), '-e', script];
      execFile(process.execPath, args, { env: { ...env, OTEL_SERVICE_NAME: 'shop', OTELIER_SHUTDOWN_TIMEOUT: '30000' } }, (error, stdout) =>
        error === null ? resolve(stdout) : reject(error),
      );
    });
    assert.equal(said, '3\n');
    assert.equal(await ended, 0);

    let summary: TraceSummary | undefined;
    for (const until = Date.now() + 60_000; summary?.spanCount !== 2 && Date.now() < until; await delay(100))
      [summary] = (await viewer.api<Page<TraceSummary>>('traces')).body.items;
    assert.deepEqual(summary?.services.map(({ name }) => name).sort(), ['shop', 'stock']);
    const { spans, logs } = (await viewer.api<Trace>(`traces/${summary!.traceId}`)).body;
    const [client, server] = spans;
    assert.deepEqual([client?.kind, server?.kind, server?.parentSpanId], ['client', 'server', client?.spanId]);
    assert.equal(server?.resource['telemetry.sdk.language'], 'python');
    assert.deepEqual(
      logs.map(({ body, severity, service: name, spanId }) => [body, severity, name, spanId]),
      [['only three left', 'warn', 'stock', server!.spanId]],
    );
    const { items } = (await viewer.api<Page<{ type: string; message: string }>>('errors')).body;
    assert.deepEqual(
      items.map(({ type, message }) => [type, message]),
      [['ValueError', 'three is too few']],
    );
  },
);
