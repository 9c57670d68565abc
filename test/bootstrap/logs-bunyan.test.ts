/** bunyan 1 and 2: what an app logs arrives as log records tied to the trace, and the app's lines gain its ids. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { logsFolder, readLines, summarizeRecords } from '../support/log-lines.ts';
import type { Line } from '../support/log-lines.ts';
import { root, runApp } from '../support/run-app.ts';
import type { AppResult } from '../support/run-app.ts';

const env = { OTEL_METRICS_EXPORTER: 'none' };
/** An app of its own, with bunyan 1 under the name that it goes by. */
const home = realpathSync(mkdtempSync(join(tmpdir(), 'otelier-bunyan-')));
after(() => rmSync(home, { recursive: true, force: true }));
mkdirSync(join(home, 'node_modules'));
cpSync(join(root, 'node_modules', 'bunyan-1'), join(home, 'node_modules', 'bunyan'), { recursive: true });
symlinkSync(join(root, 'node_modules', '@opentelemetry'), join(home, 'node_modules', '@opentelemetry'), 'dir');
cpSync(join(logsFolder, 'bunyan.cjs'), join(home, 'bunyan.cjs'));

for (const [version, app] of [
  ['1', join(home, 'bunyan.cjs')],
  ['2', join(logsFolder, 'bunyan.cjs')],
] as const) {
  describe(`bunyan ${version}`, () => {
    let result: AppResult;
    let lines: Line[];
    before(async () => {
      result = await runApp({ app, env });
      lines = readLines(result);
    });

    test('is the version that is meant', () => {
      assert.match(String(lines.find((line) => 'bunyan' in line)?.['bunyan']), new RegExp(`^${version}\\.`));
    });

    test('every line that is written becomes one record, in order, with its severity and the time of its line', () => {
      const records = summarizeRecords(result);
      assert.deepEqual(records, [
        ['outside', 9, 'info', 'bunyan'],
        ['inside', 13, 'warn', 'bunyan'],
        ['of a child', 9, 'info', 'bunyan'],
        ['broken', 17, 'error', 'bunyan'],
        ['between two levels', 10, 'info', 'bunyan'],
      ]);
      const times = lines.filter(({ msg }) => msg && msg !== 'throwing').map(({ time }) => Date.parse(String(time)));
      assert.deepEqual(
        result.receiver.logs.map(({ timeUnixNano }) => Number(timeUnixNano / 1_000_000n)),
        times,
      );
    });

    test('inside a span the record and the printed line carry its ids; outside neither does', () => {
      const { traceId, spanId } = result.receiver.spans[0]!;
      const [outside, ...inside] = lines.filter(({ msg }) => msg);
      assert.ok(inside.length >= 4);
      for (const line of inside) assert.deepEqual([line['trace_id'], line['span_id'], line['trace_flags']], [traceId, spanId, '01']);
      assert.ok(!('trace_id' in outside!));
      const [first, ...others] = result.receiver.logs;
      for (const record of others) assert.deepEqual([record.traceId, record.spanId, record.flags], [traceId, spanId, 1]);
      assert.equal(first!.traceId, '');
    });

    test('fields become attributes after the serializers, those of the child logger too, and the object of the app stays as it was', () => {
      const attributesOf = (body: string) => result.receiver.logs.find((record) => record.body === body)?.attributes;
      assert.deepEqual(attributesOf('inside'), { name: 'app', order: { id: 7 } });
      assert.deepEqual(attributesOf('of a child'), { name: 'app', tenant: 'acme' });
      assert.deepEqual(lines.find((line) => 'fieldKeys' in line)?.['fieldKeys'], ['order']);
    });

    test('a logged error gives the exception attributes', () => {
      const { attributes } = result.receiver.logs.find(({ body }) => body === 'broken')!;
      assert.deepEqual([attributes['exception.type'], attributes['exception.message']], ['TypeError', 'broken']);
      assert.match(String(attributes['exception.stacktrace']), /^TypeError: broken\n\s+at .*bunyan\.cjs/);
    });

    test('a field that throws when it is read costs its record, and the app nothing', async () => {
      const bare = await runApp({ app, preload: 'none' });
      const messages = (output: AppResult): unknown[] => readLines(output).map(({ msg, thrown }) => msg ?? thrown);
      assert.deepEqual(messages(result), messages(bare));
      assert.equal(result.code, bare.code);
    });
  });
}

test("what goes through OpenTelemetry's own stream for bunyan is not sent a second time", async () => {
  const { receiver } = await runApp({ app: join(logsFolder, 'bunyan-own-stream.mjs'), env });
  assert.deepEqual(receiver.logs.map(({ body }) => body).sort(), ['by another logger', 'once']);
  assert.deepEqual(receiver.logs.find(({ body }) => body === 'by another logger')?.scope.name, 'bunyan');
});

test('OTELIER_INSTRUMENTATION_BUNYAN_DISABLE_LOG_SENDING=true leaves the ids in the lines', async () => {
  const result = await runApp({
    app: join(logsFolder, 'bunyan.cjs'),
    env: { ...env, OTELIER_INSTRUMENTATION_BUNYAN_DISABLE_LOG_SENDING: 'true' },
  });
  assert.equal(result.receiver.logs.length, 0);
  assert.equal(readLines(result).find(({ msg }) => msg === 'inside')?.['trace_id'], result.receiver.spans[0]!.traceId);
});
