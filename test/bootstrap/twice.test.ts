/** Loaded more than once, beside another SDK, on a Node.js that is too old: starts once or not at all, says so, and the app runs. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { nodeVersions } from '../support/node-versions.ts';
import { otel, root, runApp } from '../support/run-app.ts';
import type { AppResult } from '../support/run-app.ts';
import { drawTraces } from '../support/trace-tree.ts';

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'otelier-twice-')));
after(() => rmSync(dir, { recursive: true }));
const preloads = join(root, 'test', 'fixtures', 'preloads');

function checkTraced({ code, stdout, stderr, receiver }: AppResult): void {
  assert.equal(code, 0, stderr);
  assert.equal(drawTraces(receiver.spans), 'client GET\n└─ server GET /users/:id');
  assert.equal(receiver.logs.length, 1);
  assert.equal(stdout.trimEnd().split('\n').length, 1);
}

/** Another copy of what is published, as a second installation would be. */
function copyDistribution(version: string): string {
  const copy = join(dir, `otelier-${version}`);
  mkdirSync(copy);
  for (const part of ['dist', 'otel.js', 'package.json']) cpSync(join(root, part), join(copy, part), { recursive: true });
  return join(copy, 'otel.js');
}

for (const node of nodeVersions) {
  test(`on Node.js ${node}, --require and --import of the same file start it once`, async () => {
    const result = await runApp({ app: 'express-esm.mjs', node, flags: ['--require', otel], preload: 'import' });
    checkTraced(result);
    assert.match(result.stderr, /^otelier: .* started .*\n$/);
  });
}

test('NODE_OPTIONS and --import of the same file start it once', async () => {
  const result = await runApp({ app: 'express-cjs.cjs', flags: ['--import', otel], preload: 'node-options' });
  checkTraced(result);
  assert.match(result.stderr, /^otelier: .* started .*\n$/);
});

test('two installations start once, and the second says that it does nothing', async () => {
  const result = await runApp({ app: 'express-esm.mjs', flags: ['--import', otel], preloadFile: copyDistribution('copy') });
  checkTraced(result);
  assert.match(
    result.stderr,
    /^otelier: .* started .*\notelier: already started \(\S+\); loaded a second time \(\S+\), which does nothing\. Remove one --import or --require\.\n$/,
  );
});

test('an SDK that was registered before is left alone', async () => {
  const result = await runApp({ app: 'express-esm.mjs', flags: ['--import', join(preloads, 'node-sdk.mjs')] });
  assert.equal(result.code, 0, result.stderr);
  assert.match(
    result.stderr,
    /^otelier: another OpenTelemetry SDK is registered in this process already; otelier stays out of its way and does nothing\. Load only one\.\n$/,
  );
  assert.equal(result.receiver.requests.length, 0);
  assert.doesNotMatch(result.stdout, /trace_id/);
});

test('an app that starts an SDK of its own runs on; otelier was there first and stays', async () => {
  const result = await runApp({ app: 'starts-own-sdk.mjs' });
  assert.equal(result.code, 0, result.stderr);
  assert.equal(result.stdout, 'still running\n');
  assert.match(
    result.stderr,
    /^otelier: .* started .*\notelier: the app starts an OpenTelemetry SDK of its own; otelier was there first and stays in charge.*\n$/,
  );
  assert.deepEqual(
    result.receiver.spans.map(({ name, resource }) => [name, resource.attributes['service.name']]),
    [['work', 'otelier']],
  );
});

test('a Node.js that is too old gets one line and no telemetry', async () => {
  for (const version of ['18.20.4', '20.18.3', '21.7.3', '22.14.0']) {
    const old = join(dir, `node-${version}.cjs`);
    writeFileSync(old, `Object.defineProperty(process.versions, 'node', { value: '${version}' });\n`);
    const { code, stdout, stderr, receiver } = await runApp({ app: 'express-esm.mjs', flags: ['--require', old] });
    assert.equal(code, 0, stderr);
    assert.equal(stdout, '{"level":"info","message":"user found","user":"42"}\n');
    assert.equal(
      stderr,
      `otelier: Node.js ${version} is not supported; the app runs without telemetry. Use 20.19+, 22.15+, 24 or later.\n`,
    );
    assert.equal(receiver.requests.length, 0);
  }
});

test('name and version of the service come from the package.json of the app', async () => {
  const folder = join(dir, 'shop');
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "name": "@acme/shop", "version": "4.5.6", "type": "module" }');
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  cpSync(join(root, 'test/fixtures/apps/express-esm.mjs'), join(folder, 'bin', 'server.js'));
  const { stderr, receiver } = await runApp({ app: join(folder, 'bin', 'server.js'), cwd: dir });
  assert.match(stderr, /^otelier: \S+ started for @acme\/shop 4\.5\.6; /);
  for (const { resource } of [...receiver.spans, ...receiver.logs, ...receiver.metrics]) {
    assert.deepEqual([resource.attributes['service.name'], resource.attributes['service.version']], ['@acme/shop', '4.5.6']);
  }
  const named = await runApp({
    app: join(folder, 'bin', 'server.js'),
    env: { OTEL_SERVICE_NAME: 'checkout', OTEL_RESOURCE_ATTRIBUTES: 'service.version=7' },
  });
  const [span] = named.receiver.spans;
  assert.deepEqual([span?.resource.attributes['service.name'], span?.resource.attributes['service.version']], ['checkout', '7']);
});

test('OTEL_LOG_LEVEL=none silences everything', async () => {
  const silent = { OTEL_LOG_LEVEL: 'none' };
  const away = { ...silent, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_BSP_SCHEDULE_DELAY: 'soon', OTELIER_MAGIC: '1' };
  const old = join(dir, 'old.cjs');
  writeFileSync(old, "Object.defineProperty(process.versions, 'node', { value: '18.20.4' });\n");
  const runs = await Promise.all([
    runApp({ app: 'prints-and-exits.mjs', env: silent }),
    runApp({ app: 'prints-and-exits.mjs', env: away }),
    runApp({ app: 'prints-and-exits.mjs', env: { ...silent, OTEL_CONFIG_FILE: '/nowhere.yaml' } }),
    runApp({ app: 'prints-and-exits.mjs', env: silent, flags: ['--import', join(preloads, 'node-sdk.mjs')] }),
    runApp({ app: 'prints-and-exits.mjs', env: silent, flags: ['--import', otel], preloadFile: copyDistribution('silent') }),
    runApp({ app: 'prints-and-exits.mjs', env: silent, flags: ['--require', old] }),
  ]);
  for (const { code, stderr } of runs) assert.deepEqual({ code, stderr }, { code: 7, stderr: '' });
});

test('OTEL_SDK_DISABLED=true leaves no trace of it', async () => {
  const { code, stdout, stderr, receiver } = await runApp({ app: 'express-esm.mjs', env: { OTEL_SDK_DISABLED: 'true' } });
  assert.deepEqual(
    { code, stdout, stderr, requests: receiver.requests.length },
    { code: 0, stdout: '{"level":"info","message":"user found","user":"42"}\n', stderr: '', requests: 0 },
  );
});
