/** V8's code cache: written once and run from then on, by no other folder's name, and never more than a few files. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { nodeVersions } from '../support/node-versions.ts';
import { root, runApp } from '../support/run-app.ts';

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'otelier-code-cache-')));
after(() => rmSync(dir, { recursive: true }));

/** Prints the files of a stack that leads through a function of the bundle which ran for the first time now. */
const app = join(dir, 'app.cjs');
writeFileSync(app, `require(${JSON.stringify(join(dir, 'thrown.cjs'))});\n`);
writeFileSync(
  join(dir, 'thrown.cjs'),
  `console.log(JSON.stringify([...new Set(new Error('here').stack.match(/[^ (]*register\\.js/g))]));\n`,
);

function copyDistribution(name: string): string {
  const copy = join(dir, name);
  for (const part of ['dist', 'otel.js', 'package.json']) cpSync(join(root, part), join(copy, part), { recursive: true });
  return copy;
}

const cached = (home: string): string[] => readdirSync(join(home, '.cache', 'otelier')).filter((name) => name.includes('.v8'));

for (const node of nodeVersions) {
  describe(`Node.js ${node}`, () => {
    const home = join(dir, `home-${node}`);
    mkdirSync(home);

    test('code that another folder cached shows in stack traces by the path that was loaded', async () => {
      for (const copy of [copyDistribution(`one-${node}`), copyDistribution(`two-${node}`)]) {
        for (const start of ['first', 'second']) {
          const { code, stdout, stderr } = await runApp({ app, node, preloadFile: join(copy, 'otel.js'), env: { HOME: home } });
          assert.equal(code, 0, stderr);
          assert.deepEqual(JSON.parse(stdout), [join(copy, 'dist', 'register.js')], `${start} start`);
        }
      }
      assert.ok(cached(home).length > 0);
    });
  });
}

test('a second start writes nothing, and old files go when a new one is written', async () => {
  const home = join(dir, 'home');
  const folder = join(home, '.cache', 'otelier');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const old = Array.from({ length: 30 }, (_, i) => `${String(i).padStart(16, '0')}-v20.19.0-x64.v8${i % 10 === 0 ? '.123' : ''}`);
  for (const [i, name] of old.entries()) {
    writeFileSync(join(folder, name), '');
    utimesSync(join(folder, name), 1_000_000 + i, 1_000_000 + i);
  }
  mkdirSync(join(folder, 'stack'));
  await runApp({ app, env: { HOME: home } });
  const [fresh, ...more] = cached(home).filter((name) => !old.includes(name));
  assert.deepEqual(more, []);
  assert.deepEqual(cached(home).sort(), [...old.slice(-11), fresh!].sort());
  assert.ok(readdirSync(folder).includes('stack'), 'what else is there stays');
  const writtenAt = statSync(join(folder, fresh!)).mtimeMs;
  await runApp({ app, env: { HOME: home } });
  assert.equal(statSync(join(folder, fresh!)).mtimeMs, writtenAt);
});
