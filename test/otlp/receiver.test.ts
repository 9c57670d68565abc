import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';

import protobuf from 'protobufjs';

import { startReceiver } from '../../src/testing.ts';
import type { Receiver, ReceiverOptions } from '../../src/testing.ts';
import { encodeOfficially, officialData, officialType } from './official-schema.ts';

const protobufType = { 'content-type': 'application/x-protobuf' };
const jsonType = { 'content-type': 'application/json' };

/** google.rpc.Status, as far as OTLP uses it. */
const rpcStatus = protobuf.parse('syntax = "proto3"; message Status { int32 code = 1; string message = 2; }').root.lookupType('Status');

async function receiverFor(t: TestContext, options?: ReceiverOptions): Promise<Receiver> {
  const receiver = await startReceiver(options);
  t.after(() => receiver.close());
  return receiver;
}

function post(receiver: Receiver, path: string, body: string | Uint8Array, headers: Record<string, string>): Promise<Response> {
  return fetch(`${receiver.url}${path}`, { method: 'POST', headers, body });
}

function tracesOf(...names: string[]): Uint8Array {
  return encodeOfficially(officialData.TracesData, { resourceSpans: [{ scopeSpans: [{ spans: names.map((name) => ({ name })) }] }] });
}

const tracesJson = '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"}]}]}]}';

test('each signal sent as protobuf is kept and answered with an empty export response', async (t) => {
  const receiver = await receiverFor(t);
  const bodies = {
    traces: tracesOf('a'),
    metrics: encodeOfficially(officialData.MetricsData, { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm' }] }] }] }),
    logs: encodeOfficially(officialData.LogsData, { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'l' } }] }] }] }),
  };
  for (const [signal, body] of Object.entries(bodies)) {
    const response = await post(receiver, `/v1/${signal}`, body, protobufType);
    assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'application/x-protobuf']);
    const responseType = officialType(
      `collector.${signal.replace('traces', 'trace')}.v1.Export${{ traces: 'Trace', metrics: 'Metrics', logs: 'Logs' }[signal]}ServiceResponse`,
    );
    assert.deepEqual(responseType.toObject(responseType.decode(await bytesOf(response))), {});
  }
  assert.deepEqual([receiver.spans[0]!.name, receiver.metrics[0]!.name, receiver.logs[0]!.body], ['a', 'm', 'l']);
  assert.deepEqual(
    receiver.requests.map(({ transport, path, signal, encoding }) => [transport, path, signal, encoding]),
    [
      ['http', '/v1/traces', 'traces', 'protobuf'],
      ['http', '/v1/metrics', 'metrics', 'protobuf'],
      ['http', '/v1/logs', 'logs', 'protobuf'],
    ],
  );
  assert.deepEqual(new Uint8Array(receiver.requests[0]!.bytes), new Uint8Array(bodies.traces));
  assert.equal(receiver.requests[0]!.headers['content-type'], 'application/x-protobuf');
});

test('JSON is answered in JSON, also with a charset and a query', async (t) => {
  const receiver = await receiverFor(t);
  const response = await post(receiver, '/v1/traces?x=1', tracesJson, { 'content-type': 'Application/JSON; charset=utf-8' });
  assert.deepEqual([response.status, response.headers.get('content-type'), await response.json()], [200, 'application/json', {}]);
  assert.equal(receiver.spans[0]!.name, 'a');
  assert.equal(receiver.requests[0]!.path, '/v1/traces');
});

test('gzip is unpacked in both encodings', async (t) => {
  const receiver = await receiverFor(t);
  assert.equal((await post(receiver, '/v1/traces', gzipSync(tracesOf('a')), { ...protobufType, 'content-encoding': 'gzip' })).status, 200);
  assert.equal((await post(receiver, '/v1/traces', gzipSync(tracesJson), { ...jsonType, 'content-encoding': 'gzip' })).status, 200);
  assert.deepEqual(
    receiver.spans.map(({ name }) => name),
    ['a', 'a'],
  );
});

