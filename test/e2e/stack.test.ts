/** `npm run stack` for real: all five servers from docker-compose.yml, telemetry through all of them, an end that leaves nothing behind. */
import assert from 'node:assert/strict';
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findOnPath } from '../../stack/run/go.ts';
import { isAlive } from '../../stack/run/identity.ts';
import { findTakenPorts } from '../../stack/run/ports.ts';
import { findProgram } from '../../stack/run/programs.ts';
import { services } from '../../stack/run/services.ts';
import { startStack } from '../../stack/run/start-stack.ts';
import { urlsOf } from '../../stack/run/urls.ts';
import { root } from '../stack/files.ts';
import { poll } from './support/poll.ts';
import { encodeAttributes, logsOf, metricsOf, nanoseconds, post, tracesOf } from './otlp-json.ts';

const programs = await Promise.all(services.map(({ program }) => findProgram(program)));
const allBuilt = programs.every((program) => program?.origin === 'built');
const linux = process.platform === 'linux';
const skip = !linux
  ? 'a loopback address apart from 127.0.0.1 is there without more ado on Linux only'
  : allBuilt
    ? false
    : 'the programs of the stack are not built; npm run stack -- --build builds them (needs Go)';

const address = '127.0.0.72';
const urls = urlsOf(address);
const mark = randomBytes(4).toString('hex');
const service = `service-${mark}`;

