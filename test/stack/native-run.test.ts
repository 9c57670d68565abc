/** The native run without any of its programs: what it reads and writes, what it refuses, and how it keeps watch over a process. */
import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { composeServiceNames, readComposeService } from '../../stack/run/compose.ts';
import { interpolate } from '../../stack/run/interpolate.ts';
import { modules } from '../../stack/run/modules.ts';
import { fitFile, fitFlags } from '../../stack/run/older.ts';
import { findTakenPorts } from '../../stack/run/ports.ts';
import type { Program } from '../../stack/run/programs.ts';
import { renderService } from '../../stack/run/render.ts';
import { services } from '../../stack/run/services.ts';
import { formatBytes } from '../../stack/run/status.ts';
import { readText, root } from './files.ts';

const linux = process.platform === 'linux';
/** All of 127.0.0.0/8 is this machine, on Linux only; nothing else in the tests listens here. */
const ownAddress = linux ? '127.0.0.71' : '127.0.0.1';

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'otelier-native-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function runStack(...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join(root, 'stack', 'run.ts'), ...args], { encoding: 'utf8', timeout: 240_000 });
}

test('variables are put in by the rules of Compose', () => {
  const variables = { SET: 'value', EMPTY: '' };
  const cases: readonly (readonly [string, string])[] = [
    ['${SET}', 'value'],
    ['$SET/x', 'value/x'],
    ['${ABSENT}', ''],
    ['${ABSENT:-[host_metrics]}', '[host_metrics]'],
    ['${EMPTY:-other}', 'other'],
    ['${EMPTY-other}', ''],
    ['${SET:-other}', 'value'],
    ['${SET:+other}', 'other'],
    ['${EMPTY:+other}', ''],
    ['${EMPTY+other}', 'other'],
    ['$${SET} and $$', '${SET} and $'],
    ['${SET:?why}', 'value'],
  ];
  for (const [text, expected] of cases) assert.equal(interpolate(text, variables), expected, text);
  assert.throws(() => interpolate('${EMPTY:?say which}', variables), /EMPTY is not set\. say which/);
  assert.throws(() => interpolate('${ABSENT:-${SET}}', variables), /does not know/);
});

test('a module of stack/native has the version of the image, and go.mod the version of the module', () => {
  for (const { name, programs, version, source } of modules) {
    const service = services.find(({ program }) => program in programs);
    assert.equal(service === undefined, name === 'compose', `${name}: a service runs a program of it, unless it only checks`);
    const image = service && readComposeService(root, service.name, {}).image;
    if (image) assert.equal(image.split(':')[1]?.replace(/^v/, ''), version, `${service.name} of docker-compose.yml`);
    const required = readText(`stack/native/${name}/go.mod`).match(new RegExp(`${source.module.replaceAll('.', '\\.')} (v\\S+)`))?.[1];
    assert.equal(required, source.version, `stack/native/${name}/go.mod`);
  }
});

