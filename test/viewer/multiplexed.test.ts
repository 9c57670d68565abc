/** Calls of gRPC that come over one connection at once: Node.js reads several into one piece of memory, of which none may be passed on to another thread. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { test } from 'node:test';
import { ShopPayloads } from '../../bench/viewer/payloads.ts';
import type { Status } from '../../src/viewer/api.ts';
import { runViewer } from './running.ts';

const PAIRS = 50;

/** The gRPC status. */
async function call(session: ClientHttp2Session, body: Uint8Array): Promise<unknown> {
  const stream = session.request({
    ':method': 'POST',
    ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  let status: unknown;
  for (const event of ['response', 'trailers'] as const)
    stream.on(event, (fields: Readonly<Record<string, unknown>>) => (status ??= fields['grpc-status']));
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(body.length, 1);
  stream.resume().end(Buffer.concat([frame, body]));
  await once(stream, 'close');
  return status;
}

test('each arrives whole, and the connection stays', { timeout: 240_000 }, async () => {
  await using viewer = await runViewer();
  const payloads = new ShopPayloads(9);
  // A body that is most of what is read, and one behind it.
  const pairs = Array.from({ length: PAIRS }, () =>
    [6, 1].map((count) => payloads.traces(count, 1_700_000_000_000, 1_700_000_060_000)[0]!),
  );
  const session = connect(viewer.endpoints.grpc);
  const broken = once(session, 'error').then(([error]: unknown[]) => Promise.reject(error as Error));
  for (const pair of pairs)
    assert.deepEqual(await Promise.race([Promise.all(pair.map(({ bytes }) => call(session, bytes))), broken]), ['0', '0']);
  session.close();
  const { counts } = (await viewer.api<Status>('status')).body;
  assert.equal(
    counts.spans,
    pairs.flat().reduce((sum, { items }) => sum + items, 0),
  );
});
