/** Outgoing requests: what each span says, that it ends, that its context goes along and that the app's listeners run in their own. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createCertificate } from '../support/certificates.ts';
import { root, runApp } from '../support/run-app.ts';
import type { AppResult, RunOptions } from '../support/run-app.ts';

const folder = join(root, 'test', 'fixtures', 'instrument', 'client');

interface Line {
  readonly name: string;
  readonly body?: string;
  readonly elsewhere?: readonly string[];
}

interface Case {
  readonly line: Line;
  /** `method status error.type path`, one for each span, in order. */
  readonly spans: readonly string[];
  /** Ids of the spans that the server was told of. */
  readonly told: readonly string[];
  readonly ids: readonly string[];
  readonly attributes: readonly AppResult['receiver']['spans'][number]['attributes'][];
}

async function runCases(
  options: Omit<RunOptions, 'app'> & { readonly fixture: string },
): Promise<Map<string, Case> & { result: AppResult }> {
  const result = await runApp({ ...options, app: join(folder, options.fixture) });
  const { spans } = result.receiver;
  assert.equal(result.code, 0, result.stderr);
  const lines = result.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const cases = new Map<string, Case>();
  for (const line of lines) {
    const parent = spans.find(({ kind, name }) => kind === 'internal' && name === line.name);
    assert.ok(parent, line.name);
    const own = spans
      .filter(({ kind, parentSpanId }) => kind === 'client' && parentSpanId === parent.spanId)
      .sort((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano));
    cases.set(line.name, {
      line,
      spans: own.map(({ name, attributes, status }) => {
        const { 'http.response.status_code': code = '-', 'error.type': error, 'url.full': url } = attributes;
        assert.equal(status.code, error === undefined ? 'unset' : 'error', line.name);
        return `${name} ${String(code)}${error === undefined ? '' : ` ${String(error)}`} ${String(url).replace(/:\d+/, '')}`;
      }),
      told: [...String(line.body).matchAll(/traceparent: \w+-(\w+)-(\w+)-01/gi)].map(([, , id = '']) => id),
      ids: own.map(({ spanId }) => spanId),
      attributes: own.map(({ attributes }) => attributes),
    });
  }
  assert.equal(
    spans.filter(({ kind }) => kind === 'client').length,
    [...cases.values()].flatMap(({ ids }) => ids).length,
    'no span besides',
  );
  return Object.assign(cases, { result });
}

const at = 'http://127.0.0.1';
const nodeHttp: Readonly<Record<string, string>> = {
  'object headers': `GET 200 ${at}/a?x=1&sig=REDACTED`,
  'flat headers': `GET 200 ${at}/`,
  'paired headers': `GET 200 ${at}/`,
  'flat headers and a body': `POST 200 ${at}/`,
  'headers set later': `GET 200 ${at}/`,
  'own traceparent': `GET 200 ${at}/`,
  'own traceparent in flat headers': `GET 200 ${at}/`,
  expect: `POST 200 ${at}/`,
  'no agent': `GET 200 ${at}/`,
  'first of an agent': `GET 200 ${at}/`,
  'second of an agent': `GET 200 ${at}/`,
  stream: `POST 200 ${at}/`,
  'head only': `HEAD 200 ${at}/`,
  'odd method': `HTTP 200 ${at}/`,
  'no content': `GET 204 ${at}/no-content`,
  'not modified': `GET 304 ${at}/not-modified`,
  missing: `GET 404 404 ${at}/missing`,
  broken: `GET 503 503 ${at}/broken`,
  hints: `GET 200 ${at}/hints`,
  upgrade: `GET 101 ${at}/upgrade`,
  connect: `CONNECT 200 ${at}`,
  'through a proxy': 'GET 200 http://target.example/p?Signature=REDACTED',
  credentials: `GET 200 ${at}/`,
  refused: `GET - ECONNREFUSED ${at}/`,
  'not found': 'GET - ENOTFOUND http://nowhere.invalid/',
  'hung up': `GET - ECONNRESET ${at}/hang-up`,
  'timed out': `GET - TooSlow ${at}/silent`,
  aborted: `GET - AbortError ${at}/silent`,
  'destroyed at once': `GET - ECONNRESET ${at}/`,
  'response destroyed': `GET 200 ${at}/endless`,
  'request destroyed in the response': `GET 200 ${at}/endless`,
  'response cut': `GET 200 ECONNRESET ${at}/cut`,
  'response never read': `GET 200 ${at}/unread`,
  'queued first': `GET 200 ${at}/`,
  'queued second': `GET 200 ${at}/`,
  'ended elsewhere': `GET 200 ${at}/`,
};
/** Their answer is the head that was sent. */
const isEchoed = (expected: string): boolean => / 200 http/.test(expected) && !/HEAD|CONNECT|endless|unread|large|small/.test(expected);

