/** An exception that nobody caught is a log record, where that is asked for: also one of the app's first line, and of each kind of end. */
import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { AppResult } from '../support/run-app.ts';
import { runApp } from '../support/run-app.ts';

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'otelier-uncaught-')));
after(() => rmSync(dir, { recursive: true }));

const ask = { OTELIER_INSTRUMENTATION_RUNTIME_NODE_CAPTURE_UNCAUGHT_EXCEPTION: 'true' };
const [ERROR, FATAL] = [17, 21];

function run(name: string, source: string, env: Readonly<Record<string, string>> = ask): Promise<AppResult> {
  const app = join(dir, name);
  writeFileSync(app, source);
  return runApp({ app, env });
}

const told = ({ receiver }: AppResult): unknown[] =>
  receiver.logs.map(({ severityNumber, attributes }) => [severityNumber, attributes['exception.type'], attributes['exception.message']]);

for (const [title, name, source, code, severity] of [
  ['thrown by the first line of CommonJS', 'first.cjs', "throw new TypeError('dead');", 1, FATAL],
  ['thrown by the first line of an ES module', 'first.mjs', "throw new TypeError('dead');", 1, FATAL],
  ['thrown later', 'later.cjs', "setTimeout(() => { throw new TypeError('dead'); }, 200);", 1, FATAL],
  ['a rejection', 'rejected.mjs', "Promise.reject(new TypeError('dead'));", 1, FATAL],
  [
    'one that the app handles',
    'handled.cjs',
    "process.on('uncaughtException', () => process.exit(6)); setImmediate(() => { throw new TypeError('dead'); });",
    6,
    ERROR,
  ],
] as const) {
  test(title, async () => {
    const result = await run(name, source);
    assert.equal(result.code, code, result.stderr);
    assert.deepEqual(told(result), [[severity, 'TypeError', 'dead']]);
    assert.match(String(result.receiver.logs[0]?.attributes['exception.stacktrace']), new RegExp(name));
  });
}

test('unless it is asked for, or with its instrumentation off, there is none', async () => {
  const source = "throw new TypeError('dead');";
  assert.deepEqual(told(await run('plain.cjs', source, {})), []);
  assert.deepEqual(told(await run('off.cjs', source, { ...ask, OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'runtime-node' })), []);
});
