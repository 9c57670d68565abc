/** However a process ends: what it recorded is delivered, and it ends with the exit code or signal that it has without otelier. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { startReceiver } from '../../src/testing.ts';
import { findFreePort } from '../../examples/shop/free-ports.ts';
import { nodeVersions } from '../support/node-versions.ts';
import { runApp } from '../support/run-app.ts';
import type { AppResult, RunOptions } from '../support/run-app.ts';

interface Ending {
  readonly title: string;
  readonly app: string;
  /** The end that Node.js gives the bare app; checked on the bare app too. */
  readonly ends: number | NodeJS.Signals;
  readonly signal?: NodeJS.Signals;
  readonly actions?: NonNullable<RunOptions['actions']>;
  /** Depends on parts of Node.js that change: checked on every release. Else only on the one that runs the tests. */
  readonly everywhere?: true;
  /** Names of the spans that `record` made, sorted; each has a log record and a count. Default: `work`. */
  readonly records?: readonly string[];
}

const endings: readonly Ending[] = [
  { title: 'calls process.exit', app: 'calls-process-exit.mjs', ends: 3, everywhere: true },
  { title: 'is CommonJS and calls process.exit', app: 'calls-process-exit.cjs', ends: 3 },
  { title: 'throws', app: 'throws.mjs', ends: 1, everywhere: true },
  { title: 'leaves a rejection unhandled', app: 'rejects.mjs', ends: 1, everywhere: true },
  { title: 'handles an uncaught exception and exits', app: 'handles-uncaught.mjs', ends: 6, records: ['last words', 'work'] },
  { title: 'ends by itself', app: 'ends-by-itself.mjs', ends: 0 },
  { title: 'sets process.exitCode', app: 'sets-exit-code.mjs', ends: 4 },
  {
    title: 'works on after beforeExit and in exit',
    app: 'records-at-exit.mjs',
    ends: 9,
    everywhere: true,
    records: ['after beforeExit', 'in exit', 'work'],
  },
  { title: 'says goodbye in beforeExit', app: 'says-goodbye.mjs', ends: 0, everywhere: true },
  { title: 'calls process.exit in an exit listener', app: 'exits-in-exit.cjs', ends: 8, everywhere: true },
  { title: 'awaits at top level what never comes', app: 'awaits-forever.mjs', ends: 13, everywhere: true },
  { title: 'gets SIGTERM', app: 'waits.mjs', signal: 'SIGTERM', ends: 'SIGTERM', everywhere: true },
  { title: 'gets SIGINT', app: 'waits.mjs', signal: 'SIGINT', ends: 'SIGINT' },
  { title: 'gets SIGHUP', app: 'waits.mjs', signal: 'SIGHUP', ends: 'SIGHUP' },
  {
    title: 'exits with a code of its own after cleaning up on SIGTERM',
    app: 'exits-after-cleanup.mjs',
    signal: 'SIGTERM',
    ends: 5,
    records: ['cleanup', 'work'],
  },
  {
    title: 'kills itself after cleaning up on SIGTERM',
    app: 'kills-itself-after-cleanup.mjs',
    signal: 'SIGTERM',
    ends: 'SIGTERM',
    records: ['cleanup', 'work'],
  },
  {
    title: 'kills itself in its SIGTERM handler',
    app: 'kills-itself-at-once.mjs',
    signal: 'SIGTERM',
    ends: 'SIGTERM',
    everywhere: true,
    records: ['cleanup', 'work'],
  },
  {
    title: 'kills itself on SIGTERM when nobody else listens',
    app: 'signal-exit.mjs',
    signal: 'SIGTERM',
    ends: 'SIGTERM',
    records: ['cleanup', 'work'],
  },
  {
    title: 'closes its server on SIGTERM and ends when the last request is done',
    app: 'closes-server.mjs',
    signal: 'SIGTERM',
    ends: 0,
    records: ['handler', 'work'],
  },
  { title: 'restarts as nodemon does it', app: 'restarts.mjs', signal: 'SIGUSR2', ends: 'SIGUSR2', records: ['cleanup', 'work'] },
  {
    title: 'lives on after SIGTERM',
    app: 'lives-on.mjs',
    ends: 0,
    records: ['signal 1', 'signal 2', 'work'],
    async actions({ kill, waitForOutput }) {
      await waitForOutput('ready');
      kill('SIGTERM');
      await waitForOutput('got 1');
      await delay(300);
      kill('SIGTERM');
    },
  },
];