const refusals: readonly (readonly [what: string, status: number, code: number, path: string, init: RequestInit])[] = [
  ['an unknown path', 404, 5, '/v1/profiles', { method: 'POST', headers: protobufType }],
  ['another method than POST', 405, 12, '/v1/traces', { headers: protobufType }],
  [
    'an encoding other than gzip',
    415,
    3,
    '/v1/traces',
    { method: 'POST', headers: { ...protobufType, 'content-encoding': 'br' }, body: 'x' },
  ],
  ['gzip that is none', 400, 3, '/v1/traces', { method: 'POST', headers: { ...protobufType, 'content-encoding': 'gzip' }, body: 'x' }],
  [
    'gzip that is cut off',
    400,
    3,
    '/v1/traces',
    { method: 'POST', headers: { ...protobufType, 'content-encoding': 'gzip' }, body: gzipSync('x'.repeat(99)).subarray(0, 20) },
  ],
  ['malformed protobuf', 400, 3, '/v1/traces', { method: 'POST', headers: protobufType, body: new Uint8Array([0x0a, 0x7f]) }],
  ['a body over the limit', 413, 8, '/v1/traces', { method: 'POST', headers: protobufType, body: new Uint8Array(2000) }],
  [
    'a body that unpacks to over the limit',
    413,
    8,
    '/v1/traces',
    { method: 'POST', headers: { ...protobufType, 'content-encoding': 'gzip' }, body: gzipSync(new Uint8Array(1001)) },
  ],
];
for (const [what, status, code, path, init] of refusals) {
  test(`${what} is refused with ${status} and a google.rpc.Status, and nothing is kept`, async (t) => {
    const receiver = await receiverFor(t, { maxBodyBytes: 1000 });
    const response = await fetch(`${receiver.url}${path}`, init);
    assert.equal(response.status, status);
    assert.equal(response.headers.get('content-type'), 'application/x-protobuf');
    const refusal = rpcStatus.toObject(rpcStatus.decode(await bytesOf(response))) as { code: number; message: string };
    assert.equal(refusal.code, code);
    assert.match(refusal.message, /\.$/);
    assert.deepEqual(receiver.spans, []);
  });
}

test('the refusal of JSON is JSON, a 405 names POST, and an unknown content type is refused with 415', async (t) => {
  const receiver = await receiverFor(t);
  const malformed = await post(receiver, '/v1/logs', '{"resourceLogs":5}', jsonType);
  assert.deepEqual(
    [malformed.status, await malformed.json()],
    [400, { code: 3, message: 'LogsData.resourceLogs is 5; it must be an array.' }],
  );
  assert.equal((await fetch(`${receiver.url}/v1/logs`)).headers.get('allow'), 'POST');
  const text = await post(receiver, '/v1/logs', 'x', { 'content-type': 'text/plain' });
  assert.deepEqual([text.status, ((await text.json()) as { code: number }).code], [415, 3]);
});

test('a gzip bomb is refused', async (t) => {
  const receiver = await receiverFor(t, { maxBodyBytes: 1024 * 1024 });
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  assert.ok(bomb.length < 1024 * 1024);
  const response = await post(receiver, '/v1/traces', bomb, { ...protobufType, 'content-encoding': 'gzip' });
  assert.equal(response.status, 413);
});

test('after a refused oversize body the same connection serves the next request', async (t) => {
  const receiver = await receiverFor(t, { maxBodyBytes: 100_000 });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const send = async (body: Uint8Array): Promise<[number, number]> => {
    const request = httpRequest(`${receiver.url}/v1/traces`, { method: 'POST', headers: protobufType, agent });
    request.end(body);
    const [response] = await once(request, 'response');
    response.resume();
    await once(response, 'end');
    return [response.statusCode, request.socket!.localPort!];
  };
  const [tooLarge, firstPort] = await send(new Uint8Array(5_000_000));
  const [accepted, secondPort] = await send(tracesOf('a'));
  assert.deepEqual([tooLarge, accepted, firstPort === secondPort], [413, 200, true]);
});

test('concurrent posts are all kept, and two receivers know nothing of each other', async (t) => {
  const [one, other] = [await receiverFor(t), await receiverFor(t)];
  const names = Array.from({ length: 50 }, (_, index) => `span ${index}`);
  await Promise.all(names.map((name) => post(one, '/v1/traces', tracesOf(name), protobufType)));
  assert.deepEqual(one.spans.map(({ name }) => name).sort(), names.sort());
  assert.deepEqual(other.requests, []);
});

test('waitFor gives the first truthy value, at once or when it arrives', async (t) => {
  const receiver = await receiverFor(t);
  const found = receiver.waitFor(({ spans }) => spans.find(({ name }) => name === 'late'));
  await post(receiver, '/v1/traces', tracesOf('early'), protobufType);
  await post(receiver, '/v1/traces', tracesOf('late'), protobufType);
  assert.equal((await found).name, 'late');
  assert.equal(await receiver.waitFor(({ spans }) => spans.length), 2);
});

