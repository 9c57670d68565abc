/** What otelier tells of itself adds up, to the item: made = waiting + handed over + dropped, and handed over = delivered + refused + in flight. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import protobuf from 'protobufjs';
import { startReceiver } from '../../src/testing.ts';
import type { Answer, MetricRecord, Receiver } from '../../src/testing.ts';
import { root, runApp } from '../support/run-app.ts';
import type { AppResult, RunningApp } from '../support/run-app.ts';
import { findFreePort } from '../../examples/shop/free-ports.ts';
import { scrape } from '../support/scrape.ts';

const app = join(root, 'test', 'fixtures', 'metrics', 'burst.cjs');
const env = {
  OTEL_METRIC_EXPORT_INTERVAL: '150',
  OTEL_BSP_SCHEDULE_DELAY: '50',
  OTEL_BSP_MAX_QUEUE_SIZE: '10',
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '5',
  OTEL_BLRP_SCHEDULE_DELAY: '50',
  OTEL_BLRP_MAX_QUEUE_SIZE: '10',
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '5',
};
const BOUND_MS = 60_000;

type Figures = Readonly<Record<string, number>>;
type Received = Pick<Receiver, 'metrics'>;

/** The newest state of a metric: values, or counts of a histogram, summed up by `key`; empty where a point has none. */
function figuresOf({ metrics }: Received, name: string, key = 'error.type'): Figures {
  const sums: Record<string, number> = {};
  for (const { attributes, value, count } of metrics.findLast((metric) => metric.name === name)?.points ?? []) {
    const by = String(attributes[key] ?? '');
    sums[by] = (sums[by] ?? 0) + Number(value ?? count);
  }
  return sums;
}

const valueOf = (received: Received, name: string): number | undefined => figuresOf(received, name)[''];

interface State {
  readonly made: number | undefined;
  readonly processed: Figures;
  readonly queued: number | undefined;
  readonly exported: Figures;
  readonly inflight: number | undefined;
}

function stateOf(received: Received, item: 'span' | 'log'): State {
  const ended = (figuresOf(received, 'otel.sdk.span.started')[''] ?? 0) - (valueOf(received, 'otel.sdk.span.live') ?? 0);
  return {
    made: item === 'span' ? ended : valueOf(received, 'otel.sdk.log.created'),
    processed: figuresOf(received, `otel.sdk.processor.${item}.processed`),
    queued: valueOf(received, `otel.sdk.processor.${item}.queue.size`),
    exported: figuresOf(received, `otel.sdk.exporter.${item}.exported`),
    inflight: valueOf(received, `otel.sdk.exporter.${item}.inflight`),
  };
}

/** Runs the app against a receiver that takes metrics and answers the rest as `respond` says. */
async function run(
  t: TestContext,
  respond: ((signal: string) => Answer | undefined) | undefined,
  args: readonly string[],
  actions: (receiver: Receiver, running: RunningApp) => Promise<void>,
  protocol = 'http/protobuf',
): Promise<AppResult> {
  const receiver = await startReceiver({ grpc: true, respond: (signal) => (signal === 'metrics' ? undefined : respond?.(signal)) });
  t.after(() => receiver.close());
  return runApp({
    app,
    args,
    receiver,
    env: {
      ...env,
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? receiver.grpcUrl : receiver.url,
    },
    timeoutMs: 240_000,
    async actions(running) {
      await running.waitForOutput('ready');
      await actions(receiver, running);
      running.kill('SIGTERM');
    },
  });
}

