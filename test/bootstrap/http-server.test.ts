/** What the server span and the histogram tell of requests of every kind, and that the app's own objects do not show that anybody looks. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { SpanRecord } from '../../src/testing.ts';
import { nodeVersions } from '../support/node-versions.ts';
import { root, runApp } from '../support/run-app.ts';
import type { AppResult } from '../support/run-app.ts';

const app = join(root, 'test', 'fixtures', 'instrument', 'http-server.cjs');
const env = {
  OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_REQUEST_HEADERS: 'X-Tenant',
  OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_RESPONSE_HEADERS: 'ETag',
  OTELIER_INSTRUMENTATION_HTTP_ENABLE_SYNTHETIC_SOURCE_DETECTION: 'true',
};

interface Seen {
  readonly url: string;
  readonly keys: readonly (readonly string[])[];
  readonly listeners: readonly Readonly<Record<string, number>>[];
}
const readSeen = ({ stdout }: AppResult): Seen[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Seen);

describe('a server of node:http', () => {
  let result: AppResult;
  const spanOf = (path: string): SpanRecord => {
    const found = result.receiver.spans.filter(({ attributes }) => attributes['url.path'] === path);
    assert.equal(found.length, 1, `${found.length} spans of ${path}: ${result.stderr}`);
    return found[0]!;
  };
  const points = () =>
    result.receiver.metrics.filter(({ name }) => name === 'http.server.request.duration').flatMap((metric) => metric.points);

  test('its requests and responses have the keys and listeners they have without telemetry; a socket has one listener more', async () => {
    result = await runApp({ app, env });
    const bare = await runApp({ app, preload: 'none' });
    assert.equal(result.code, 0, result.stderr);
    const expected = readSeen(bare).map(({ listeners: [request, response, socket], ...seen }) => ({
      ...seen,
      listeners: [request, response, { ...socket, close: socket!['close']! + 1 }],
    }));
    assert.deepEqual(readSeen(result), expected);
  });

  test('tells the request in the terms of the semantic conventions', () => {
    const { kind, name, attributes, parentSpanId } = spanOf('/plain');
    const { 'network.peer.port': peerPort, ...rest } = attributes;
    assert.deepEqual([kind, name, parentSpanId, typeof peerPort], ['server', 'GET', '', 'number']);
    assert.deepEqual(rest, {
      'http.request.method': 'GET',
      'url.scheme': 'http',
      'url.path': '/plain',
      'url.query': 'q=1&sig=REDACTED',
      'network.protocol.version': '1.1',
      'server.address': 'shop.test',
      'server.port': 8080,
      'client.address': '127.0.0.1',
      'network.peer.address': '127.0.0.1',
      'user_agent.original': 'GoogleBot/2',
      'user_agent.synthetic.type': 'bot',
      'http.request.header.x-tenant': ['t1'],
      'http.response.header.etag': ['"GET"'],
      'http.response.status_code': 200,
    });
  });

  test('takes its parent from the request alone, also where requests are pipelined', () => {
    const remote = spanOf('/with-parent');
    assert.deepEqual([remote.traceId, remote.parentSpanId], ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']);
    const own = spanOf('/without-parent');
    assert.equal(own.parentSpanId, '');
    assert.notEqual(own.traceId, remote.traceId);
  });

  for (const [path, status, errorType] of [
    ['/no-content', 204],
    ['/not-modified', 304],
    ['/hints', 200],
    ['/head', 200],
    ['/no-host', 400],
    ['/broken', 503, '503'],
    ['/destroyed', undefined, 'EBOOM'],
    ['/cut', 200, 'ECONNRESET'],
    ['/raw', undefined, 'ECONNRESET'],
    ['/never', undefined, 'ECONNRESET'],
    ['/queued', undefined, 'ECONNRESET'],
  ] as const) {
    test(`${path}: status ${status ?? 'none'}, ${errorType === undefined ? 'no error' : `error ${errorType}`}`, () => {
      const span = spanOf(path);
      assert.deepEqual(
        [span.attributes['http.response.status_code'], span.attributes['error.type'], span.status.code],
        [status, errorType, errorType === undefined ? 'unset' : 'error'],
      );
    });
  }

  test('a method that is not known is _OTHER', () => {
    const { name, attributes } = spanOf('/purge');
    assert.deepEqual([name, attributes['http.request.method'], attributes['http.request.method_original']], ['HTTP', '_OTHER', 'PURGE']);
  });

  test('a target that is a whole URL or a star is told by its path', () => {
    assert.equal(spanOf('/absolute').attributes['url.query'], 'a=b');
    assert.equal(spanOf('*').attributes['http.request.method'], 'OPTIONS');
  });

  test('what proxies tell of client and server wins', () => {
    const addresses = (path: string) =>
      ['client.address', 'server.address', 'server.port', 'network.peer.address'].map((name) => spanOf(path).attributes[name]);
    assert.deepEqual(addresses('/forwarded'), ['2001:db8::1', 'front.test', 443, '127.0.0.1']);
    assert.deepEqual(addresses('/x-forwarded'), ['192.0.2.7', 'edge.test', 443, '127.0.0.1']);
  });

  test('each request is measured once', () => {
    const { spans } = result.receiver;
    assert.equal(
      points().reduce((sum, { count }) => sum + Number(count), 0),
      spans.length,
    );
    const gone = points().filter(({ attributes }) => attributes['error.type'] === 'ECONNRESET');
    assert.deepEqual(
      new Map(gone.map(({ attributes, count }) => [attributes['http.response.status_code'], Number(count)])),
      new Map([
        [200, 1],
        [undefined, 3],
      ]),
    );
    assert.deepEqual(points().find(({ attributes }) => attributes['http.response.status_code'] === 503)?.attributes, {
      'http.request.method': 'GET',
      'url.scheme': 'http',
      'network.protocol.version': '1.1',
      'http.response.status_code': 503,
      'error.type': '503',
    });
  });
});

for (const node of ['20.20.2', '22.23.3', '26.10.0'] as const) {
  test(`nothing shows on the app's objects and every request ends on Node.js ${node} too, its pipelined ones included`, async () => {
    const { receiver, ...result } = await runApp({ app, env, node });
    const bare = await runApp({ app, preload: 'none', node });
    assert.deepEqual(
      readSeen({ receiver, ...result }).map(({ url, keys }) => ({ url, keys })),
      readSeen(bare).map(({ url, keys }) => ({ url, keys })),
    );
    assert.equal(receiver.spans.length, 19);
    assert.equal(receiver.spans.find(({ attributes }) => attributes['url.path'] === '/queued')?.attributes['error.type'], 'ECONNRESET');
  });
}

test('requests that are not sampled are measured all the same', async () => {
  const { receiver } = await runApp({ app, env: { OTEL_TRACES_SAMPLER: 'always_off' } });
  assert.equal(receiver.spans.length, 0);
  const measured = receiver.metrics.filter(({ name }) => name === 'http.server.request.duration').flatMap((metric) => metric.points);
  assert.equal(
    measured.reduce((sum, { count }) => sum + Number(count), 0),
    19,
  );
});

test('requireParentforIncomingSpans leaves out what has no caller, disableIncomingRequestInstrumentation everything', async () => {
  const withParent = await runApp({ app, env: { OTELIER_INSTRUMENTATION_HTTP_REQUIRE_PARENTFOR_INCOMING_SPANS: 'true' } });
  assert.deepEqual(
    withParent.receiver.spans.map(({ attributes }) => attributes['url.path']),
    ['/with-parent'],
    withParent.stderr,
  );
  const none = await runApp({ app, env: { OTELIER_INSTRUMENTATION_HTTP_DISABLE_INCOMING_REQUEST_INSTRUMENTATION: 'true' } });
  assert.deepEqual([none.receiver.spans.length, none.receiver.metrics.filter(({ name }) => name.startsWith('http.')).length], [0, 0]);
});

for (const node of nodeVersions) {
  test(`an uncaught exception is told on the request it came from, and ends all that are open if the process dies, on Node.js ${node}`, async () => {
    const crash = join(root, 'test', 'fixtures', 'instrument', 'http-server-crash.cjs');
    const told = async (...args: string[]) => {
      const { receiver, code } = await runApp({ app: crash, args, node, env: { OTEL_METRICS_EXPORTER: 'none' } });
      const servers = receiver.spans.filter(({ kind }) => kind === 'server');
      const spans = servers.map(({ attributes, events }) =>
        [attributes['url.path'], attributes['error.type'], ...events.map(({ attributes: of }) => of['exception.message'])].join(' '),
      );
      return [code, ...spans.sort()];
    };
    assert.deepEqual(await told(), [1, '/guilty RangeError later', '/innocent ECONNRESET']);
    assert.deepEqual(await told('survive'), [0, '/guilty  later', '/innocent ']);
  });
}
