/** `otelier dev`: the command runs as it would alone, and what it sends is there. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { portOwner } from '../../src/cli/dev/port-owner.ts';
import type { Page, Status, TraceSummary } from '../../src/viewer/api.ts';
import { anyPorts, runCli, startCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'otelier test dev-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const app = join(folder, 'app.cjs');
writeFileSync(
  app,
  `const { createServer, get } = require('node:http');
const server = createServer((request, response) => response.end('hello'));
server.listen(0, () => get({ port: server.address().port, path: '/hello' }, (response) => {
  response.resume();
  response.on('end', () => { console.log('app is done'); server.close(); process.exitCode = 3; });
}));`,
);
const dev = (...command: readonly string[]): readonly string[] => ['dev', ...anyPorts, '--', ...command];

describe('the command', () => {
  test('is preloaded, keeps stdout to itself, and its exit code is ours', async () => {
    const { code, stdout, stderr } = await runCli(dev(process.execPath, app));
    assert.equal(code, 3, stderr);
    assert.equal(stdout, 'app is done\n');
    assert.match(stderr, /page {6}http:\/\/127\.0\.0\.1:\d+\//);
    assert.match(stderr, /1 trace and 0 log records came/);
  });

  test('reads our stdin', async () => {
    const script = "process.stdin.on('data', (chunk) => process.stdout.write(String(chunk).toUpperCase()))";
    assert.equal((await runCli(dev(process.execPath, '-e', script), {}, 'words')).stdout, 'WORDS');
  });

  test('dies by a signal, and so do we', async () => {
    const { code, signal } = await runCli(dev(process.execPath, '-e', "process.kill(process.pid, 'SIGKILL')"));
    assert.deepEqual([code, signal], [null, 'SIGKILL']);
  });

  test('gets the signals that we get, and ends as it likes', async () => {
    const script =
      "process.on('SIGTERM', () => { console.log('tidy'); process.exit(5); }); setInterval(() => {}, 1000); console.log('ready');";
    const running = startCli(dev(process.execPath, '-e', script));
    await running.waitFor(/ready/);
    running.child.kill('SIGTERM');
    const { code, stdout } = await running.ended;
    assert.deepEqual([code, stdout], [5, 'ready\ntidy\n']);
  });

  test('that dies at its first line is among the errors, unless that is switched off', async () => {
    const died = dev(process.execPath, '-e', "throw new Error('dead')");
    assert.match((await runCli(died)).stderr, /0 traces and 1 log record came/);
    const off = { OTELIER_INSTRUMENTATION_RUNTIME_NODE_CAPTURE_UNCAUGHT_EXCEPTION: 'false' };
    assert.match((await runCli(died, off)).stderr, /0 traces and 0 log records came/);
  });

  test('that does not exist: 127', async () => {
    const { code, stderr } = await runCli(dev('no-such-command-here'));
    assert.equal(code, 127);
    assert.match(stderr, /no-such-command-here could not be run: there is no such command/);
  });

  test('finds settings that lead elsewhere replaced, and keeps its own NODE_OPTIONS', async () => {
    const script =
      'const { OTEL_EXPORTER_OTLP_ENDPOINT: e, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: t, NODE_OPTIONS: n, OTEL_METRIC_EXPORT_INTERVAL: i } = process.env; console.log(JSON.stringify({ e, t, n, i }))';
    const env = {
      ...{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://vendor.example', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://vendor.example/v1/traces' },
      ...{ NODE_OPTIONS: '--max-old-space-size=300', OTEL_METRIC_EXPORT_INTERVAL: '9000', OTEL_METRIC_EXPORT_TIMEOUT: '9000' },
    };
    const { stdout, stderr } = await runCli(dev(process.execPath, '-e', script), env);
    const seen = JSON.parse(stdout) as { e: string; t?: string; n: string; i: string };
    assert.match(seen.e, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.deepEqual([seen.t, seen.i], [undefined, '9000']);
    assert.match(seen.n, /^--max-old-space-size=300 --import file:\/\/\S+otel\.js$/);
    assert.match(stderr, /OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: not used in this run/);
  });
});

describe('the data', () => {
  test('stays with --keep until we are told to end, and --data keeps it for good, for one process at a time', async () => {
    const data = join(folder, 'data');
    const running = startCli(['dev', ...anyPorts, '--keep', '--data', data, '--', process.execPath, app]);
    const [, page] = await running.waitFor(/page +(\S+)\/\n/);
    await running.waitFor(/the command has ended \(exit code 3\)/);
    const { items } = (await (await fetch(`${page}/api/traces`)).json()) as Page<TraceSummary>;
    assert.deepEqual(
      items.map(({ kind }) => kind),
      ['client'],
    );
    const second = await runCli(['dev', ...anyPorts, '--data', data]);
    assert.equal(second.code, 2);
    assert.match(second.stderr, new RegExp(`used by another otelier dev, process ${running.child.pid}`));
    running.child.kill('SIGINT');
    assert.equal((await running.ended).code, 3);

    const again = startCli(['dev', ...anyPorts, '--data', data]);
    const [, next] = await again.waitFor(/page +(\S+)\/\n/);
    const status = (await (await fetch(`${next}/api/status`)).json()) as Status;
    assert.equal(status.counts.traces, 1);
    assert.equal(status.dataDirectory, data);
    again.child.kill('SIGTERM');
    assert.equal((await again.ended).code, 0);
  });

  test('without --data goes with the process; what a killed one left behind goes with the next', async () => {
    const temporary = join(folder, 'tmp');
    mkdirSync(temporary);
    const env = { TMPDIR: temporary };
    const killed = startCli(['dev', ...anyPorts], env);
    await killed.waitFor(/page/);
    killed.child.kill('SIGKILL');
    await killed.ended;
    assert.equal(readdirSync(temporary).length, 1);
    const { code } = await runCli(dev(process.execPath, '-e', '0'), env);
    assert.equal(code, 0);
    assert.deepEqual(readdirSync(temporary), []);
  });

  test('a file that is no store is left alone', async () => {
    const data = join(folder, 'other');
    mkdirSync(data);
    writeFileSync(join(data, 'otelier.db'), 'these are not the rows you are looking for, and quite a few bytes of them');
    const { code, stderr } = await runCli(['dev', ...anyPorts, '--data', data]);
    assert.equal(code, 1);
    assert.match(stderr, /could not start/);
    assert.ok(!existsSync(join(data, 'otelier.lock')), 'the lock is gone');
  });
});

describe('ports', () => {
  test('one that is taken is told with its owner: asked for, it is an error', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await runCli(['dev', `--http-port=${port}`, '--grpc-port=0', '--page-port=0']);
    server.close();
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`Port ${port} is taken`));
    if (process.platform === 'linux') assert.match(stderr, new RegExp(`by process ${process.pid} \\(`));
  });

  test('who listens to the same port of another address is not named as its owner', { skip: process.platform !== 'linux' }, async () => {
    const listen = (port: number, address: string): Promise<Server> =>
      new Promise((resolve, reject) => {
        const server = createServer().unref().once('error', reject);
        server.listen(port, address, () => resolve(server));
      });
    const elsewhere = await listen(0, '127.0.0.7');
    const { port } = elsewhere.address() as AddressInfo;
    assert.equal(await portOwner(port, '127.0.0.1'), undefined);
    for (const host of ['127.0.0.7', '0.0.0.0']) assert.equal((await portOwner(port, host))?.pid, process.pid, host);
    elsewhere.close();
    for (const address of ['0.0.0.0', '::', '::ffff:127.0.0.1']) {
      const server = await listen(0, address);
      assert.equal((await portOwner((server.address() as AddressInfo).port, '127.0.0.1'))?.pid, process.pid, address);
      server.close();
    }
  });

  test('of the default ones the next free one is taken, and that is said', async () => {
    const server = createServer();
    const hold = (): Promise<boolean> =>
      new Promise((resolve) => {
        server.removeAllListeners('error').once('error', () => resolve(false));
        server.listen(4320, '127.0.0.1', () => resolve(true));
      });
    // Another test may have it and go; somebody who stays is as good.
    for (const until = Date.now() + 60_000; !(await hold()) && Date.now() < until;) await delay(100);
    const { code, stderr } = await runCli(['dev', '--http-port=0', '--grpc-port=0', '--', process.execPath, '-e', '0']);
    server.close();
    assert.equal(code, 0, stderr);
    assert.match(stderr, /port 4320 is taken.*; using \d+ for the page instead/);
  });
});

describe('elsewhere than on this machine', () => {
  test('a token is asked for, is in the address, and the command has it', async () => {
    const running = startCli(['dev', ...anyPorts, '--host=0.0.0.0', '--keep', '--', process.execPath, app]);
    const [, port, token] = await running.waitFor(/page +http:\/\/127\.0\.0\.1:(\d+)\/\?token=(\S+)/);
    await running.waitFor(/the command has ended/);
    assert.equal((await fetch(`http://127.0.0.1:${port}/api/status`)).status, 401);
    const response = await fetch(`http://127.0.0.1:${port}/api/status`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(((await response.json()) as Status).counts.traces, 1);
    running.child.kill('SIGTERM');
    await running.ended;
  });

  test('what is to be typed in another terminal has the token, and what the page shows of it does not', async () => {
    const running = startCli(['dev', ...anyPorts, '--host=0.0.0.0']);
    const [, port, token] = await running.waitFor(/page +\S+:(\d+)\/\?token=(\S+)/);
    const [, typed] = await running.waitFor(/from another terminal: (.+)/);
    assert.match(
      typed!,
      new RegExp(
        `^OTEL_EXPORTER_OTLP_ENDPOINT=http://127\\.0\\.0\\.1:\\d+ OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20${token} node`,
      ),
    );
    const { hint } = (await (await fetch(`http://127.0.0.1:${port}/api/status?token=${token}`)).json()) as Status;
    assert.match(hint, / OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20TOKEN node/);
    running.child.kill('SIGTERM');
    await running.ended;
  });
});

test('wrong usage is told with what is allowed, and exit code 2', async () => {
  for (const [args, message] of [
    [['dev', '--colour'], /Unknown option/],
    [['dev', 'node', 'app.js'], /A command stands after --/],
    [['dev', '--'], /nothing after --/],
    [['dev', '--http-port=99999'], /a port from 1 to 65535/],
    [['dev', '--max-size=1MB'], /at least 16MB/],
    [['dev', '--max-age=soon'], /s, m, h or d/],
    [['dev', '--token=x'], /8 to 200/],
    [['dev', '--host=192.0.2.1', ...anyPorts], /--host takes an address of this machine/],
    [['nonsense'], /There is no command "nonsense"/],
  ] as const) {
    const { code, stderr } = await runCli(args);
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, message);
  }
});

test('help and version are on stdout', async () => {
  for (const [args, text] of [
    [[], /Usage: otelier <command>/],
    [['--help'], /dev {4}show/],
    [['--version'], /^\d+\.\d+\.\d+\n$/],
    [['dev', '--help'], /--max-size/],
    [['tail', '--help'], /--service/],
    [['query', '--help'], /--schema/],
  ] as const) {
    const { code, stdout } = await runCli(args);
    assert.equal(code, 0);
    assert.match(stdout, text);
  }
});
