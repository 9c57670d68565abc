/** The collector with the stack's files: what is derived, what is sampled, and that nothing it has taken is lost, however it ends and whoever is away. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogRecord, SpanRecord } from '../../src/otlp/records.ts';
import { type Receiver, startReceiver } from '../../src/otlp/receiver.ts';
import { type Collector, startCollector } from './collector.ts';
import { encodeAttributes, logsOf, nanoseconds, post, tracesOf } from './otlp-json.ts';
import { findProgram } from './programs.ts';
import { poll } from './support/poll.ts';

const program = await findProgram('otelcol');
const skip = program.missing ?? false;
const id = (bytes: number): string => randomBytes(bytes).toString('hex');

interface Setting {
  readonly backend: Receiver;
  readonly collector: Collector;
}
/** Both, with what a test may change: how the backend answers, and the collector's variables. */
async function withCollector(
  options: { readonly away?: () => boolean; readonly env?: Readonly<Record<string, string>>; readonly settings?: readonly string[] },
  use: (setting: Setting) => Promise<void>,
): Promise<void> {
  const respond = () => (options.away?.() ? { status: 503 as const } : undefined);
  await using backend = await startReceiver({ grpc: true, respond });
  const { env = {}, settings = [] } = options;
  const urls = { grpcUrl: backend.grpcUrl as string, httpUrl: backend.url };
  await using collector = await startCollector({ program: program.path as string, ...urls, env, settings });
  await use({ backend, collector });
  const bad = collector
    .output()
    .split('\n')
    .filter((line) => line.includes('"level":"warn"') && /deprecat|legacy/i.test(line));
  assert.deepEqual(bad, [], 'nothing in the configuration is deprecated');
}

interface SpanOptions {
  readonly traceId?: string;
  readonly name?: string;
  readonly failed?: boolean;
  readonly milliseconds?: number;
}
function span({ traceId = id(16), name = 'GET /', failed = false, milliseconds = 5 }: SpanOptions = {}) {
  const end = Date.now();
  return {
    traceId,
    spanId: id(8),
    kind: 2,
    name,
    startTimeUnixNano: nanoseconds(end - milliseconds),
    endTimeUnixNano: nanoseconds(end),
    status: failed ? { code: 2 } : {},
    attributes: encodeAttributes({ 'http.route': '/', 'http.request.method': 'GET', 'http.response.status_code': failed ? 500 : 200 }),
  };
}

test('of a sample of none, what failed and what was slow is kept, and the metrics know all', { skip }, async () => {
  const env = { COLLECTOR_TRACES_KEEP_PERCENT: '0' };
  await withCollector({ env }, async ({ backend, collector }) => {
    const spans = [span(), span(), span({ name: 'failed', failed: true }), span({ name: 'slow', milliseconds: 1500 })];
    assert.equal(await post(collector.url, 'traces', tracesOf('shop', spans)), 200);
    await backend.waitFor(({ spans: arrived }) => arrived.length >= 2, 60_000);
    const calls = await backend.waitFor(({ metrics }) => metrics.filter(({ name }) => name === 'traces.span.metrics.calls').at(-1), 60_000);
    assert.equal(
      calls.points.reduce((sum, { value }) => sum + Number(value), 0),
      4,
    );
    assert.deepEqual(backend.spans.map(({ name }) => name).toSorted(), ['failed', 'slow']);
    const duration = backend.metrics.find(({ name }) => name === 'traces.span.metrics.duration');
    assert.equal(duration?.unit, 's');
    assert.ok(
      duration.points.some(({ exemplars }) => exemplars.some(({ traceId }) => traceId === spans[2]?.traceId)),
      'exemplars name traces',
    );
  });
});

test('of a sample of a third, about a third of the traces comes, at once and whole', { skip }, async () => {
  const env = { COLLECTOR_TRACES_KEEP_PERCENT: '33.3' };
  // What waited for a decision would come too late.
  const settings = ['decision_wait', 'decision_wait_after_root_received'].map((name) => `processors::tail_sampling::${name}: 300s`);
  await withCollector({ env, settings }, async ({ backend, collector }) => {
    const traceIds = Array.from({ length: 600 }, () => id(16));
    const half = () =>
      tracesOf(
        'shop',
        traceIds.map((traceId) => span({ traceId })),
      );
    assert.equal(await post(collector.url, 'traces', half()), 200);
    assert.equal(await post(collector.url, 'traces', half()), 200);
    await backend.waitFor(({ spans }) => spans.length > 200, 60_000);
    const bothOrNone = (spans: readonly SpanRecord[]): boolean =>
      [...Map.groupBy(spans, ({ traceId }) => traceId).values()].every(({ length }) => length === 2);
    await backend.waitFor(({ spans }) => bothOrNone(spans), 60_000);
    await sleep(1500); // nothing comes after them
    assert.ok(bothOrNone(backend.spans), 'both spans or none');
    const counts = new Set(backend.spans.map(({ traceId }) => traceId));
    assert.ok(counts.size > 130 && counts.size < 270, `${counts.size} of 600`);
  });
});

