/** One request: what the transports make of every kind of answer, and of none. Real servers on this machine. */
import assert from 'node:assert/strict';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import type { OtlpTarget } from '../../src/config/types.ts';
import { createTransport } from '../../src/export/transport.ts';
import type { Outcome } from '../../src/export/transport.ts';
import { startReceiver } from '../../src/testing.ts';
import type { Answer } from '../../src/testing.ts';
import { encodeOfficially, officialData } from '../otlp/official-schema.ts';

const body = encodeOfficially(officialData.TracesData, { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'a' }] }] }] });
type Protocol = OtlpTarget['protocol'];

const targetOf = (url: string, overrides: Partial<OtlpTarget> = {}): OtlpTarget => ({
  protocol: 'http/protobuf',
  url,
  headers: {},
  timeoutMs: 5000,
  compression: 'none',
  tls: {},
  ...overrides,
});

async function send(t: TestContext, target: OtlpTarget, timeoutMs?: number): Promise<Outcome> {
  const transport = createTransport(target, 'test/1');
  t.after(() => transport.close());
  return transport.send('traces', body, timeoutMs);
}

/** Sends one request to a receiver that answers so. */
async function sendTo(t: TestContext, protocol: Protocol, answer: Answer | undefined): Promise<Outcome> {
  const receiver = await startReceiver({ grpc: true, respond: () => answer });
  t.after(() => receiver.close());
  return send(t, targetOf(protocol === 'grpc' ? receiver.grpcUrl! : `${receiver.url}/v1/traces`, { protocol }));
}

/** A server that does what it likes with each connection. */
async function startTcp(t: TestContext, handle: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    handle(socket);
  });
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return listen(server);
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const failed = (outcome: Outcome): Outcome & { ok: false } => (outcome.ok ? assert.fail('it went well') : outcome);