test('each service, rendered: only the one address, only paths of this machine, and the originals untouched', (context) => {
  const folder = temporaryFolder(context);
  const hosts = composeServiceNames(root);
  for (const { name } of services) {
    const composed = readComposeService(root, name, {});
    const native = renderService(name, composed, { folder, address: '127.0.0.99', hosts, variables: {} });
    const config = join(folder, 'config', name);
    const files = readdirSync(config, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
    assert.ok(files.length > 0, name);
    const texts = files.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').replaceAll(/^\s*#.*$/gm, ''));
    for (const text of [...texts, ...native.args, ...native.entrypoint, ...Object.values(native.environment)]) {
      assert.doesNotMatch(text, /0\.0\.0\.0|127\.0\.0\.1(?!\d)/, name);
      assert.doesNotMatch(text, new RegExp(`(?<![\\w.-])(${hosts.join('|')}):\\d`), name);
      for (const { target } of composed.mounts)
        assert.ok(!new RegExp(`(?<![\\w./])${target}(/|\\s|$)`, 'm').test(text), `${name}: ${target} in ${text}`);
    }
    for (const { kind, source } of composed.mounts) {
      if (kind === 'volume') assert.ok(lstatSync(join(folder, 'data', source)).isDirectory(), `${name}: ${source}`);
    }
  }
});

test('hosts are told from names, paths from names; what needs no change is a link, what the caller adds is none', (context) => {
  const folder = temporaryFolder(context);
  const source = join(folder, 'source');
  mkdirSync(join(source, 'sub'), { recursive: true });
  const written =
    'job_name: loki\nexporters: [otlp_http/loki]\nurl: http://loki:3100/loki/api\nown: not-loki:1\nat: 0.0.0.0\ndir: ${DIR:-/loki}/x\nhost: /hostfs/proc\n';
  writeFileSync(join(source, 'a.yaml'), written);
  writeFileSync(join(source, 'sub', 'secret'), 'hunter2');
  writeFileSync(join(source, 'sub', 'replaced'), 'old');
  const native = renderService(
    'loki',
    {
      image: 'x:1',
      entrypoint: ['/bin/sh', '/etc/x/start.sh'],
      command: ['-f=/etc/x/a.yaml', '-d=/loki', '-l=0.0.0.0:3100'],
      environment: { ROOT: '/hostfs' },
      mounts: [
        { kind: 'file', source, target: '/etc/x' },
        { kind: 'volume', source: 'loki-data', target: '/loki' },
        { kind: 'host', source: '/', target: '/hostfs' },
      ],
      stopGraceMs: 1000,
    },
    {
      folder,
      address: '127.0.0.9',
      hosts: ['loki'],
      variables: { DIR: undefined, UNRELATED: 'x' },
      files: { '/etc/x/sub/replaced': 'new', '/etc/y/elsewhere': 'no' },
    },
  );
  const data = join(folder, 'data', 'loki-data');
  const config = join(folder, 'config', 'loki', 'etc', 'x');
  assert.deepEqual(native.args, [`-f=${config}/a.yaml`, `-d=${data}`, '-l=127.0.0.9:3100']);
  assert.deepEqual(native.entrypoint, ['/bin/sh', `${config}/start.sh`]);
  assert.deepEqual(native.environment, { ROOT: '/' });
  assert.equal(
    readFileSync(join(config, 'a.yaml'), 'utf8'),
    `job_name: loki\nexporters: [otlp_http/loki]\nurl: http://127.0.0.9:3100/loki/api\nown: not-loki:1\nat: 127.0.0.9\ndir: \${DIR:-${data}}/x\nhost: /proc\n`,
  );
  assert.equal(readFileSync(join(source, 'a.yaml'), 'utf8'), written);
  assert.ok(lstatSync(join(config, 'sub', 'secret')).isSymbolicLink());
  assert.equal(readFileSync(join(config, 'sub', 'replaced'), 'utf8'), 'new');
  assert.equal(readFileSync(join(source, 'sub', 'replaced'), 'utf8'), 'old');
});

test('a variable reaches a service when docker-compose.yml or a file of it names it', (context) => {
  const folder = temporaryFolder(context);
  writeFileSync(join(folder, 'a.yaml'), 'a: ${env:NAMED:-1}\nb: ${ALSO}\nc: ${env:COMPOSED}');
  const composed = { image: 'x:1', entrypoint: [], command: [], stopGraceMs: 1000, environment: { COMPOSED: 'by compose' } };
  const { environment } = renderService(
    'x',
    { ...composed, mounts: [{ kind: 'file', source: join(folder, 'a.yaml'), target: '/a.yaml' }] },
    { folder, address: '127.0.0.1', hosts: ['x'], variables: { NAMED: 'n', ALSO: 'a', OTHER: 'o', COMPOSED: 'by the shell' } },
  );
  assert.deepEqual(environment, { NAMED: 'n', ALSO: 'a', COMPOSED: 'by compose' });
});

test('a port in use: which, for what, who holds it, and nothing is started', async (context) => {
  const folder = temporaryFolder(context);
  const server = createServer().listen(9090, ownAddress);
  await once(server, 'listening');
  context.after(() => server.close());
  const taken = await findTakenPorts(services, ownAddress);
  const ours = taken.find(({ port }) => port === 9090);
  assert.ok(ours);
  assert.equal(ours.service, 'prometheus');
  if (linux) {
    assert.deepEqual(taken, [ours]);
    assert.equal(ours.owner?.pid, process.pid);
    assert.match(ours.owner.command, /native-run\.test\.ts/);
  }
  const { status, stdout, stderr } = runStack('--data', folder, '--address', ownAddress);
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.match(stderr, /^Nothing was started: .* in use on 127/);
  assert.match(stderr, new RegExp(`9090 +prometheus \\(API and OTLP\\) +held by ${linux ? `pid ${process.pid}: ` : ''}`));
  assert.match(stderr, /--address 127\.0\.0\.2/);
  assert.deepEqual(readdirSync(folder), []);
});

test('wrong usage is said, with exit code 2', () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['--only', 'grafana'], /There is no service "grafana"\. There are: alertmanager, /],
    [['--address', '0.0.0.0'], /--address is "0\.0\.0\.0"\. It is a loopback address/],
    [['--status', '--stop'], /--status and --stop do not go together/],
    [['--data', '/tmp/a b'], /The folder "\/tmp\/a b" cannot be used/],
    [['--wat'], /--wat/],
  ];
  for (const [args, message] of cases) {
    const { status, stderr } = runStack(...args);
    assert.equal(status, 2, args.join(' '));
    assert.match(stderr, message);
    assert.match(stderr, /npm run stack -- --help tells more/);
  }
});

