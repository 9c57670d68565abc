/** What the module hook leaves as it is: the order in which an app's modules run, how often they run, what they are, and what they throw. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { readLines } from '../support/log-lines.ts';
import { nodeVersions } from '../support/node-versions.ts';
import { root, runApp } from '../support/run-app.ts';
import { drawTraces } from '../support/trace-tree.ts';

const fixtures = join(root, 'test', 'fixtures', 'instrument');
const env = { OTEL_METRICS_EXPORTER: 'none' };

/** An app of its own with packages that count their runs: one that is in the catalogue by its name (knex), one that is not, two that throw. */
const home = realpathSync(mkdtempSync(join(tmpdir(), 'otelier-loading-')));
after(() => rmSync(home, { recursive: true, force: true }));
cpSync(join(fixtures, 'loading'), home, { recursive: true });
for (const [name, file] of [
  ['knex', 'catalogued.cjs'],
  ['unknown-to-all', 'catalogued.cjs'],
  ['mysql2', 'throws.cjs'],
  ['unknown-and-broken', 'throws.cjs'],
] as const) {
  const folder = join(home, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '3.0.0', main: 'index.js' }));
  cpSync(join(home, file), join(folder, 'index.js'));
}

for (const node of nodeVersions) {
  describe(`Node.js ${node}`, { concurrency: 2 }, () => {
    const run = async (file: string, ...args: string[]) => {
      const app = { app: join(home, file), args, node, env };
      const [result, bare] = await Promise.all([runApp(app), runApp({ ...app, preload: 'none' })]);
      assert.equal(result.code, 0, result.stderr);
      return { printed: readLines(result).at(-1), result, bare };
    };

    test("the imports of an ES module run in the app's order", async () => {
      assert.deepEqual((await run('order.mjs')).printed?.['prepared'], true);
    });

    for (const name of ['knex', 'unknown-to-all']) {
      for (const first of ['require', 'import']) {
        test(`${name} runs once, and is the same from require and import, when the first is ${first}`, async () => {
          assert.deepEqual((await run('once.mjs', name, first)).printed, { runs: 1, same: true, instance: true });
        });
      }
    }

    for (const logger of ['winston', 'pino']) {
      test(`${logger} is instrumented when an ES module imports it`, async () => {
        const { receiver, stderr } = await runApp({ app: join(root, 'test', 'fixtures', 'logs', `${logger}.mjs`), node, env });
        const inside = receiver.logs.find(({ body }) => body === 'inside');
        assert.equal(inside?.traceId, receiver.spans[0]?.traceId ?? 'no span', stderr);
      });
    }

    test('asking where a package is does not run it', async () => {
      assert.deepEqual((await run('resolve.mjs')).printed, { runs: 0 });
    });

    for (const name of ['mysql2', 'unknown-and-broken']) {
      test(`${name}, which throws at load, does so as often as without telemetry, and with the same error`, async () => {
        const { result, bare } = await run('throwing.mjs', name);
        assert.match(bare.stdout, /cannot be loaded/);
        assert.equal(result.stdout, bare.stdout);
      });
    }
  });
}

test('a package that is loaded anew, its cache having been emptied, is instrumented anew', async () => {
  cpSync(join(fixtures, 'loading', 'reload.cjs'), join(home, 'reload.cjs'));
  const { receiver, stdout } = await runApp({ app: join(fixtures, 'loading', 'reload.cjs'), env });
  assert.equal(stdout, 'another\n');
  assert.equal(drawTraces(receiver.spans), 'client GET\n└─ server GET /users/:id');
});

for (const node of nodeVersions.filter((version) => !version.startsWith('20.'))) {
  test(`beside a loader that gives the sources itself (tsx), imported packages are instrumented too, on Node.js ${node}`, async () => {
    const { receiver, code, stderr } = await runApp({ app: 'express-esm.mjs', flags: ['--import', 'tsx'], node, env });
    assert.equal(code, 0, stderr);
    assert.equal(drawTraces(receiver.spans), 'client GET\n└─ server GET /users/:id');
  });
}