for (const node of ['22.23.3', '24.21.0', '26.10.0'] as const) {
  test(`each request of node:http has one span, which ends, in the app's own context, on Node.js ${node}`, async () => {
    const cases = await runCases({ fixture: 'node-http.mjs', node });
    assert.deepEqual(
      Object.fromEntries([...cases].map(([name, { spans }]) => [name, spans])),
      mapValues(nodeHttp, (one) => [one]),
    );
    for (const [name, { line, told, ids }] of cases) {
      assert.deepEqual(line.elsewhere, [], name);
      assert.deepEqual(told, isEchoed(nodeHttp[name]!) ? ids : [], `what the server was told: ${name}`);
    }
    const [first] = cases.get('flat headers')!.attributes;
    const port = first!['network.peer.port'];
    assert.deepEqual(first, {
      'http.request.method': 'GET',
      'server.address': '127.0.0.1',
      'server.port': port,
      'url.full': `http://127.0.0.1:${String(port)}/`,
      'http.response.status_code': 200,
      'network.protocol.version': '1.1',
      'network.peer.address': '127.0.0.1',
      'network.peer.port': port,
    });
    assert.equal(cases.get('odd method')!.attributes[0]!['http.request.method_original'], 'PURGE');
    assert.deepEqual(pointsOf(cases.result, 'ECONNREFUSED'), ['GET - ECONNREFUSED http -']);
    assert.deepEqual(pointsOf(cases.result, '503'), ['GET 503 503 http 1.1']);
  });
}

const ofFetch: Readonly<Record<string, readonly string[]>> = {
  fetch: [`GET 200 ${at}/a?x=1&sig=REDACTED`],
  'fetch again': [`GET 200 ${at}/b`],
  'fetch post': [`POST 200 ${at}/`],
  'fetch own traceparent': [`GET 200 ${at}/`],
  'fetch head': [`HEAD 200 ${at}/`],
  'fetch odd method': [`HTTP 200 ${at}/`],
  'fetch lower case': [`PATCH 200 ${at}/`],
  'fetch missing': [`GET 404 404 ${at}/missing`],
  'fetch redirect': [`GET 302 ${at}/redirect`, `GET 200 ${at}/landed`],
  'fetch status only': [`GET 200 ${at}/small`],
  'fetch large, cancelled': [`GET 200 ${at}/large`],
  'fetch large, forgotten': [`GET 200 ${at}/large`],
  'fetch aborted': [`GET - AbortError ${at}/silent`],
  'fetch aborted in the body': [`GET 200 ${at}/endless`],
  'fetch timed out': [`GET - TimeoutError ${at}/silent`],
  'fetch refused': [`GET - ECONNREFUSED ${at}/`],
  'fetch hung up': [`GET - UND_ERR_SOCKET ${at}/hang-up`],
  'fetch cut': [`GET 200 UND_ERR_SOCKET ${at}/cut`],
};
const ofPackage: Readonly<Record<string, readonly string[]>> = {
  ...ofFetch,
  request: [`GET 200 ${at}/`],
  'request flat': [`GET 200 ${at}/`],
  'request lower case': [`GET 200 ${at}/`],
  'request not read': [`GET 200 ${at}/large`],
  stream: [`GET 200 ${at}/`],
  upgrade: [`GET 101 ${at}/upgrade`],
  'client destroyed': [`GET - UND_ERR_DESTROYED ${at}/silent`],
};

for (const node of ['20.20.2', '22.23.3', '24.21.0', '26.10.0'] as const) {
  test(`each hop of a fetch has one span, which ends however the body does, on Node.js ${node}`, async () => {
    await checkUndici(ofFetch, { fixture: 'undici.mjs', flags: ['--expose-gc'], node });
  });
}

for (const name of ['undici-5', 'undici-6', 'undici', 'undici-8']) {
  test(`each request of ${name} has one span, which ends`, async () => {
    // Version 5 does not notice when a response is collected unread: its connection stays, and the request with it.
    const expected = name === 'undici-5' ? { ...ofPackage, 'fetch large, forgotten': [] } : ofPackage;
    await checkUndici(expected, { fixture: 'undici.mjs', flags: ['--expose-gc'], args: [name] });
  });
}

async function checkUndici(expected: Readonly<Record<string, readonly string[]>>, options: Parameters<typeof runCases>[0]): Promise<void> {
  const cases = await runCases(options);
  assert.deepEqual(Object.fromEntries([...cases].map(([name, { spans }]) => [name, spans])), expected);
  for (const [name, { line, told, ids }] of cases) {
    assert.deepEqual(line.elsewhere, [], name);
    assert.deepEqual(told, isEchoed(expected[name]!.at(-1) ?? '') ? ids.slice(-1) : [], `what the server was told: ${name}`);
  }
  const original = (name: string): unknown => cases.get(name)!.attributes[0]!['http.request.method_original'];
  assert.deepEqual(['fetch', 'fetch odd method', 'fetch lower case'].map(original), [undefined, 'PURGE', 'patch']);
  const { 'network.peer.address': address, 'network.peer.port': peerPort, 'server.port': port } = cases.get('fetch')!.attributes[0]!;
  assert.deepEqual([address, peerPort], ['127.0.0.1', port]);
}