test('without a stack --status says that all is down, --stop that there is none, --logs that there is no log', (context) => {
  const folder = temporaryFolder(context);
  const status = runStack('--status', '--data', folder);
  assert.equal(status.status, 1);
  for (const { name } of services) assert.match(status.stdout, new RegExp(`^${name} +down +- +- +\\d+ +- +0 B$`, 'm'));
  const stop = runStack('--stop', '--data', folder);
  assert.deepEqual([stop.status, stop.stdout], [0, `No stack runs in ${folder}.\n`]);
  const logs = runStack('--logs', 'loki', '--data', folder);
  assert.equal(logs.status, 1);
  assert.match(logs.stderr, /loki has no log yet/);
});

test('an older program gets the flags that its help names, and a file without the sections that came later', async (context) => {
  const path = join(temporaryFolder(context), 'prometheus');
  writeFileSync(path, '#!/bin/sh\necho "  --config.file=FILE  x"\necho "      --[no-]web.enable-lifecycle  y"\n', { mode: 0o755 });
  const program: Program = { name: 'prometheus', path, version: '2.42.0', origin: 'system' };
  const fitted = await fitFlags(program, ['--config.file=a', '--web.enable-lifecycle', '--web.enable-otlp-receiver', 'word']);
  assert.deepEqual(fitted, { args: ['--config.file=a', '--web.enable-lifecycle', 'word'], leftOut: ['--web.enable-otlp-receiver'] });

  const text = readText('stack/prometheus/prometheus.yml');
  const file = fitFile(program, '/etc/prometheus/prometheus.yml', text);
  assert.deepEqual(file.leftOut, ['otlp of prometheus.yml']);
  assert.doesNotMatch(file.text, /^otlp:/m);
  assert.match(file.text, /^rule_files:/m);
  const template = fitFile({ ...program, name: 'alertmanager', version: '0.25.0' }, '/etc/alertmanager/templates/whatsapp.tmpl', 'x');
  assert.deepEqual(template, { text: '', leftOut: ['whatsapp.tmpl'] });
  assert.deepEqual(fitFile({ ...program, version: '3.15.0' }, '/etc/prometheus/prometheus.yml', text), { text, leftOut: [] });
});

test('sizes are for a person', () => {
  assert.deepEqual([0, 999, 1000, 36_900, 123_456_789, 2e12].map(formatBytes), ['0 B', '999 B', '1.0 kB', '36.9 kB', '123 MB', '2.0 TB']);
});