test('waitFor fails after its time with what has arrived, when the predicate throws, and when the receiver is closed', async () => {
  const receiver = await startReceiver();
  await post(receiver, '/v1/traces', tracesOf('a'), protobufType);
  const message = 'What was waited for did not arrive within 20 ms. Received: 1 requests, 1 spans, 0 metrics, 0 log records.';
  await assert.rejects(
    receiver.waitFor(() => false, 20),
    { message },
  );
  const cause = new Error('from the predicate');
  await assert.rejects(
    receiver.waitFor(() => {
      throw cause;
    }),
    cause,
  );
  const waiting = assert.rejects(
    receiver.waitFor(() => false),
    /The receiver was closed\./,
  );
  await receiver.close();
  await waiting;
  await assert.rejects(
    receiver.waitFor(() => false),
    /The receiver is closed\./,
  );
  assert.equal(await receiver.waitFor(({ spans }) => spans.length), 1);
});

test('respond answers in the place of the receiver, and what it refuses is not taken in', async (t) => {
  let calls = 0;
  const receiver = await receiverFor(t, {
    respond: (signal, { path }) => {
      calls += 1;
      if (calls === 1) return { status: 503, headers: { 'retry-after': '1' }, body: `${signal} ${path}` };
      return calls === 2 ? Promise.resolve({ status: 202, body: '{"partialSuccess":{}}' }) : undefined;
    },
  });
  const refused = await post(receiver, '/v1/traces', tracesJson, jsonType);
  assert.deepEqual([refused.status, refused.headers.get('retry-after'), await refused.text()], [503, '1', 'traces /v1/traces']);
  assert.equal(receiver.spans.length, 0);
  assert.equal((await post(receiver, '/v1/traces', tracesJson, jsonType)).status, 202);
  assert.equal((await post(receiver, '/v1/traces', tracesJson, jsonType)).status, 200);
  assert.deepEqual([receiver.spans.length, receiver.requests.length], [2, 3]);
});

test('an answer of respond that HTTP does not allow, and one that throws, become a 500', async (t) => {
  let calls = 0;
  const receiver = await receiverFor(t, {
    respond: () => {
      calls += 1;
      if (calls === 1) return { status: 200, headers: { 'x-note': 'line\nbreak' } };
      if (calls === 2) return { status: 42 };
      throw new Error('no answer');
    },
  });
  const statuses = [];
  for (let count = 0; count < 3; count += 1) statuses.push((await post(receiver, '/v1/traces', tracesJson, jsonType)).status);
  assert.deepEqual(statuses, [500, 500, 500]);
});

test('callbacks see each batch, keep: false keeps nothing, and a callback that throws is answered with 500', async (t) => {
  const batches: string[][] = [];
  const onTraces: ReceiverOptions['onTraces'] = (spans) => {
    batches.push(spans.map(({ name }) => name));
    if (batches.length === 2) throw new Error('full');
  };
  const receiver = await receiverFor(t, { keep: false, onTraces });
  assert.equal((await post(receiver, '/v1/traces', tracesOf('a', 'b'), protobufType)).status, 200);
  const failed = await post(receiver, '/v1/traces', tracesJson, jsonType);
  assert.deepEqual([failed.status, await failed.json()], [500, { code: 13, message: 'full' }]);
  assert.deepEqual(batches, [['a', 'b'], ['a']]);
  assert.deepEqual([receiver.spans, receiver.requests], [[], []]);
});

test('clear empties the same arrays', async (t) => {
  const receiver = await receiverFor(t);
  const { spans } = receiver;
  await post(receiver, '/v1/traces', tracesOf('a'), protobufType);
  receiver.clear();
  assert.deepEqual([spans, receiver.requests], [[], []]);
  await post(receiver, '/v1/traces', tracesOf('b'), protobufType);
  assert.equal(spans[0]!.name, 'b');
});

test('close ends idle and half-sent connections promptly, frees the port, and may be called twice', { timeout: 5000 }, async () => {
  const receiver = await startReceiver({ grpc: true });
  const idle = connect(receiver.port, '127.0.0.1');
  const halfSent = connect(receiver.port, '127.0.0.1');
  await Promise.all([once(idle, 'connect'), once(halfSent, 'connect')]);
  for (const socket of [idle, halfSent]) socket.on('error', () => {});
  halfSent.write('POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{');
  await post(receiver, '/v1/traces', tracesOf('a'), protobufType);
  const ends = Promise.all([once(idle, 'close'), once(halfSent, 'close')]);
  await receiver.close();
  await receiver.close();
  await ends;
  const again = await startReceiver({ port: receiver.port });
  assert.equal(again.port, receiver.port);
  await again.close();
});

test('a port in use rejects, and leaves no half-started receiver behind', async (t) => {
  const taken = await receiverFor(t);
  await assert.rejects(startReceiver({ port: taken.port }), { code: 'EADDRINUSE' });
  await assert.rejects(startReceiver({ grpc: { port: taken.port } }), { code: 'EADDRINUSE' });
});

async function bytesOf(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}
