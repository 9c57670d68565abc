/** Programs that only start others, npm above all, are preloaded by NODE_OPTIONS too: they send nothing, and what they start does. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { isLauncher } from '../../src/launcher.ts';
import { otel, root, runApp } from '../support/run-app.ts';

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'otelier-launcher-')));
after(() => rmSync(dir, { recursive: true }));

/** A program as a package manager installs it: a file in its package, and a link to that in .bin. */
function install(folder: string, name: string, file: string, source: string): { readonly file: string; readonly link: string } {
  const paths = { file: join(folder, 'node_modules', name, file), link: join(folder, 'node_modules', '.bin', name) };
  for (const path of Object.values(paths)) mkdirSync(dirname(path), { recursive: true });
  writeFileSync(paths.file, source);
  chmodSync(paths.file, 0o755);
  symlinkSync(paths.file, paths.link);
  return paths;
}

const app = join(root, 'test', 'fixtures', 'apps', 'express-cjs.cjs');
const launcher = `require('node:child_process').spawnSync(process.execPath, [${JSON.stringify(app)}], { stdio: 'inherit' });`;

for (const how of ['link', 'file'] as const) {
  test(`a program that starts the app stays out of it, by its ${how}; the app is traced`, async () => {
    const program = install(join(dir, how), 'nodemon', 'bin/nodemon.js', launcher)[how];
    const { code, stderr, receiver } = await runApp({ app: program, preload: 'node-options' });
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^otelier: .* started .*\n$/, 'one start');
    const programs = receiver.metrics.map(({ resource }) => resource.attributes['process.command']);
    assert.deepEqual([...new Set(programs)], [app]);
    assert.notEqual(receiver.spans.length, 0);
  });
}

test('npm itself is one', { skip: spawnSync('npm', ['--version']).status !== 0 && 'there is no npm' }, () => {
  const folder = join(dir, 'npm');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'shop', version: '1.0.0', scripts: { start: 'node -e 0' } }));
  const { status, stderr } = spawnSync('npm', ['start', '--silent'], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
      HOME: folder,
      NODE_OPTIONS: `--import ${otel}`,
      OTEL_TRACES_EXPORTER: 'none',
      OTEL_METRICS_EXPORTER: 'none',
      OTEL_LOGS_EXPORTER: 'none',
    },
  });
  assert.equal(status, 0, stderr);
  assert.deepEqual(stderr.match(/started for \S+/g), ['started for shop']);
});

test('what is a launcher, and what only looks like one', () => {
  const own = '/home/me/otelier/dist';
  for (const entry of [
    '/usr/bin/npm',
    '/usr/lib/node_modules/npm/bin/npm-cli.js',
    '/app/node_modules/.bin/tsx',
    '/app/node_modules/.pnpm/tsx@4.20.0/node_modules/tsx/dist/cli.mjs',
    '/home/me/.cache/node/corepack/v1/yarn/4.9.0/yarn-4.9.0.cjs',
    '/app/.yarn/releases/yarn-4.9.0.cjs',
    '/usr/lib/node_modules/corepack/dist/pnpm.js',
    '/app/node_modules/otelier/dist/cli.js',
    '/home/me/otelier/dist/cli.js',
  ])
    assert.ok(isLauncher(entry, own), entry);
  for (const entry of [
    undefined,
    '/app/server.js',
    '/app/npm.js',
    '/app/npm/server.js',
    '/app/tsx/index.ts',
    '/app/dist/cli.js',
    '/app/node_modules/next/dist/bin/next',
    '/app/node_modules/.bin/next',
    '/srv/node_modules/nodemon/node_modules/app/server.js',
  ])
    assert.ok(!isLauncher(entry, own), entry);
});
