/** pino: the finished line of a record is what is sent, tied to the trace, and the app's lines gain its ids, wherever they are written to. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { logsFolder, readLines, summarizeRecords } from '../support/log-lines.ts';
import type { Line } from '../support/log-lines.ts';
import { root, runApp } from '../support/run-app.ts';
import type { AppResult } from '../support/run-app.ts';

const env = { OTEL_METRICS_EXPORTER: 'none' };
const folder = mkdtempSync(join(tmpdir(), 'otelier-pino-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const linesIn = (file: string): Line[] => readLines({ stdout: readFileSync(join(folder, file), 'utf8') });
const idsOf = ({ trace_id, span_id, trace_flags }: Line): unknown[] => [trace_id, span_id, trace_flags];

describe('pino from an ES module', () => {
  let result: AppResult;
  before(async () => {
    result = await runApp({ app: join(logsFolder, 'pino.mjs'), env });
  });
  const recordOf = (body: unknown) =>
    result.receiver.logs.find((record) => record.body === body) ?? assert.fail(`no record of ${String(body)}`);

  test('every line that is written becomes one record, in order, with its severity', () => {
    const records = summarizeRecords(result);
    assert.deepEqual(records, [
      ['outside', 9, 'info', 'pino'],
      ['inside', 13, 'warn', 'pino'],
      ['of a child', 9, 'info', 'pino'],
      ['login', 9, 'info', 'pino'],
      ['broken', 17, 'error', 'pino'],
      ['text and 3', 9, 'info', 'pino'],
      [null, 21, 'fatal', 'pino'],
    ]);
  });

  test('inside a span the record and the printed line carry its ids; outside neither does', () => {
    // pino opens stdout by a way of its own: its first line may come after others, also without telemetry.
    const lines = readLines(result);
    const { span } = lines.find((line) => line['span'] !== undefined)!;
    const outside = lines.find(({ msg }) => msg === 'outside')!;
    const inside = lines.filter((line) => line['span'] === undefined && line !== outside);
    assert.equal(inside.length, 6);
    for (const line of inside) assert.deepEqual(idsOf(line), idsOf(span as Line));
    assert.deepEqual(idsOf(outside), [undefined, undefined, undefined]);
    const [first, ...others] = result.receiver.logs;
    for (const { traceId, spanId, flags } of others) assert.deepEqual([traceId, spanId, `0${flags}`], idsOf(span as Line));
    assert.equal(first!.traceId, '');
  });

  test('bindings and fields become attributes, after redaction and serializers', () => {
    assert.deepEqual(recordOf('inside').attributes, { order: { id: 7 } });
    assert.deepEqual(recordOf('of a child').attributes, { tenant: 'acme' });
    assert.deepEqual(recordOf('login').attributes, { password: '[Redacted]', user: { name: 'ada', token: '[Redacted]' } });
    assert.deepEqual(recordOf(null).attributes, { list: [1, 'two', { three: 3 }] });
    assert.ok(!result.receiver.requests.some(({ bytes }) => Buffer.from(bytes).includes('hunter2')));
  });

  test('a logged error gives the exception attributes', () => {
    const { attributes } = recordOf('broken');
    assert.deepEqual([attributes['exception.type'], attributes['exception.message']], ['TypeError', 'broken']);
    assert.match(String(attributes['exception.stacktrace']), /^TypeError: broken\n\s+at .*pino\.mjs/);
  });
});

describe('pino with other names for things', () => {
  let result: AppResult;
  before(async () => {
    result = await runApp({ app: join(logsFolder, 'pino-forms.cjs'), env });
  });

  test('message key, nested key, level formatter and own levels are understood', () => {
    const records = result.receiver.logs.map(({ body, severityNumber, severityText, attributes }) => ({
      body,
      severityNumber,
      severityText,
      attributes,
    }));
    assert.deepEqual(records[0], { body: 'nested', severityNumber: 9, severityText: 'info', attributes: { payload: { order: 7 } } });
    assert.deepEqual(records[1], {
      body: 'with a label',
      severityNumber: 13,
      severityText: 'warn',
      attributes: { severity: 'WARN', added: true },
    });
    assert.deepEqual(records[2], { body: 'of its own level', severityNumber: 10, severityText: 'audit', attributes: {} });
    assert.deepEqual(records[4]!.body, 'with a Windows line end');
  });

  test('the ids stand at the top level of the line, whose end stays as it was', () => {
    const lines = readLines(result).filter(({ message, msg }) => message ?? msg);
    assert.equal(lines.length, 4);
    for (const line of lines) assert.equal(line['trace_id'], result.receiver.spans[0]!.traceId);
    assert.match(result.stdout, /"with a Windows line end","trace_id":"\w+","span_id":"\w+","trace_flags":"01"\}\r\n/);
  });

  test('a message that a redaction removes is not sent', () => {
    assert.equal(result.receiver.logs.length, 5);
    assert.ok(!result.receiver.requests.some(({ bytes }) => Buffer.from(bytes).includes('hunter2')));
  });
});

test('a worker thread and several streams get their lines with the ids, and each line is sent once', async () => {
  const { receiver, stdout, code } = await runApp({ app: join(logsFolder, 'pino-transports.mjs'), args: [folder], env });
  assert.equal(code, 0);
  const { traceId } = receiver.spans[0]!;
  assert.deepEqual(
    linesIn('worker.log').map(({ msg, trace_id }) => [msg, trace_id]),
    [['by a worker', traceId]],
  );
  assert.deepEqual(
    linesIn('all.log').map(({ msg, trace_id }) => [msg, trace_id]),
    [
      ['to one of several', traceId],
      ['to all of several', traceId],
    ],
  );
  assert.deepEqual(
    readLines({ stdout })
      .filter(({ msg }) => msg)
      .map(({ msg }) => msg),
    ['to all of several'],
  );
  assert.deepEqual(
    receiver.logs.map(({ body, severityText }) => [body, severityText]),
    [
      ['by a worker', 'info'],
      ['to one of several', 'debug'],
      ['to all of several', 'error'],
    ],
  );
});

test('what goes through a pino-opentelemetry-transport is not sent a second time', async () => {
  const home = join(folder, 'node_modules', 'pino-opentelemetry-transport');
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(home, 'index.js'),
    "const { createWriteStream } = require('node:fs'); module.exports = ({ file }) => createWriteStream(file);",
  );
  symlinkSync(join(root, 'node_modules', 'pino'), join(folder, 'node_modules', 'pino'), 'dir');
  const app = join(folder, 'app.cjs');
  cpSync(join(logsFolder, 'pino-own-transport.cjs'), app);
  const { receiver, code, stderr } = await runApp({ app, args: [folder], env });
  assert.equal(code, 0, stderr);
  assert.deepEqual(
    receiver.logs.map(({ body }) => body),
    ['by none'],
  );
  assert.deepEqual(
    [...linesIn('one.log'), ...linesIn('several.log')].map(({ msg }) => msg),
    ['by one target', 'by several targets'],
  );
});

test('OTELIER_INSTRUMENTATION_PINO_DISABLE_LOG_SENDING=true leaves the ids in the lines', async () => {
  const result = await runApp({
    app: join(logsFolder, 'pino.mjs'),
    env: { ...env, OTELIER_INSTRUMENTATION_PINO_DISABLE_LOG_SENDING: 'true' },
  });
  assert.equal(result.receiver.logs.length, 0);
  assert.equal(readLines(result).find(({ msg }) => msg === 'inside')?.['trace_id'], result.receiver.spans[0]!.traceId);
});

test('OTELIER_INSTRUMENTATION_PINO_DISABLE_LOG_CORRELATION=true leaves the lines alone and sends records that know their trace', async () => {
  const result = await runApp({
    app: join(logsFolder, 'pino.mjs'),
    env: { ...env, OTELIER_INSTRUMENTATION_PINO_DISABLE_LOG_CORRELATION: 'true' },
  });
  assert.ok(
    !result.stdout.includes('"trace_id":"') || readLines(result).every(({ msg, trace_id }) => msg === undefined || trace_id === undefined),
  );
  assert.equal(result.receiver.logs.find(({ body }) => body === 'inside')?.traceId, result.receiver.spans[0]!.traceId);
});
