/** Senders that compress: the thread that speaks HTTP passes on what was sent, and only the one that writes unpacks it. */
import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { connect } from 'node:http2';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { ShopPayloads } from '../../bench/viewer/payloads.ts';
import type { Status } from '../../src/viewer/api.ts';
import { raw, runViewer } from './running.ts';
import type { RunningViewer } from './running.ts';

const [spans, logs] = new ShopPayloads(3).traces(100, 1_700_000_000_000, 1_700_000_060_000);
const MB = 2 ** 20;

interface Outcome {
  /** HTTP status, or gRPC code. */
  readonly code: string;
  readonly message: string;
}

async function overHttp({ endpoints }: RunningViewer, signal: string, body: Uint8Array): Promise<Outcome> {
  const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' };
  const answer = await raw(`${endpoints.http}/v1/${signal}`, { method: 'POST', headers, body });
  return { code: String(answer.status), message: answer.body.toString() };
}

function overGrpc({ endpoints }: RunningViewer, signal: 'Trace' | 'Logs', body: Uint8Array): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const session = connect(endpoints.grpc);
    session.on('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': `/opentelemetry.proto.collector.${signal.toLowerCase()}.v1.${signal}Service/Export`,
      'content-type': 'application/grpc',
      'grpc-encoding': 'gzip',
      te: 'trailers',
    });
    const fields: Record<string, string> = {};
    const read = (more: object): void => void Object.assign(fields, more);
    stream.on('response', read);
    stream.on('trailers', read);
    stream.on('error', reject);
    stream.on('close', () => {
      session.close();
      resolve({ code: fields['grpc-status'] ?? 'none', message: decodeURIComponent(fields['grpc-message'] ?? '') });
    });
    stream.resume();
    const frame = Buffer.alloc(5);
    frame[0] = 1;
    frame.writeUInt32BE(body.length, 1);
    stream.end(Buffer.concat([frame, body]));
  });
}

test('nothing is unpacked in the thread that speaks HTTP, not even what is refused', { timeout: 60_000 }, async () => {
  await using viewer = await runViewer();
  const bodies = [spans!.bytes, logs!.bytes].map((bytes) => gzipSync(bytes));
  const bomb = gzipSync(Buffer.alloc(40 * MB));
  const cutOff = bodies[0]!.subarray(0, 2000);
  const unpackers = new Set<string>();
  const hook = createHook({ init: (_id, type) => void (type === 'ZLIB' && unpackers.add(new Error('made here').stack!)) }).enable();
  try {
    gzipSync('seen');
    assert.equal(unpackers.size, 1, 'the test would see an unpacker of this thread');
    unpackers.clear();

    assert.deepEqual(await overHttp(viewer, 'traces', bodies[0]!), { code: '200', message: '' });
    assert.deepEqual(await overGrpc(viewer, 'Logs', bodies[1]!), { code: '0', message: '' });

    const [tooLarge, notGzip] = ['The request body is larger than 33554432 bytes.', 'The request body is not gzip, or is cut off.'];
    for (const [body, status, code, message] of [
      [bomb, '413', '8', tooLarge],
      [cutOff, '400', '3', notGzip],
      [Buffer.from('no gzip'), '400', '3', notGzip],
      [Buffer.alloc(0), '400', '3', notGzip],
    ] as const) {
      const answer = await overHttp(viewer, 'traces', body);
      assert.equal(answer.code, status);
      assert.ok(answer.message.includes(message), answer.message);
      assert.deepEqual(await overGrpc(viewer, 'Trace', body), { code, message });
    }
    assert.deepEqual([...unpackers], []);
  } finally {
    hook.disable();
  }
  const { counts, rejected } = (await viewer.api<Status>('status')).body;
  assert.deepEqual([counts.spans, counts.logs], [spans!.items, logs!.items]);
  assert.equal(rejected.requests, 0);
});

test('a request that is compressed and no OTLP is counted, as one that is not compressed', async () => {
  await using viewer = await runViewer();
  const { code, message } = await overHttp(viewer, 'traces', gzipSync('no protobuf'));
  assert.equal(code, '400', message);
  assert.equal((await viewer.api<Status>('status')).body.rejected.requests, 1);
});