test('log events of the business become counters that only grow, also when several come in the same moment', { skip }, async () => {
  await withCollector({}, async ({ backend, collector }) => {
    const timeUnixNano = nanoseconds(Date.now());
    const order = (status: string) => ({ timeUnixNano, attributes: encodeAttributes({ event: 'order', status, tenantId: 'acme' }) });
    for (let batch = 0; batch < 5; batch++) {
      const records = [order('paid'), order('paid'), order('declined'), { timeUnixNano, attributes: encodeAttributes({ event: 'other' }) }];
      assert.equal(await post(collector.url, 'logs', logsOf('shop', records)), 200);
    }
    const newest = () => {
      const points = backend.metrics.filter(({ name }) => name === 'shop.orders').flatMap(({ points: all }) => all);
      const of = (status: string) =>
        Math.max(0, ...points.filter(({ attributes }) => attributes['status'] === status).map(({ value }) => Number(value)));
      return { paid: of('paid'), declined: of('declined') };
    };
    await backend.waitFor(() => newest().paid >= 10 && newest().declined >= 5, 60_000);
    assert.deepEqual(newest(), { paid: 10, declined: 5 });
    assert.ok(backend.metrics.every(({ name, temporality }) => name !== 'shop.orders' || temporality === 'cumulative'));
    await backend.waitFor(({ logs }) => logs.length === 20, 60_000);
  });
});

/** Sends spans one request after the other as an app does: again, until it is acknowledged. Notes the ids that were. */
async function sendUntil(url: string, stopped: () => boolean, acknowledged: Set<string>): Promise<void> {
  while (!stopped()) {
    const spans = Array.from({ length: 20 }, () => span());
    while ((await post(url, 'traces', tracesOf('shop', spans))) !== 200) {
      if (stopped()) return;
      await sleep(20);
    }
    for (const { spanId } of spans) acknowledged.add(spanId);
  }
}
const missing = (sent: ReadonlySet<string>, { spans }: { readonly spans: readonly { readonly spanId: string }[] }): number => {
  const arrived = new Set(spans.map(({ spanId }) => spanId));
  return [...sent].filter((spanId) => !arrived.has(spanId)).length;
};

test('killed again and again under load, it loses no span that it has acknowledged', { skip }, async () => {
  await withCollector({}, async ({ backend, collector }) => {
    let stopped = false;
    const sent = new Set<string>();
    const sending = [1, 2, 3, 4].map(() => sendUntil(collector.url, () => stopped, sent));
    for (let time = 0; time < 4; time++) {
      const before = sent.size;
      await sleep(1_000); // load between two deaths
      await poll('spans that are taken', () => sent.size > before + 120, 60_000);
      await collector.kill();
      await collector.start();
    }
    stopped = true;
    await Promise.all(sending);
    assert.ok(sent.size > 480, `${sent.size} spans were taken`);
    await backend.waitFor((received) => missing(sent, received) === 0, 120_000);
  });
});

test('with every backend away, what it has taken survives a kill and arrives when they are back', { skip }, async () => {
  let away = true;
  await withCollector({ away: () => away }, async ({ backend, collector }) => {
    const spans = Array.from({ length: 2000 }, () => span());
    const sent = new Set(spans.map(({ spanId }) => spanId));
    for (let at = 0; at < spans.length; at += 100)
      assert.equal(await post(collector.url, 'traces', tracesOf('shop', spans.slice(at, at + 100))), 200);
    const records = spans.map(({ spanId }) => ({ timeUnixNano: nanoseconds(Date.now()), body: { stringValue: spanId } }));
    assert.equal(await post(collector.url, 'logs', logsOf('shop', records)), 200);
    await collector.kill();
    await collector.start();
    assert.equal(backend.spans.length, 0);
    away = false;
    await backend.waitFor((received) => missing(sent, received) === 0, 120_000);
    await backend.waitFor(({ logs }) => new Set(logs.map(({ body }) => body)).size === records.length, 120_000);
  });
});