test('with a collector that is away, what is dropped is counted to the item; when it is back, all the rest is delivered', async (t) => {
  let away = true;
  const refuse = (): Answer | undefined => (away ? { status: 503, headers: { 'retry-after': '0.2' } } : undefined);
  const { receiver } = await run(t, refuse, ['100', '40', '1'], async (received, running) => {
    // Two batches are on their way; what waits for another attempt takes up the queue as well.
    const stuck = (item: 'span' | 'log', dropped: number): boolean => {
      const { processed, inflight } = stateOf(received, item);
      return processed['queue_full'] === dropped && processed[''] === 10 && inflight === 10;
    };
    await received.waitFor(() => stuck('span', 90) && stuck('log', 30), BOUND_MS);
    await received.waitFor(() => valueOf(received, 'otel.sdk.processor.span.queue.size') === 10, BOUND_MS);
    assert.deepEqual(stateOf(received, 'span').exported, { '': 0 });
    away = false;
    const delivered = (count: number): boolean =>
      (['span', 'log'] as const).every((item) => stateOf(received, item).exported[''] === count);
    await received.waitFor(() => delivered(10), BOUND_MS);
    running.kill('SIGUSR2');
    await received.waitFor(() => delivered(13), BOUND_MS);
  });
  assert.deepEqual([receiver.spans.length, receiver.logs.length], [13, 13]);
  assert.deepEqual(stateOf(receiver, 'span'), {
    made: 103,
    processed: { '': 13, queue_full: 90 },
    queued: 0,
    exported: { '': 13 },
    inflight: 0,
  });
  assert.deepEqual(stateOf(receiver, 'log'), {
    made: 43,
    processed: { '': 13, queue_full: 30 },
    queued: 0,
    exported: { '': 13 },
    inflight: 0,
  });
  assert.equal(valueOf(receiver, 'otel.sdk.span.live'), 1);
  for (const item of ['span', 'log']) assert.equal(valueOf(receiver, `otel.sdk.processor.${item}.queue.capacity`), 10);
  // Attempts that are tried again are part of one export: two batches and the last three, of either signal.
  const durations = receiver.metrics.findLast(({ name }) => name === 'otel.sdk.exporter.operation.duration')!;
  for (const kind of ['span', 'log']) {
    const [point, ...others] = durations.points.filter(
      ({ attributes }) => attributes['otel.component.type'] === `otlp_http_${kind}_exporter`,
    );
    assert.deepEqual([point!.count, others.length], [3n, 0]);
    assert.ok(point!.sum! > 0.2, `${point!.sum} s`);
    assert.deepEqual(point!.exemplars, []);
  }
});

describe('what a collector refuses for good is counted by the reason', () => {
  const partial = protobuf
    .parse('syntax = "proto3"; message Partial { int64 rejected = 1; } message Response { Partial partial_success = 1; }')
    .root.lookupType('Response');
  const body = partial.encode(partial.fromObject({ partialSuccess: { rejected: 1 } })).finish();
  const cases = [
    {
      protocol: 'http/protobuf',
      type: 'otlp_http_span_exporter',
      refused: '400',
      key: 'http.response.status_code',
      status: '400',
      good: '200',
    },
    {
      protocol: 'grpc',
      type: 'otlp_grpc_span_exporter',
      refused: 'INTERNAL',
      key: 'rpc.response.status_code',
      status: 'INTERNAL',
      good: 'OK',
    },
  ];
  for (const { protocol, type, refused, key, status, good } of cases) {
    test(`over ${protocol}`, async (t) => {
      const headers = { 'content-type': 'application/x-protobuf' };
      const answers: Answer[] = [{ status: 400 }, { status: 200, body, ...(protocol !== 'grpc' && { headers }) }];
      const { receiver } = await run(
        t,
        (signal) => (signal === 'traces' ? answers.shift() : undefined),
        ['3', '0', '1'],
        async (received, running) => {
          await received.waitFor(() => stateOf(received, 'span').exported[refused] === 3, BOUND_MS);
          running.kill('SIGUSR2');
          const total = (): number => Object.values(stateOf(received, 'span').exported).reduce((sum, count) => sum + count, 0);
          await received.waitFor(() => total() === 6, BOUND_MS);
        },
        protocol,
      );
      const state = stateOf(receiver, 'span');
      assert.deepEqual([state.made, state.processed, state.inflight], [6, { '': 6, queue_full: 0 }, 0]);
      assert.deepEqual(state.exported, { '': 2, rejected: 1, [refused]: 3 });
      const durations = receiver.metrics.findLast(({ name }) => name === 'otel.sdk.exporter.operation.duration')!;
      const ends = durations.points.filter(({ attributes }) => attributes['otel.component.type'] === type);
      assert.deepEqual(
        ends.map(({ attributes, count }) => [attributes['error.type'], String(attributes[key]), count]),
        [
          [refused, status, 1n],
          ['rejected', good, 1n],
        ],
      );
      const { attributes } = ends[0]!;
      assert.deepEqual(
        [attributes['otel.component.name'], attributes['server.address'], typeof attributes['server.port']],
        [`${type}/0`, '127.0.0.1', 'number'],
      );
    });
  }
});

