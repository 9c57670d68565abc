/** `addSpanProcessor` and `addLogRecordProcessor` of the public API, in an app of its own under each engine. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { root, runApp } from '../support/run-app.ts';

const app = join(root, 'test', 'fixtures', 'engine', 'processors.mjs');

for (const engine of ['lean', 'sdk']) {
  describe(`processors that an app adds, ${engine} engine`, () => {
    test('see and change each span and log record; the stock exporters behind them and otelier get the same', async () => {
      const { code, stdout, stderr, receiver } = await runApp({ app, env: { OTELIER_ENGINE: engine, OTEL_METRICS_EXPORTER: 'none' } });
      assert.equal(code, 0, stderr);
      const attributes = { tenant: 'acme', ending: true };
      assert.deepEqual(JSON.parse(stdout), {
        added: [true, true, true, true, true],
        spans: [{ name: 'renamed', attributes, ended: true }],
        records: [{ body: 'changed', attributes: { tenant: 'acme' } }],
        flushed: ['spans'],
      });
      assert.deepEqual(
        receiver.spans.map((span) => [span.name, span.attributes]),
        [['renamed', attributes]],
      );
      assert.deepEqual(
        receiver.logs.map((record) => [record.body, record.attributes, record.spanId]),
        [['changed', { tenant: 'acme' }, receiver.spans[0]!.spanId]],
      );
    });

    test('are refused where otelier is not started', async () => {
      const { stdout } = await runApp({ app, env: { OTELIER_ENGINE: engine, OTEL_SDK_DISABLED: 'true' } });
      assert.deepEqual((JSON.parse(stdout) as { added: boolean[] }).added, [false, false, false, false, false]);
    });
  });
}