/** Whatever a test started there is stopped before its folder goes. */
function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'otelier-stack-'));
  context.after(() => {
    runStack(['--stop', '--data', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

function runStack(args: readonly string[], env: NodeJS.ProcessEnv = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join(root, 'stack', 'run.ts'), ...args], {
    encoding: 'utf8',
    timeout: 480_000,
    env: { ...process.env, ...env },
  });
}

/** Asks until the answer holds the text. */
async function untilHolds(url: string, text: string): Promise<void> {
  await poll(`${url} to hold ${text}`, async () => (await (await fetch(url)).text()).includes(text), 180_000);
}

async function send(traceId: string): Promise<void> {
  const now = nanoseconds(Date.now());
  const trace = { traceId, spanId: randomBytes(8).toString('hex') };
  const span = { ...trace, name: 'GET /', kind: 2, startTimeUnixNano: nanoseconds(Date.now() - 5), endTimeUnixNano: now };
  const record = { ...trace, timeUnixNano: now, severityNumber: 9, body: { stringValue: `line-${mark}` } };
  const dataPoints = [{ startTimeUnixNano: now, timeUnixNano: now, asInt: 7, attributes: encodeAttributes({ mark }) }];
  const metric = { name: 'stack.test', sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints } };
  const answers = await Promise.all([
    post(urls.otlpHttp, 'traces', tracesOf(service, [span])),
    post(urls.otlpHttp, 'logs', logsOf(service, [record])),
    post(urls.otlpHttp, 'metrics', metricsOf(service, [metric])),
  ]);
  assert.deepEqual(answers, [200, 200, 200]);
}

const traceUrl = (traceId: string): string => `${urls.jaeger}/api/traces/${traceId}`;
const logsUrl = (): string => `${urls.loki}/loki/api/v1/query_range?query=${encodeURIComponent(`{service_name="${service}"}`)}`;
const metricUrl = (range: string): string =>
  `${urls.prometheus}/api/v1/query?query=${encodeURIComponent(`last_over_time(stack_test_total{mark="${mark}"}[${range}])`)}`;

test(
  'all start, take the three signals, are watched, stop, and have their data when they start again',
  { skip, timeout: 1_200_000 },
  async (context) => {
    const folder = temporaryFolder(context);
    const place = ['--data', folder, '--address', address];
    const started = runStack(['--detach', ...place]);
    assert.equal(started.status, 0, started.stdout + started.stderr);
    assert.match(started.stdout, new RegExp(`http://${address.replaceAll('.', '\\.')}:4318 +OTEL_EXPORTER_OTLP_ENDPOINT`));

    const status = runStack(['--status', '--data', folder]);
    assert.equal(status.status, 0, status.stdout);
    const pids = services.map(({ name }) =>
      Number(new RegExp(`^${name} +up +(\\d+) +\\d\\S+ +\\d+ +ready +\\d`, 'm').exec(status.stdout)?.[1]),
    );
    for (const [index, pid] of pids.entries()) assert.ok(isAlive(pid), `${services[index]?.name}: ${status.stdout}`);

    const second = runStack(['--data', folder, '--address', '127.0.0.73']);
    assert.equal(second.status, 1);
    assert.match(second.stderr, /Nothing was started: the stack of .* runs since/);

    const traceId = randomBytes(16).toString('hex');
    await send(traceId);
    await untilHolds(traceUrl(traceId), service);
    await untilHolds(logsUrl(), `line-${mark}`);
    await untilHolds(metricUrl('5m'), '"7"');

    const stopped = runStack(['--stop', '--data', folder]);
    assert.deepEqual([stopped.status, stopped.stdout, stopped.stderr], [0, 'Everything has stopped.\n', '']);
    for (const pid of pids) assert.equal(isAlive(pid), false);
    assert.deepEqual(await findTakenPorts(services, address), []);

    const stack = await startStack({ data: folder, address });
    try {
      await untilHolds(traceUrl(traceId), service);
      await untilHolds(logsUrl(), `line-${mark}`);
      await untilHolds(metricUrl('15m'), '"7"');

      await stack.kill('prometheus');
      assert.equal(stack.pids.prometheus, undefined);
      await stack.start('prometheus');
      await untilHolds(metricUrl('15m'), '"7"');
    } finally {
      assert.deepEqual(await stack.stop(), []);
    }
    assert.deepEqual(await findTakenPorts(services, address), []);
  },
);

test('the one that dies is told of, by name and with its log, while the others go on', { skip, timeout: 600_000 }, async (context) => {
  const { promise: died, resolve } = Promise.withResolvers<string>();
  const stack = await startStack({
    data: temporaryFolder(context),
    address,
    only: ['alertmanager', 'prometheus'],
    onDied: (_service, message) => resolve(message),
  });
  try {
    process.kill(stack.pids.alertmanager ?? 0, 'SIGKILL');
    assert.match(await died, /^Alertmanager ended by itself \(signal SIGKILL\)\. Its log ends so:\n {2}\S/);
    await untilHolds(`${stack.urls.prometheus}/-/ready`, 'Ready');
  } finally {
    await stack.stop();
  }
});

test('a file that its program rejects: what the program says, and nothing is left running', { skip, timeout: 600_000 }, async (context) => {
  const edit = (path: string, text: string): string => (path.endsWith('loki.yaml') ? `${text}\nnonsense: 1\n` : text);
  const started = startStack({ data: temporaryFolder(context), address, only: ['prometheus', 'loki'], edit });
  await assert.rejects(started, /Loki did not start \(exit code 1\)\. Its log ends so:\n.*nonsense/s);
  assert.deepEqual(await findTakenPorts(services, address), []);
});

const packages = ['prometheus', 'prometheus-alertmanager'].every((name) => findOnPath(name) !== undefined);
const withoutGo = !linux || !packages ? 'needs Linux and the packages prometheus and prometheus-alertmanager of Debian' : false;

test(
  'without Go the programs of the system do what they can, and what they cannot is said',
  { skip: withoutGo, timeout: 600_000 },
  async (context) => {
    const folder = temporaryFolder(context);
    const env = { OTELIER_GO: 'none', XDG_CACHE_HOME: join(folder, 'empty-cache') };
    const started = runStack(['--detach', '--data', folder, '--address', address], env);
    assert.equal(started.status, 0, started.stdout + started.stderr);
    assert.match(started.stdout, /Collector: there is no Go on this machine to build it/);
    assert.match(started.stdout, /Without the collector apps have nowhere to send to\./);
    await untilHolds(`${urls.prometheus}/api/v1/rules`, '"alerting"');
    await untilHolds(`${urls.prometheus}/api/v1/alertmanagers`, `http://${address}:9093/`);
    assert.equal(runStack(['--status', '--data', folder]).status, 1);
  },
);