describe('an app that', { concurrency: 2 }, () => {
  for (const { title, app, ends, everywhere, records = ['work'], signal, actions } of endings) {
    for (const node of everywhere ? nodeVersions : [undefined])
      test(`${title} ends with ${ends}, and nothing is lost${node ? `, on Node.js ${node}` : ''}`, async () => {
        const options = { app: `exit/${app}`, ...(node && { node }), ...(signal && { signal }), ...(actions && { actions }) };
        const [observed, bare] = await Promise.all([runApp(options), runApp({ ...options, preload: 'none' })]);
        assert.equal(endOf(bare), ends, bare.stderr);
        assert.equal(endOf(observed), ends, observed.stderr);
        assert.equal(observed.stdout.replaceAll(/,"(?:span_id|trace_id|trace_flags)":"\w+"/g, ''), bare.stdout);
        assert.equal(observed.stderr.replace(/^otelier: .* started .*\n/, ''), bare.stderr);
        checkRecords(observed, records);
        const said = observed.stdout.includes('goodbye') ? ['goodbye'] : [];
        assert.deepEqual(
          observed.receiver.spans.filter(({ scope }) => scope.name === 'other').map(({ name }) => name),
          said,
        );
      });
  }
});

const endOf = ({ code, signal }: AppResult): number | string | null => signal ?? code;

function onlyOnce<T>(items: readonly T[], identityOf: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [identityOf(item), item])).values()];
}

function checkRecords({ receiver, stderr }: AppResult, names: readonly string[]): void {
  // A request that is under way at the end is sent once more: on a busy machine it may have arrived before.
  const ours = onlyOnce(
    receiver.spans.filter(({ scope }) => scope.name === 'test'),
    ({ spanId }) => spanId,
  );
  assert.deepEqual(ours.map(({ name }) => name).sort(), names, stderr);
  assert.deepEqual(
    onlyOnce(receiver.logs, ({ spanId, timeUnixNano }) => `${spanId} ${timeUnixNano}`)
      .map(({ body, traceId, spanId }) => ({ body, traceId, spanId }))
      .sort((a, b) => String(a.body).localeCompare(String(b.body))),
    ours.map(({ name, traceId, spanId }) => ({ body: `log of ${name}`, traceId, spanId })).sort((a, b) => a.body.localeCompare(b.body)),
  );
  const counts = receiver.metrics.filter(({ name }) => name === 'records').map(({ points: [point] }) => point!.value);
  assert.equal(counts.at(-1), names.length);
}

test("under Node.js's permission model, which allows no worker, an app ends as without otelier", async () => {
  const options = { app: 'exit/calls-process-exit.mjs', flags: ['--permission', '--allow-fs-read=*'] };
  const { code, stderr } = await runApp(options);
  assert.equal(code, 3, stderr);
  assert.match(
    stderr,
    /^otelier: .* started .*\notelier: the process ends with 1 span, 1 metric export, 1 log record not delivered to \S+: .* --allow-worker .*\n$/,
  );
  const natural = await runApp({ ...options, app: 'exit/ends-by-itself.mjs' });
  assert.equal(natural.code, 0, natural.stderr);
  checkRecords(natural, ['work']);
});

test('an exception in a request handler ends the app with the message that it has without otelier', async () => {
  const result = await runApp({ app: 'throws-in-handler.cjs' });
  assert.equal(result.code, 1);
  assert.deepEqual(
    result.receiver.spans.map(({ kind, status, attributes, events }) => [
      kind,
      status.code,
      attributes['error.type'],
      ...events.map(({ attributes: of }) => of['exception.message']),
    ]),
    [['server', 'error', 'TypeError', 'thrown in a handler on purpose']],
  );
  assert.match(result.stderr, /TypeError: thrown in a handler on purpose\n {4}at Server\.<anonymous> \(\S+throws-in-handler\.cjs:4:9\)/);
  assert.ok(result.stderr.length < 4000, `${result.stderr.length} characters`);
});

