/** Load: nothing is lost at 30,000 spans a second, also where each answer of the collector takes its time; what a span costs on the wire and in memory. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { root, runApp } from '../support/run-app.ts';

const folder = join(root, 'test', 'fixtures', 'engine');
const LONG = process.env['OTELIER_LONG_TESTS'] === '1';
const SECONDS = LONG ? 60 : 3;
const RATE = 30_000;
const ATTEMPTS_MS = 120_000;

interface Counts {
  readonly spans: number;
  readonly distinct: number;
  readonly bytes: number;
}

/** In a process of its own, so that it takes no time of the app's. */
async function startCollector(delayMs: number): Promise<{ url: string; counts(): Promise<Counts>; close(): Promise<void> }> {
  const child = spawn(process.execPath, [join(folder, 'receiver.ts'), String(delayMs)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  return {
    url: await next(),
    async counts() {
      child.stdin.write('counts\n');
      return JSON.parse(await next()) as Counts;
    },
    async close() {
      const ended = once(child, 'exit');
      child.stdin.end();
      await ended;
    },
  };
}

async function load(delayMs: number): Promise<{ made: number; stderr: string } & Counts> {
  const receiver = await startCollector(delayMs);
  try {
    const { code, stdout, stderr } = await runApp({
      app: join(folder, 'load.cjs'),
      args: [String(RATE), String(SECONDS)],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none', OTELIER_ENGINE: 'lean' },
      receiver: 'none',
      timeoutMs: SECONDS * 1000 + 60_000,
    });
    assert.equal(code, 0, stderr);
    return { ...(JSON.parse(stdout) as { made: number }), stderr, ...(await receiver.counts()) };
  } finally {
    await receiver.close();
  }
}

/**
 * A machine that gives the app or the collector no time for a moment fills the queue: such a run tells of the machine, and is made again. A queue that
 * is too slow fills each time.
 */
async function loadUndisturbed(delayMs: number): ReturnType<typeof load> {
  for (const until = Date.now() + ATTEMPTS_MS; ;) {
    const outcome = await load(delayMs);
    if (outcome.spans === outcome.made || Date.now() > until) return outcome;
  }
}

describe(`30,000 spans a second for ${SECONDS} s (60 s with OTELIER_LONG_TESTS=1)`, () => {
  for (const delayMs of [0, 20]) {
    test(`all arrive once, with the queue of the specification, from a collector that answers after ${delayMs} ms`, async () => {
      const { made, spans, distinct, bytes, stderr } = await loadUndisturbed(delayMs);
      assert.equal(made, RATE * SECONDS);
      assert.deepEqual({ spans, distinct, stderr: stderr.trim().split('\n').length }, { spans: made, distinct: made, stderr: 1 }, stderr);
      // Ids, times, name, six attributes: the text in them alone is about 100 bytes.
      assert.ok(bytes / made < 220, `${bytes / made} bytes a span`);
    });
  }
});

describe('memory', () => {
  test('ten queues full of spans while the collector is away leave one: less than 300 bytes for each span that it holds', async () => {
    const { code, stdout, stderr } = await runApp({
      app: join(folder, 'retained.cjs'),
      flags: ['--expose-gc'],
      // Nobody listens there.
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
        OTEL_METRICS_EXPORTER: 'none',
        OTEL_BSP_MAX_QUEUE_SIZE: '20000',
        OTELIER_SHUTDOWN_TIMEOUT: '0',
        OTELIER_ENGINE: 'lean',
      },
      receiver: 'none',
    });
    assert.equal(code, 0, stderr);
    const { first, tenth } = JSON.parse(stdout) as { first: number; tenth: number };
    assert.ok(first / 20_000 < 300, `${first / 20_000} bytes a span`);
    assert.ok(tenth - first < 20_000 * 40, `grew by ${tenth - first} bytes`);
  });
});
