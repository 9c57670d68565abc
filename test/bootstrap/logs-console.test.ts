/** The console by its switch, and the logs API that stood in a package of its own. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { logsFolder } from '../support/log-lines.ts';
import { runApp } from '../support/run-app.ts';

const env = { OTEL_METRICS_EXPORTER: 'none' };

test('OTELIER_CONSOLE_LOGS=true sends what console writes, with its severity and trace', async () => {
  const { receiver } = await runApp({ app: join(logsFolder, 'console.cjs'), env: { ...env, OTELIER_CONSOLE_LOGS: 'true' } });
  const { traceId } = receiver.spans[0]!;
  const records = receiver.logs
    .filter(({ body }) => !String(body).startsWith('{"span"'))
    .map((record) => [String(record.body).split('\n')[0], record.severityNumber, record.severityText, record.traceId === traceId]);
  assert.deepEqual(records, [
    ['outside 1', 9, 'info', false],
    ['info { order: 7 }', 9, 'info', true],
    ['warn', 13, 'warn', true],
    ['TypeError: broken', 17, 'error', true],
    ['debug', 5, 'debug', true],
    ['{"json":true}', 9, 'info', true],
    ['┌─────────┬───┐', 9, 'info', true],
  ]);
});

test('OTELIER_CONSOLE_LOGS=true puts the ids at the end of a line, into a line of JSON, and not into a table', async () => {
  const { stdout, stderr, receiver } = await runApp({
    app: join(logsFolder, 'console.cjs'),
    env: { ...env, OTELIER_CONSOLE_LOGS: 'true' },
  });
  const { traceId, spanId } = receiver.spans[0]!;
  const ids = `trace_id=${traceId} span_id=${spanId} trace_flags=01`;
  const lines = stdout.split('\n');
  assert.deepEqual(lines.slice(2, 5), [
    `info { order: 7 } ${ids}`,
    `debug ${ids}`,
    `{"json":true,"trace_id":"${traceId}","span_id":"${spanId}","trace_flags":"01"}`,
  ]);
  assert.deepEqual([lines[0], lines[5]], ['outside 1', '┌─────────┬───┐']);
  assert.ok(
    lines.slice(5).every((line) => !line.includes('trace_id')),
    stdout,
  );
  assert.ok(stderr.includes(`\nwarn ${ids}\n`), stderr);
});

test('without it the console is left alone', async () => {
  const bare = await runApp({ app: join(logsFolder, 'console.cjs'), preload: 'none' });
  const { stdout, receiver } = await runApp({ app: join(logsFolder, 'console.cjs'), env });
  const withoutIds = (text: string): string => text.replace(/"(trace|span)_id":"\w+"|"trace_flags":"\d+"/g, '');
  assert.equal(withoutIds(stdout), withoutIds(bare.stdout));
  assert.equal(receiver.logs.length, 0);
});

test('what is logged through @opentelemetry/api-logs arrives with severity, body, event name, attributes and trace', async () => {
  const { receiver } = await runApp({ app: join(logsFolder, 'old-logs-api.cjs'), env });
  const [record, ...others] = receiver.logs;
  assert.equal(others.length, 0);
  const { severityNumber, severityText, body, eventName, attributes, traceId, spanId, scope } = record!;
  assert.deepEqual(
    [severityNumber, severityText, body, eventName, attributes],
    [15, 'warn3', { text: 'structured' }, 'order.placed', { order: 7 }],
  );
  assert.deepEqual([traceId, spanId], [receiver.spans[0]!.traceId, receiver.spans[0]!.spanId]);
  assert.deepEqual([scope.name, scope.version], ['old', '1.2.3']);
});