for (const node of ['22.23.3', '24.21.0', '26.10.0'] as const) {
  test(`requests over TLS and HTTP/2 have one span, those of undici too, on Node.js ${node}`, async () => {
    const { cert, key } = createCertificate('127.0.0.1');
    const cases = await runCases({ fixture: 'http2.mjs', node, env: { CERT: cert, KEY: key } });
    assert.deepEqual(Object.fromEntries([...cases].map(([name, { spans }]) => [name, spans])), {
      https: ['GET 200 https://127.0.0.1/tls'],
      plain: [`GET 200 ${at}/a?sig=REDACTED`],
      again: [`GET 200 ${at}/`],
      missing: [`GET 404 404 ${at}/missing`],
      reset: [`GET - ERR_HTTP2_STREAM_ERROR ${at}/reset`],
      cancelled: [`GET - AbortError ${at}/silent`],
      'grpc call': [],
      undici: ['GET 200 https://127.0.0.1/'],
    });
    const versions = ['https', 'plain', 'undici'].map((name) => cases.get(name)!.attributes[0]!['network.protocol.version']);
    assert.deepEqual(versions, ['1.1', '2', '2']);
  });
}

test('headers are captured and query parameters redacted as the options say', async () => {
  const headers = { requestHeaders: ['X-Asked'], responseHeaders: ['x-answer'] };
  const env = {
    OTELIER_INSTRUMENTATION_HTTP_HEADERS_TO_SPAN_ATTRIBUTES: JSON.stringify({ client: headers }),
    OTELIER_INSTRUMENTATION_HTTP_REDACTED_QUERY_PARAMS: 'x',
    OTELIER_INSTRUMENTATION_UNDICI_HEADERS_TO_SPAN_ATTRIBUTES: JSON.stringify(headers),
  };
  const both = { 'http.request.header.x-asked': ['yes'], 'http.response.header.x-answer': ['yes'] };
  const http = await runCases({ fixture: 'node-http.mjs', env });
  for (const name of ['object headers', 'flat headers', 'paired headers', 'headers set later'])
    assert.partialDeepStrictEqual(http.get(name)!.attributes[0], both, name);
  assert.deepEqual(http.get('object headers')!.spans, [`GET 200 ${at}/a?x=REDACTED&sig=secret`]);
  for (const args of [[], ['undici-5']]) {
    const undici = await runCases({ fixture: 'undici.mjs', flags: ['--expose-gc'], args, env });
    assert.partialDeepStrictEqual(undici.get('fetch again')!.attributes[0], both, args.join());
  }
});

const withoutParent = [
  { title: 'a request that no span is active around has one of its own', env: {}, stdout: 'get true false\nfetch true false\n', spans: 2 },
  {
    title: 'where a parent is required there is no span, but a duration',
    env: {
      OTELIER_INSTRUMENTATION_HTTP_REQUIRE_PARENTFOR_OUTGOING_SPANS: 'true',
      OTELIER_INSTRUMENTATION_UNDICI_REQUIRE_PARENTFOR_SPANS: 'true',
    },
    stdout: 'get false false\nfetch false false\n',
    spans: 0,
  },
];
for (const { title, env, stdout, spans } of withoutParent) {
  test(`${title}; where tracing is suppressed there is nothing`, async () => {
    const result = await runApp({ app: join(folder, 'without-parent.mjs'), env });
    assert.equal(result.stdout, stdout, result.stderr);
    assert.equal(result.receiver.spans.length, spans);
    const points = result.receiver.metrics.filter(({ name }) => name === 'http.client.request.duration').flatMap((metric) => metric.points);
    assert.deepEqual(
      points.map((point) => ('count' in point ? Number(point.count) : undefined)).reduce((sum = 0, count = 0) => sum + count, 0),
      2,
    );
  });
}

test('disableOutgoingRequestInstrumentation leaves requests of node:http alone', async () => {
  const env = { OTELIER_INSTRUMENTATION_HTTP_DISABLE_OUTGOING_REQUEST_INSTRUMENTATION: 'true' };
  const { stdout, receiver } = await runApp({ app: join(folder, 'without-parent.mjs'), env });
  assert.equal(stdout, 'get false false\nfetch true false\n');
  assert.equal(receiver.spans.length, 1);
});

function pointsOf({ receiver }: AppResult, error: string): string[] {
  const metrics = receiver.metrics.filter(({ name }) => name === 'http.client.request.duration');
  return metrics
    .flatMap(({ points }) => points)
    .filter(({ attributes }) => attributes['error.type'] === error)
    .map(({ attributes }) => {
      const {
        'http.request.method': method,
        'http.response.status_code': code = '-',
        'network.protocol.version': version = '-',
      } = attributes;
      return `${String(method)} ${String(code)} ${error} ${String(attributes['url.scheme'])} ${String(version)}`;
    });
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