describe('HTTP answers', () => {
  for (const [status, retryable] of [
    [200, undefined],
    [202, undefined],
    [301, false],
    [400, false],
    [401, false],
    [404, false],
    [408, false],
    [413, false],
    [429, true],
    [500, false],
    [502, true],
    [503, true],
    [504, true],
  ] as const) {
    test(`${status} ${retryable === undefined ? 'is delivered' : retryable ? 'is worth trying again' : 'is final'}`, async (t) => {
      const outcome = await sendTo(t, 'http/protobuf', { status, ...(status === 301 && { headers: { location: 'http://127.0.0.1:1/' } }) });
      if (retryable === undefined) assert.ok(outcome.ok);
      else assert.deepEqual([failed(outcome).retryable, failed(outcome).reason], [retryable, `HTTP ${status}`]);
    });
  }

  test('Retry-After is read in seconds and as a date; rubbish is none', async (t) => {
    const after = async (value: string): Promise<number | undefined> =>
      failed(await sendTo(t, 'http/protobuf', { status: 503, headers: { 'retry-after': value } })).retryAfterMs;
    assert.equal(await after('7'), 7000);
    const ms = (await after(new Date(Date.now() + 10_000).toUTCString())) ?? 0;
    assert.ok(ms > 8000 && ms <= 10_000, String(ms));
    assert.deepEqual([await after('soon'), await after('-5'), await after(new Date(0).toUTCString())], [undefined, undefined, undefined]);
  });

  test('the text of a refusal is passed on, shortened, in one line', async (t) => {
    const { reason } = failed(
      await sendTo(t, 'http/protobuf', { status: 400, headers: { 'content-type': 'text/plain' }, body: `not\n  good ${'x'.repeat(1000)}` }),
    );
    assert.match(reason, /^HTTP 400: not good x+$/);
    assert.ok(reason.length <= 210);
  });

  test('a web page is no delivery', async (t) => {
    const outcome = failed(await sendTo(t, 'http/protobuf', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }));
    assert.equal(outcome.retryable, false);
    assert.match(outcome.reason, /does not look like an OTLP endpoint/);
  });

  test('an answer without end is cut off', async (t) => {
    const url = await startTcp(t, (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
      const pump = (): void => {
        while (!socket.destroyed && socket.write(chunk));
        if (!socket.destroyed) socket.once('drain', pump);
      };
      pump();
    });
    assert.equal((await send(t, targetOf(url))).ok, false);
  });

  test('an answer that breaks off is worth trying again', async (t) => {
    const url = await startTcp(t, (socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nbeginning')),
    );
    assert.equal(failed(await send(t, targetOf(url))).retryable, true);
  });

  test('what speaks something else is recognized', async (t) => {
    const url = await startTcp(t, (socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
    assert.match(failed(await send(t, targetOf(url))).reason, /not HTTP of the expected kind/);
  });

  test('an HTTP instrumentation does not see the request', async (t) => {
    const server = createHttpServer((_request, response) => response.end());
    t.after(() => server.close());
    const url = await listen(server);
    const http = process.getBuiltinModule('node:http');
    const { request } = http;
    let seen = 0;
    http.request = Object.assign(
      ((...args: Parameters<typeof request>) => {
        seen++;
        return request(...args);
      }) as typeof request,
      { __original: request },
    );
    t.after(() => (http.request = request));
    assert.ok((await send(t, targetOf(url))).ok);
    assert.equal(seen, 0);
  });
});

describe('gRPC answers', () => {
  for (const [status, name, retryable] of [
    [400, 'INTERNAL', false],
    [401, 'UNAUTHENTICATED', false],
    [403, 'PERMISSION_DENIED', false],
    [404, 'UNIMPLEMENTED', false],
    [429, 'UNAVAILABLE', true],
    [503, 'UNAVAILABLE', true],
    [418, 'UNKNOWN', false],
  ] as const) {
    test(`${name} is ${retryable ? 'worth trying again' : 'final'}`, async (t) => {
      const outcome = failed(await sendTo(t, 'grpc', { status, body: 'nöt now' }));
      assert.deepEqual([outcome.retryable, outcome.reason], [retryable, `gRPC ${name}: nöt now`]);
    });
  }

  test('OK is delivered, with the message of the answer', async (t) => {
    const outcome = await sendTo(t, 'grpc', { status: 200, body: new Uint8Array([10, 0]) });
    assert.deepEqual(outcome.ok && [...outcome.body], [10, 0]);
  });

  test('HTTP/2 without a gRPC status is no delivery', async (t) => {
    const server = createHttp2Server((_request, response) => response.end('hello'));
    t.after(() => server.close());
    const url = await listen(server);
    const outcome = failed(await send(t, targetOf(url, { protocol: 'grpc' })));
    assert.deepEqual([outcome.retryable, /does not look like an OTLP\/gRPC endpoint/.test(outcome.reason)], [false, true]);
  });

  test('a server of HTTP/1 is recognized', async (t) => {
    const server = createHttpServer((_request, response) => response.end());
    t.after(() => server.close());
    const outcome = failed(await send(t, targetOf(await listen(server), { protocol: 'grpc' })));
    assert.match(outcome.reason, /Protocol|HTTP of the expected/i);
  });

  test('a connection that the server ended is opened anew', async (t) => {
    const receiver = await startReceiver({ grpc: true });
    const port = Number(new URL(receiver.grpcUrl!).port);
    const transport = createTransport(targetOf(receiver.grpcUrl!, { protocol: 'grpc' }), 'test/1');
    t.after(() => transport.close());
    assert.ok((await transport.send('traces', body)).ok);
    await receiver.close();
    assert.equal(failed(await transport.send('traces', body)).retryable, true);
    const again = await startReceiver({ grpc: { port } });
    t.after(() => again.close());
    assert.ok((await transport.send('traces', body)).ok);
    assert.deepEqual(
      again.spans.map(({ name }) => name),
      ['a'],
    );
  });

  test('a timeout without limit is left out of the header, which takes eight digits', async (t) => {
    const receiver = await startReceiver({ grpc: true });
    t.after(() => receiver.close());
    const target = targetOf(receiver.grpcUrl!, { protocol: 'grpc' });
    await send(t, target, 1500);
    await send(t, target, 2_147_483_647);
    assert.deepEqual(
      receiver.requests.map(({ headers }) => headers['grpc-timeout']),
      ['1500m', undefined],
    );
  });
});

for (const protocol of ['http/protobuf', 'grpc'] as const) {
  describe(`no answer over ${protocol}`, () => {
    test('nobody listens: worth trying again', async (t) => {
      const server = createServer();
      const url = await listen(server);
      await new Promise((resolve) => server.close(resolve));
      assert.deepEqual(await send(t, targetOf(url, { protocol })), {
        ok: false,
        retryable: true,
        retryAfterMs: undefined,
        reason: 'connection refused',
        errorType: 'ECONNREFUSED',
      });
    });

    test('silence: given up after the time given, worth trying again', async (t) => {
      const url = await startTcp(t, () => {});
      const startedAt = performance.now();
      const outcome = failed(await send(t, targetOf(url, { protocol }), 100));
      const tookMs = performance.now() - startedAt;
      assert.deepEqual([outcome.retryable, outcome.reason], [true, 'no answer within 100 ms']);
      // By itself it would wait five seconds.
      assert.ok(tookMs >= 95 && tookMs < 4000, `${tookMs} ms`);
    });

    test('the connection is cut: worth trying again', async (t) => {
      const url = await startTcp(t, (socket) => socket.once('data', () => socket.resetAndDestroy()));
      assert.equal(failed(await send(t, targetOf(url, { protocol }))).retryable, true);
    });
  });
}
