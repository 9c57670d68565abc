import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import type { IncomingHttpHeaders } from 'node:http2';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';

import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';

import { startReceiver } from '../../src/testing.ts';
import type { Receiver, ReceiverOptions } from '../../src/testing.ts';
import { encodeOfficially, officialData } from './official-schema.ts';
import { recordSdkBatch } from './sdk-batch.ts';

const tracesPath = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const oneSpan = encodeOfficially(officialData.TracesData, { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'a' }] }] }] });

/** A result code and the error that came with it, as every exporter reports them. */
interface ExportOutcome {
  readonly code: number;
  readonly error?: Error & { readonly code?: number };
}

interface Exporter<T> {
  export(batch: T, done: (outcome: ExportOutcome) => void): void;
  shutdown(): Promise<void>;
}

async function receiverFor(t: TestContext, options?: ReceiverOptions): Promise<Receiver> {
  const receiver = await startReceiver({ grpc: true, ...options });
  t.after(() => receiver.close());
  return receiver;
}

async function exportOnce<T>(exporter: Exporter<T>, batch: T): Promise<ExportOutcome> {
  const outcome = await new Promise<ExportOutcome>((resolve) => {
    exporter.export(batch, resolve);
  });
  await exporter.shutdown();
  return outcome;
}

for (const compression of [CompressionAlgorithm.NONE, CompressionAlgorithm.GZIP]) {
  test(`the official gRPC exporters deliver all three signals with compression ${compression}`, async (t) => {
    const receiver = await receiverFor(t);
    const { spans, metrics, logs } = await recordSdkBatch();
    const config = { url: receiver.grpcUrl!, compression };
    assert.deepEqual(await exportOnce(new OTLPTraceExporter(config), spans), { code: 0 });
    assert.deepEqual(await exportOnce(new OTLPMetricExporter(config), metrics), { code: 0 });
    assert.deepEqual(await exportOnce(new OTLPLogExporter(config), logs), { code: 0 });
    assert.deepEqual(
      receiver.spans.map(({ name }) => name),
      ['query', 'GET /items'],
    );
    assert.deepEqual(receiver.metrics.map(({ name }) => name).sort(), ['duration', 'orders', 'size']);
    assert.deepEqual(
      receiver.logs.map(({ eventName }) => eventName),
      ['order.placed'],
    );
    assert.deepEqual(
      receiver.requests.map(({ transport, signal }) => [transport, signal]),
      [
        ['grpc', 'traces'],
        ['grpc', 'metrics'],
        ['grpc', 'logs'],
      ],
    );
    assert.equal(
      receiver.requests[0]!.headers['grpc-encoding'] ?? 'identity',
      compression === CompressionAlgorithm.GZIP ? 'gzip' : 'identity',
    );
  });
}

test('the official exporter delivers a batch of several megabytes', async (t) => {
  const receiver = await receiverFor(t);
  const { spans } = await recordSdkBatch();
  const batch = Array.from({ length: 20_000 }, () => spans[0]!);
  assert.deepEqual(await exportOnce(new OTLPTraceExporter({ url: receiver.grpcUrl! }), batch), { code: 0 });
  assert.equal(receiver.spans.length, 20_000);
});

test('the official exporter sees a refusal of respond as the mapped gRPC status with its text', async (t) => {
  const receiver = await receiverFor(t, { respond: () => ({ status: 403, body: '100 % not for you: é' }) });
  const { spans } = await recordSdkBatch();
  const { code, error } = await exportOnce(new OTLPTraceExporter({ url: receiver.grpcUrl! }), spans);
  assert.deepEqual([code, error?.code], [1, 7]);
  assert.match(error!.message, /100 % not for you: é/);
  assert.deepEqual(receiver.spans, []);
});

test('an answer of 503 is UNAVAILABLE to the official exporter', async (t) => {
  const receiver = await receiverFor(t, { respond: () => ({ status: 503 }) });
  const { spans } = await recordSdkBatch();
  const { error } = await exportOnce(new OTLPTraceExporter({ url: receiver.grpcUrl! }), spans);
  assert.deepEqual([error?.code, receiver.requests.length], [14, 1]);
});

const frame = (message: Uint8Array, compressed = 0): Buffer => {
  const header = Buffer.alloc(5);
  header[0] = compressed;
  header.writeUInt32BE(message.length, 1);
  return Buffer.concat([header, message]);
};