test('a queue that is full tells the sender to keep its data, and what was taken before arrives', { skip }, async () => {
  let away = true;
  const env = { COLLECTOR_QUEUE_BYTES: '524288' };
  await withCollector({ away: () => away, env }, async ({ backend, collector }) => {
    const sent = new Set<string>();
    let status = 200;
    for (let batch = 0; batch < 200 && status === 200; batch++) {
      const spans = Array.from({ length: 100 }, () => span());
      status = await post(collector.url, 'traces', tracesOf('shop', spans));
      if (status === 200) for (const { spanId } of spans) sent.add(spanId);
    }
    assert.equal(status, 503, 'retryable, in the words of OTLP/HTTP');
    away = false;
    await backend.waitFor((received) => missing(sent, received) === 0, 120_000);
  });
});

test('stopped, it decides on the traces that wait and delivers what it keeps', { skip }, async () => {
  const env = { COLLECTOR_TRACES_KEEP_PERCENT: '0' };
  await withCollector({ env }, async ({ backend, collector }) => {
    assert.equal(await post(collector.url, 'traces', tracesOf('shop', [span({ name: 'failed', failed: true }), span()])), 200);
    assert.equal(await collector.stop(), 0);
    await collector.start();
    await backend.waitFor(({ spans }) => spans.length > 0, 60_000);
    assert.deepEqual(
      backend.spans.map(({ name }) => name),
      ['failed'],
    );
  });
});

test('with the overlay, Sentry gets failed spans and error records, with the key and nothing else', { skip }, async () => {
  await using sentry = await startReceiver();
  await using backend = await startReceiver({ grpc: true });
  await using collector = await startCollector({
    program: program.path as string,
    grpcUrl: backend.grpcUrl as string,
    httpUrl: backend.url,
    files: ['otel-collector.yaml', 'stack/otel-collector/business.yaml', 'stack/otel-collector/sentry.yaml'],
    env: { SENTRY_OTLP_URL: sentry.url, SENTRY_PUBLIC_KEY: '0123abcd' },
  });
  const record = (severityNumber: number, text: string) => ({
    timeUnixNano: nanoseconds(Date.now()),
    severityNumber,
    body: { stringValue: text },
  });
  assert.equal(await post(collector.url, 'traces', tracesOf('shop', [span(), span({ name: 'failed', failed: true })])), 200);
  assert.equal(await post(collector.url, 'logs', logsOf('shop', [record(9, 'fine'), record(17, 'broken'), record(0, 'unknown')])), 200);
  await backend.waitFor(({ spans, logs }) => spans.length === 2 && logs.length === 3, 60_000);
  await sentry.waitFor(({ spans, logs }) => spans.length > 0 && logs.length > 0, 60_000);
  assert.deepEqual(
    sentry.spans.map(({ name }) => name),
    ['failed'],
  );
  assert.deepEqual(
    sentry.logs.map(({ body }) => body),
    ['broken'],
  );
  assert.ok(sentry.requests.every(({ headers }) => headers['x-sentry-auth'] === 'sentry sentry_key=0123abcd'));
});

test('a record with more than Loki takes is cut, not lost', { skip }, async () => {
  await withCollector({}, async ({ backend, collector }) => {
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`field.${index}`, index]));
    const attributes = encodeAttributes({
      ...many,
      event: 'other',
      'exception.type': 'RangeError',
      'exception.stacktrace': 'x'.repeat(200_000),
    });
    assert.equal(await post(collector.url, 'logs', logsOf('shop', [{ timeUnixNano: nanoseconds(Date.now()), attributes }])), 200);
    const [record] = await backend.waitFor(({ logs }) => (logs.length > 0 ? logs : undefined), 60_000);
    const { attributes: arrived } = record as LogRecord;
    assert.equal(Object.keys(arrived).length, 96);
    assert.deepEqual([arrived['event'], arrived['exception.type']], ['other', 'RangeError']);
    const stack = String(arrived['exception.stacktrace']);
    assert.ok(Buffer.byteLength(stack) <= 8192 && stack.endsWith('… (truncated)'));
  });
});

test('with a key, one e-mail address is one code, which nobody can look up', { skip }, async () => {
  const env = { REDACTION_EMAIL_HASH: 'hmac-sha256', REDACTION_EMAIL_KEY: '0123456789abcdef0123456789abcdef' };
  await withCollector({ env }, async ({ backend, collector }) => {
    const texts = ['login failed for ada@example.org', 'order of ada@example.org', 'order of bob@example.org'];
    const records = texts.map((text) => ({ timeUnixNano: nanoseconds(Date.now()), body: { stringValue: text } }));
    assert.equal(await post(collector.url, 'logs', logsOf('shop', records)), 200);
    const bodies = await backend.waitFor(({ logs }) => (logs.length === 3 ? logs.map(({ body }) => String(body)) : undefined), 60_000);
    const codes = bodies.map((body) => body.split(' ').at(-1) as string);
    assert.ok(codes.every((code) => /^[0-9a-f]{64}$/.test(code)));
    assert.equal(new Set(codes).size, 2);
  });
});