describe('the end of a process is bounded', { concurrency: 2 }, () => {
  for (const [app, signal, ends] of [
    ['calls-process-exit.mjs', undefined, 3],
    ['ends-by-itself.mjs', undefined, 0],
    ['waits.mjs', 'SIGTERM', 'SIGTERM'],
    ['exits-after-cleanup.mjs', 'SIGTERM', 5],
    ['kills-itself-after-cleanup.mjs', 'SIGTERM', 'SIGTERM'],
  ] as const) {
    const options = { app: `exit/${app}`, ...(signal && { signal }) };

    test(`${app}: a collector that never answers holds it up for OTELIER_SHUTDOWN_TIMEOUT at most`, async (t) => {
      const { url } = await startBlackHole(t);
      const result = await runApp({
        ...options,
        receiver: 'none',
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTELIER_SHUTDOWN_TIMEOUT: '1000' },
      });
      assert.equal(endOf(result), ends, result.stderr);
      assert.match(
        result.stderr,
        /the process ends with (1 span|2 spans), [12] metric exports?, (1 log record|2 log records) not delivered to http:\/\/127\.0\.0\.1:\d+: (there was no answer in time|no answer within \d+ ms)\. Start a collector there/,
      );
      assert.ok(result.durationMs > 900, `${result.durationMs} ms`);
      // A request by itself is given up after ten seconds.
      assert.ok(result.lingeredMs < 8000, `${result.lingeredMs} ms`);
    });

    test(`${app}: with OTELIER_SHUTDOWN_TIMEOUT=0 it ends at once`, async (t) => {
      const { url } = await startBlackHole(t);
      const result = await runApp({
        ...options,
        receiver: 'none',
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTELIER_SHUTDOWN_TIMEOUT: '0' },
      });
      assert.equal(endOf(result), ends, result.stderr);
      assert.match(result.stderr, /^otelier: .* started .*\n$/);
      assert.ok(result.lingeredMs < 5000, `${result.lingeredMs} ms`);
    });
  }

  test('a second SIGTERM while the first is waiting for a collector ends it at once', async (t) => {
    const { url, connected } = await startBlackHole(t);
    const result = await runApp({
      app: 'exit/waits.mjs',
      receiver: 'none',
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: url,
        OTELIER_SHUTDOWN_TIMEOUT: '60000',
        // Nothing is sent before the signal is there.
        OTEL_BSP_SCHEDULE_DELAY: '60000',
        OTEL_BLRP_SCHEDULE_DELAY: '60000',
      },
      async actions({ kill, waitForOutput }) {
        await waitForOutput('ready');
        kill('SIGTERM');
        await connected; // else both may be one
        kill('SIGTERM');
      },
    });
    assert.equal(endOf(result), 'SIGTERM');
    assert.ok(result.lingeredMs < 8000, `${result.lingeredMs} ms`);
  });

  test('a refused connection does not hold it up', async () => {
    const url = `http://127.0.0.1:${await findFreePort()}`;
    const result = await runApp({ app: 'exit/calls-process-exit.mjs', receiver: 'none', env: { OTEL_EXPORTER_OTLP_ENDPOINT: url } });
    assert.equal(endOf(result), 3);
    assert.match(result.stderr, /not delivered to \S+: connection refused\. Start a collector there/);
    assert.ok(result.lingeredMs < 10_000, `${result.lingeredMs} ms of the 30 s that it may take`);
  });
});

describe('a collector that is away', { concurrency: 2 }, () => {
  const fast = { OTEL_BSP_SCHEDULE_DELAY: '50', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

  test('is told of once, and once when it is back; nothing is lost meanwhile', async () => {
    const port = await findFreePort();
    let receiver: Awaited<ReturnType<typeof startReceiver>> | undefined;
    const result = await runApp({
      app: 'exit/records-steadily.mjs',
      receiver: 'none',
      env: { ...fast, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` },
      async actions({ kill, waitForOutput }) {
        await waitForOutput('cannot deliver');
        await delay(1500); // spans that wait
        receiver = await startReceiver({ port });
        await waitForOutput(/delivering to .* again/);
        kill('SIGUSR2');
      },
    });
    await receiver?.close();
    assert.equal(endOf(result), 0);
    const [start, failing, back, ...rest] = result.stderr.split('\n');
    assert.match(start!, /^otelier: .* started/);
    assert.match(failing!, /^otelier: cannot deliver to http:\/\/127\.0\.0\.1:\d+: connection refused\. Keeping what fits in memory/);
    assert.match(back!, /^otelier: delivering to http:\/\/127\.0\.0\.1:\d+ again after \d+ s; nothing was lost\.$/);
    assert.deepEqual(rest, ['']);
    const count = Number(/recorded (\d+)/.exec(result.stdout)![1]);
    assert.deepEqual(
      receiver?.spans.map(({ name }) => name),
      Array.from({ length: count }, (_, at) => `span ${at + 1}`),
    );
  });

  test('costs no more memory than the queue; what does not fit is counted', async () => {
    const port = await findFreePort();
    let receiver: Awaited<ReturnType<typeof startReceiver>> | undefined;
    const result = await runApp({
      app: 'exit/records-many.mjs',
      args: ['100'],
      receiver: 'none',
      env: {
        ...fast,
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
        OTEL_BSP_MAX_QUEUE_SIZE: '30',
        OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '10',
      },
      async actions({ kill, waitForOutput }) {
        await waitForOutput('cannot deliver');
        receiver = await startReceiver({ port });
        await Promise.all([waitForOutput(/delivering to .* again/), receiver.waitFor(({ spans }) => spans.length === 30, 60_000)]);
        kill('SIGUSR2');
      },
    });
    await receiver?.close();
    assert.equal(endOf(result), 0);
    assert.match(result.stderr, /^otelier: the queue of spans is full; .* Raise OTEL_BSP_MAX_QUEUE_SIZE/m);
    assert.match(result.stderr, /^otelier: delivering to \S+ again after \d+ s; lost meanwhile: 70 spans\.$/m);
    assert.deepEqual(
      receiver?.spans.map(({ name }) => name),
      Array.from({ length: 30 }, (_, at) => `span ${at}`),
    );
  });
});

/** It takes everything and answers nothing. `connected` resolves when the first sender is there. */
async function startBlackHole(t: {
  after(work: () => void): void;
}): Promise<{ readonly url: string; readonly connected: Promise<unknown> }> {
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  const connected = once(server, 'connection');
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, connected };
}