test('a process that ends by itself sends its figures once, with what still waits in them', async () => {
  const { receiver, code } = await runApp({ app, args: ['4', '2'] });
  assert.equal(code, 0);
  assert.deepEqual([receiver.spans.length, receiver.logs.length], [4, 2]);
  // An export is measured too, which must not be a reason for another.
  assert.equal(receiver.requests.filter(({ signal }) => signal === 'metrics').length, 1);
  for (const [item, made] of [
    ['span', 4],
    ['log', 2],
  ] as const) {
    const state = stateOf(receiver, item);
    assert.deepEqual([state.made, state.processed[''], state.queued], [made, 0, made]);
  }
});

test('data points are counted when they are delivered, so that each export tells of those before it', async (t) => {
  const { receiver } = await run(t, undefined, ['1', '1', '1'], async (received) => {
    await received.waitFor(() => received.requests.filter(({ signal }) => signal === 'metrics').length >= 4, BOUND_MS);
  });
  const exports: MetricRecord[][] = [];
  for (const metric of receiver.metrics) {
    if (metric.name === 'process.cpu.time' || exports.length === 0) exports.push([]);
    exports.at(-1)!.push(metric);
  }
  const points = exports.map((metrics) => metrics.reduce((sum, metric) => sum + metric.points.length, 0));
  // What was under way at the time of a collection is in flight; what had not begun is in neither.
  const told = exports.map((metrics) => {
    const of = (name: string): number => valueOf({ metrics }, `otel.sdk.exporter.metric_data_point.${name}`) ?? 0;
    return { exported: of('exported'), begun: of('exported') + of('inflight') };
  });
  const before = points.map((_, at) => points.slice(0, at).reduce((sum, count) => sum + count, 0));
  assert.ok(points.length >= 4 && points[0]! > 20, points.join());
  for (const [at, { begun }] of told.entries()) assert.ok(before.slice(0, at + 1).includes(begun), `${begun} of ${before.join()}`);
  assert.ok(told.at(-1)!.exported >= points[0]!);
});

test('the pull endpoint serves them too', async () => {
  const port = await findFreePort();
  let text = '';
  await runApp({
    app,
    args: ['2', '0', '1'],
    env: { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_PORT: String(port), OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1' },
    async actions(running) {
      await running.waitForOutput('ready');
      text = await (await scrape(`http://127.0.0.1:${port}/metrics`)).text();
      running.kill('SIGTERM');
    },
  });
  assert.match(text, /^# TYPE otel_sdk_span_started_total counter$/m);
  assert.match(text, /^otel_sdk_span_started_total\{[^}]*otel_span_parent_origin="none"[^}]*\} 3( \d+)?$/m);
  assert.match(text, /^otel_sdk_processor_span_queue_capacity\{[^}]*\} 2048( \d+)?$/m);
});

test('OTELIER_SELF_METRICS=false leaves them out, and them alone', async () => {
  const { receiver } = await runApp({ app, args: ['1', '1'], env: { OTELIER_SELF_METRICS: 'false' } });
  assert.deepEqual(
    receiver.metrics.filter(({ name }) => name.startsWith('otel.')),
    [],
  );
  assert.ok(receiver.metrics.some(({ name }) => name === 'process.cpu.time'));
});
