/** How the native run keeps watch over a process: a small server of Node.js stands for the stack's, and is started, killed and stopped for real. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findFreePorts } from '../../examples/shop/free-ports.ts';
import { startDetached, stopDetached } from '../../stack/run/detached.ts';
import { StackFailed } from '../../stack/run/failure.ts';
import { identityOf, isSame } from '../../stack/run/identity.ts';
import { serviceOf } from '../../stack/run/services.ts';
import { startStack } from '../../stack/run/start-stack.ts';
import { readNote, writeNote } from '../../stack/run/state.ts';
import { supervise, type Supervised } from '../../stack/run/supervised.ts';

const address = '127.0.0.1';

function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'otelier-native-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Watched {
  readonly supervised: Supervised;
  /** Resolves with what is said when it dies by itself. */
  readonly died: Promise<string>;
  readonly logFile: string;
}

/** A service whose program is this script, with `port` as the one that its health is asked at. */
async function watch(context: TestContext, script: string, stopGraceMs = 10_000, command = process.execPath): Promise<Watched> {
  const folder = temporaryFolder(context);
  const [port = 0] = await findFreePorts(1);
  const { promise: died, resolve } = Promise.withResolvers<string>();
  const supervised = supervise(
    {
      service: { ...serviceOf('loki'), health: { port, path: '/ready' } },
      version: '1',
      command,
      args: ['-e', `const port = ${port};${script}`],
      environment: { MARK: 'of the service' },
      stopGraceMs,
    },
    { folder, address, onDied: resolve },
  );
  context.after(() => supervised.kill('SIGKILL'));
  return { supervised, died, logFile: join(folder, 'logs', 'loki.log') };
}

const server = `const server = require('node:http').createServer((request, response) => {
  if (request.url === '/ready') response.statusCode = Date.now() > since + 300 ? 200 : 503;
  if (request.url === '/die') { console.log('the reason'); process.exit(3); }
  response.end();
}).listen(port, '${address}');
const since = Date.now();
console.log('MARK is', process.env.MARK, 'OTEL is', process.env.OTEL_SERVICE_NAME);
process.once('SIGTERM', () => { console.log('asked to stop'); process.exit(0); });`;

test('a service is ready when its health says so, is killed and started again, and stops when asked', async (context) => {
  process.env['OTEL_SERVICE_NAME'] = 'of this shell';
  context.after(() => delete process.env['OTEL_SERVICE_NAME']);
  const { supervised, logFile } = await watch(context, server);
  supervised.start();
  const first = supervised.pid;
  await supervised.untilReady(undefined);
  await supervised.kill('SIGKILL');
  assert.equal(supervised.pid, undefined);
  supervised.start();
  await supervised.untilReady(undefined);
  assert.notEqual(supervised.pid, first);
  assert.equal(await supervised.stop(), undefined);
  assert.equal(supervised.pid, undefined);
  const log = readFileSync(logFile, 'utf8');
  assert.equal(log.match(/^---- /gm)?.length, 2);
  assert.match(log, /asked to stop/);
  assert.match(log, /MARK is of the service OTEL is undefined/);
});

test('one that dies by itself is told of, with the end of its log', async (context) => {
  const { supervised, died } = await watch(context, server);
  supervised.start();
  await supervised.untilReady(undefined);
  await fetch(`http://${address}:${supervised.service.health.port}/die`).catch(() => undefined);
  const message = await died;
  assert.match(message, /^Loki ended by itself \(exit code 3\)\. Its log ends so:\n/);
  assert.match(message, / {2}the reason\nAll of it: .*loki\.log$/);
});

test('one that ends before it is ready fails with the end of its log', async (context) => {
  const { supervised } = await watch(context, `console.error('line 7: unknown field'); process.exit(1);`);
  supervised.start();
  await assert.rejects(supervised.untilReady(undefined), (error: Error) => {
    assert.ok(error instanceof StackFailed);
    assert.match(error.message, /^Loki did not start \(exit code 1\)\. Its log ends so:\n {2}line 7: unknown field\nAll of it: /);
    return true;
  });
});

test('a program that is not there is said by its name', async (context) => {
  const { supervised } = await watch(context, '', 1000, '/nowhere/loki');
  supervised.start();
  assert.equal(supervised.pid, undefined);
  await assert.rejects(supervised.untilReady(undefined), /Loki did not start \(spawn \/nowhere\/loki ENOENT\)/);
});

test('one that does not stop is killed when its time is over, and that is said', async (context) => {
  const { supervised } = await watch(context, `${server} process.removeAllListeners('SIGTERM').on('SIGTERM', () => {});`, 300);
  supervised.start();
  await supervised.untilReady(undefined);
  assert.equal(await supervised.stop(), 'Loki did not stop within 0.3 s and was killed.');
});

test('services whose supervisor was killed are in the way of a start, and --stop ends them', async (context) => {
  const folder = temporaryFolder(context);
  const orphan = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000); console.log("runs")'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.after(() => orphan.kill('SIGKILL'));
  await once(orphan.stdout, 'data');
  const ended = once(orphan, 'exit');
  const supervisor = spawn(process.execPath, ['-e', '']);
  const gone = identityOf(supervisor.pid ?? 0);
  await once(supervisor, 'exit');
  assert.equal(isSame(gone), false);
  const pid = orphan.pid ?? 0;
  writeNote(folder, {
    address,
    startedAt: '2026-01-01T00:00:00Z',
    supervisor: gone,
    services: { loki: { ...identityOf(pid), version: '1' } },
  });
  await assert.rejects(startStack({ data: folder }), /loki of an earlier run still runs; .*--stop --data \S+ ends them/s);
  assert.equal(await stopDetached(folder), 'Stopped 1 services; who started them was gone.');
  assert.deepEqual(await ended, [null, 'SIGTERM']);
  assert.equal(readNote(folder), undefined);
});

test('a second stack in the same folder is refused while the first one runs', async (context) => {
  const folder = temporaryFolder(context);
  writeNote(folder, { address, startedAt: '2026-01-01T00:00:00Z', supervisor: identityOf(process.pid), services: {} });
  const message = new RegExp(`Nothing was started: the stack of .* runs since 2026-01-01T00:00:00Z \\(pid ${process.pid}\\)`);
  await assert.rejects(startStack({ data: folder }), message);
  const options = { action: 'detach', data: folder, address: undefined, only: undefined, fresh: false, logs: undefined } as const;
  const lines: string[] = [];
  const listener = { onLine: (line: string) => lines.push(line), signal: new AbortController().signal };
  await assert.rejects(startDetached(options, listener), StackFailed);
  assert.match(lines.join('\n'), message);
});