const calls: readonly (readonly [what: string, status: string, body: Uint8Array, headers?: Record<string, string>])[] = [
  ['one whole message', '0', frame(oneSpan)],
  ['a gzip message', '0', frame(gzipSync(oneSpan), 1), { 'grpc-encoding': 'gzip' }],
  ['a plain message where gzip was announced', '0', frame(oneSpan), { 'grpc-encoding': 'gzip' }],
  ['an empty message', '0', frame(Buffer.alloc(0))],
  ['an unknown method', '12', frame(oneSpan), { ':path': '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export' }],
  ['an unknown compression', '12', frame(oneSpan, 1), { 'grpc-encoding': 'zstd' }],
  ['a message marked compressed where none was announced', '13', frame(oneSpan, 1)],
  ['no message', '13', Buffer.alloc(0)],
  ['a message that is cut off', '13', frame(oneSpan).subarray(0, -1)],
  ['two messages', '13', Buffer.concat([frame(oneSpan), frame(oneSpan)])],
  ['malformed protobuf', '3', frame(Buffer.from([0x0a, 0x7f]))],
  ['gzip that is none', '3', frame(oneSpan, 1), { 'grpc-encoding': 'gzip' }],
  ['a message over the limit', '8', frame(Buffer.alloc(1_000_000))],
  ['a message that unpacks to over the limit', '8', frame(gzipSync(Buffer.alloc(1_000_000)), 1), { 'grpc-encoding': 'gzip' }],
];
for (const [what, status, body, headers] of calls) {
  test(`${what} is answered with grpc-status ${status}`, async (t) => {
    const receiver = await receiverFor(t, { maxBodyBytes: 10_000 });
    const answer = await call(receiver, body, headers);
    assert.deepEqual([answer.httpStatus, answer.grpcStatus], [200, status]);
    assert.deepEqual(answer.body, status === '0' ? frame(Buffer.alloc(0)) : Buffer.alloc(0));
    assert.equal(answer.grpcMessage !== undefined, status !== '0');
    assert.equal(receiver.spans.length, status === '0' && body.length > 5 ? 1 : 0);
  });
}

test('a request that is not gRPC is answered with HTTP 415', async (t) => {
  const receiver = await receiverFor(t);
  assert.equal((await call(receiver, oneSpan, { 'content-type': 'application/json' })).httpStatus, 415);
});

test('a sender that goes away in the middle of a call leaves the receiver working', async (t) => {
  const receiver = await receiverFor(t);
  const session = connect(receiver.grpcUrl!);
  session.on('error', () => {});
  const stream = session.request({ ':method': 'POST', ':path': tracesPath, 'content-type': 'application/grpc' });
  stream.on('error', () => {});
  stream.write(frame(oneSpan).subarray(0, 8));
  await once(session, 'connect');
  session.destroy();
  assert.equal((await call(receiver, frame(oneSpan))).grpcStatus, '0');
  assert.equal(receiver.spans.length, 1);
});

test('an answer of respond that HTTP/2 does not allow, and one that throws, become INTERNAL', async (t) => {
  let calls = 0;
  const receiver = await receiverFor(t, {
    respond: () => {
      calls += 1;
      if (calls === 1) return { status: 200, headers: { ':path': '/' } };
      if (calls === 2) return { status: 503, headers: { connection: 'close' } };
      throw new Error('no answer');
    },
  });
  const statuses = [];
  for (let count = 0; count < 3; count += 1) statuses.push((await call(receiver, frame(oneSpan))).grpcStatus);
  assert.deepEqual(statuses, ['13', '13', '13']);
});

test('close ends a gRPC connection that is open', { timeout: 5000 }, async () => {
  const receiver = await startReceiver({ grpc: true });
  const session = connect(receiver.grpcUrl!);
  session.on('error', () => {});
  await once(session, 'connect');
  const ended = once(session, 'close');
  await receiver.close();
  await ended;
});

interface CallAnswer {
  readonly httpStatus: number | undefined;
  readonly grpcStatus: string | undefined;
  readonly grpcMessage: string | undefined;
  readonly body: Buffer;
}

/** A unary call over plain node:http2, so that it can be wrong in ways no client library would be. */
async function call(receiver: Receiver, body: Uint8Array, headers: Record<string, string> = {}): Promise<CallAnswer> {
  const session = connect(receiver.grpcUrl!);
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': tracesPath,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let answered: IncomingHttpHeaders = {};
    stream.on('response', (first) => (answered = { ...answered, ...first }));
    stream.on('trailers', (last) => (answered = { ...answered, ...last }));
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.end(body);
    await once(stream, 'close');
    const text = (name: string): string | undefined => answered[name]?.toString();
    return {
      httpStatus: answered[':status'] as number | undefined,
      grpcStatus: text('grpc-status'),
      grpcMessage: text('grpc-message'),
      body: Buffer.concat(chunks),
    };
  } finally {
    session.destroy();
  }
}
