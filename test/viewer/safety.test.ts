/** What strangers may do: nothing. Other hosts, other pages, no token, bombs, slow senders, and requests that are noise. */
import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createRandom } from '../../bench/viewer/payloads.ts';
import type { Page, SqlResult, Status, TraceSummary } from '../../src/viewer/api.ts';
import { raw, runViewer } from './running.ts';
import { hex, tracesBody } from './support.ts';

const json = { 'content-type': 'application/json' };
const oneTrace = (id: number): string => JSON.stringify(tracesBody('app', [{ traceId: hex(id, 16), spanId: hex(id, 8), startMs: 1000 }]));

describe('names and origins', () => {
  test('a request that names another host is refused everywhere: a name can be pointed at this machine', async () => {
    await using viewer = await runViewer();
    const { page, http, grpc } = viewer.endpoints;
    for (const host of [
      'evil.example',
      'evil.example:4320',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '127.0.0.1@evil.example',
    ]) {
      for (const url of [`${page}/`, `${page}/api/status`, `${page}/api/live`])
        assert.equal((await raw(url, { headers: { host } })).status, 421, `${url} ${host}`);
      assert.equal((await raw(`${http}/v1/traces`, { method: 'POST', headers: { ...json, host }, body: oneTrace(1) })).status, 421);
    }
    for (const host of ['localhost', 'LOCALHOST:1', '127.0.0.1:9', '[::1]:4320', new URL(page).host])
      assert.equal((await raw(`${page}/api/status`, { headers: { host } })).status, 200, host);
    assert.equal(
      (await raw(`${http}/v1/traces`, { method: 'POST', headers: { ...json, host: 'host.docker.internal:4318' }, body: oneTrace(2) }))
        .status,
      200,
    );
    assert.equal(await grpcStatus(grpc, { ':authority': 'evil.example' }), '7');
  });

  test('other pages can neither read nor change anything', async () => {
    await using viewer = await runViewer();
    const { page } = viewer.endpoints;
    await viewer.otlp('traces', tracesBody('app', [{ traceId: hex(1, 16), spanId: hex(1, 8), startMs: 1000 }]));
    const foreign = { origin: 'https://evil.example' };
    const read = await raw(`${page}/api/traces`, { headers: foreign });
    assert.equal(read.headers['access-control-allow-origin'], undefined);
    for (const path of ['clear', 'import', 'query']) {
      assert.equal(
        (await raw(`${page}/api/${path}`, { method: 'POST', headers: { ...foreign, 'content-type': 'text/plain' }, body: '{}' })).status,
        403,
      );
      assert.equal(
        (await raw(`${page}/api/${path}`, { method: 'OPTIONS', headers: { ...foreign, 'access-control-request-headers': 'x-otelier' } }))
          .status,
        405,
      );
    }
    assert.equal((await viewer.api<Status>('status')).body.counts.spans, 1);
  });

  test('pages of this machine may send telemetry, others may not', async () => {
    await using viewer = await runViewer();
    const url = `${viewer.endpoints.http}/v1/traces`;
    const local = await raw(url, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:5173',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
    assert.equal(local.status, 204);
    assert.equal(local.headers['access-control-allow-origin'], 'http://localhost:5173');
    assert.equal(local.headers['access-control-allow-headers'], 'content-type');
    const sent = await raw(url, { method: 'POST', headers: { ...json, origin: 'http://localhost:5173' }, body: oneTrace(3) });
    assert.deepEqual([sent.status, sent.headers['access-control-allow-origin']], [200, 'http://localhost:5173']);
    for (const origin of ['https://evil.example', 'null', 'http://localhost.evil.example', 'http://localhost:5173.evil.example']) {
      const refused = await raw(url, { method: 'POST', headers: { ...json, origin }, body: oneTrace(4) });
      assert.deepEqual([refused.status, refused.headers['access-control-allow-origin']], [403, undefined], origin);
    }
    assert.equal((await viewer.api<Status>('status')).body.counts.spans, 1);
  });

  test('each answer keeps itself out of frames, sniffing and referrers', async () => {
    await using viewer = await runViewer();
    for (const path of ['/', '/api/status', '/api/nothing']) {
      const { headers } = await raw(viewer.endpoints.page + path);
      assert.match(String(headers['content-security-policy']), /default-src 'self'.*frame-ancestors 'none'/);
      assert.deepEqual([headers['x-content-type-options'], headers['referrer-policy']], ['nosniff', 'no-referrer']);
    }
  });
});

describe('with a token', () => {
  test('nothing is answered without it; the address sets a cookie that no script reads and no other site sends', async () => {
    const token = 'a-token-of-some-length';
    await using viewer = await runViewer({ token });
    const { page, http, grpc } = viewer.endpoints;
    for (const path of ['/', '/api/status', '/api/live', '/page.js', '/?token=wrong', '/api/status?token='])
      assert.equal((await raw(page + path)).status, 401, path);
    assert.equal((await raw(`${http}/v1/traces`, { method: 'POST', headers: json, body: oneTrace(1) })).status, 401);
    assert.equal(await grpcStatus(grpc, {}), '16');
    const authorization = `Bearer ${token}`;
    assert.equal((await raw(`${http}/v1/traces`, { method: 'POST', headers: { ...json, authorization }, body: oneTrace(1) })).status, 200);
    assert.equal(await grpcStatus(grpc, { authorization }), '0');
    assert.equal((await raw(`${page}/api/status`, { headers: { authorization } })).status, 200);
    assert.equal((await raw(`${page}/api/status`, { headers: { authorization: `Bearer ${token}x` } })).status, 401);
    const opened = await raw(`${page}/traces?x=1&token=${token}`);
    assert.equal(opened.status, 303);
    assert.equal(opened.headers.location, '/traces?x=1');
    const [cookie = ''] = opened.headers['set-cookie'] ?? [];
    assert.match(cookie, /^otelier=[^;]+; Path=\/; HttpOnly; SameSite=Strict$/);
    assert.equal((await raw(`${page}/api/status`, { headers: { cookie: `a=b; ${cookie.split(';')[0]!}` } })).status, 200);
    assert.match(String((await raw(`${page}//evil.example/?token=${token}`)).headers.location), /^\/(?!\/)/);
  });

  test('any name will do, such as that of a service in a network of containers; without the token none does', async () => {
    const token = 'a-token-of-some-length';
    await using viewer = await runViewer({ token, host: '0.0.0.0' });
    const { page, http, grpc } = viewer.endpoints;
    const authorization = `Bearer ${token}`;
    for (const host of ['otelier:4318', 'laptop.local', '192.0.2.7:4318']) {
      const send = (headers: object): Promise<{ readonly status: number }> =>
        raw(`${http}/v1/traces`, { method: 'POST', headers: { ...json, host, ...headers }, body: oneTrace(1) });
      assert.deepEqual([(await send({})).status, (await send({ authorization })).status], [401, 200], host);
      assert.equal((await raw(`${page}/api/status`, { headers: { host } })).status, 401);
      assert.equal((await raw(`${page}/api/status`, { headers: { host, authorization } })).status, 200);
      assert.equal(await grpcStatus(grpc, { ':authority': host, authorization }), '0');
    }
  });
});

describe('too much', () => {
  test('a gzip bomb is refused, without room being made for what is in it', { timeout: 240_000 }, async () => {
    await using viewer = await runViewer();
    const bomb = gzipSync(Buffer.alloc(100 * 2 ** 20), { level: 9 });
    const before = process.memoryUsage().rss;
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        raw(`${viewer.endpoints.http}/v1/traces`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
          body: bomb,
        }),
      ),
    );
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [413]);
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 400 * 2 ** 20, `${Math.round(grown / 2 ** 20)} MB more`);
    assert.equal(await viewer.otlp('traces', JSON.parse(oneTrace(1)) as object), 200);
  });

  test('a body beyond the limit is refused', async () => {
    await using viewer = await runViewer();
    const body = Buffer.alloc(33 * 2 ** 20, 32);
    assert.equal((await raw(`${viewer.endpoints.http}/v1/logs`, { method: 'POST', headers: json, body })).status, 413);
    assert.equal(
      (await raw(`${viewer.endpoints.page}/api/query`, { method: 'POST', headers: { 'x-otelier': '1' }, body: body.subarray(0, 200_000) }))
        .status,
      413,
    );
  });

  for (const compression of ['identity', 'gzip'] as const)
    test(`what cannot be written is not accepted: 503 with Retry-After, ${compression}`, { timeout: 240_000 }, async () => {
      await using viewer = await runViewer();
      const plain = JSON.stringify(
        tracesBody(
          'app',
          Array.from({ length: 40_000 }, (_, i) => ({
            traceId: hex(i, 16),
            spanId: hex(i, 8),
            startMs: 1000,
            name: 'a long enough name to fill the queue',
          })),
        ),
      );
      const body = compression === 'gzip' ? gzipSync(plain) : plain;
      const headers = { ...json, 'content-encoding': compression };
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => raw(`${viewer.endpoints.http}/v1/traces`, { method: 'POST', headers, body })),
      );
      const refused = answers.filter(({ status }) => status !== 200);
      assert.ok(refused.length > 0 && refused.length < 12, `${refused.length} refused`);
      for (const answer of refused) assert.deepEqual([answer.status, answer.headers['retry-after']], [503, '1']);
      assert.equal((await viewer.api<Status>('status')).body.counts.spans, 40_000);
    });

  test('a query that takes too long is stopped, and nobody waits for it', { timeout: 120_000 }, async () => {
    await using viewer = await runViewer();
    const endless = viewer.api<SqlResult>('query', {
      sql: 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n',
    });
    let stopped = false;
    void endless.then(() => (stopped = true));
    assert.equal(await viewer.otlp('traces', JSON.parse(oneTrace(1)) as object), 200);
    assert.equal((await viewer.api<Page<TraceSummary>>('traces')).body.items.length, 1);
    assert.equal(stopped, false, 'these had to wait for it');
    const { status, body } = await endless;
    assert.equal(status, 400);
    assert.match(body.error ?? '', /longer than 10 s/);
  });

  test('a sender that never ends its headers does not keep its connection', { timeout: 120_000 }, async () => {
    await using viewer = await runViewer();
    const ports = [viewer.endpoints.http, viewer.endpoints.page].map((url) => Number(new URL(url).port));
    const closed = ports.map(
      (port) =>
        new Promise<void>((resolve) => {
          const socket = connect(port, '127.0.0.1', () => socket.write('POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nX-Slow: '));
          const drip = setInterval(() => socket.write('x'), 500);
          socket.on('error', () => {});
          socket.on('close', () => {
            clearInterval(drip);
            resolve();
          });
          socket.resume();
        }),
    );
    await Promise.all(closed);
  });
});

test('a thousand requests of noise: no crash, no error without a message, nothing stored is lost', { timeout: 240_000 }, async () => {
  await using viewer = await runViewer();
  const { http, page } = viewer.endpoints;
  await viewer.otlp('traces', JSON.parse(oneTrace(7)) as object);
  const random = createRandom(11);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
  const noise = (length: number): Buffer =>
    Buffer.from(Array.from({ length: Math.floor(random() * length) }, () => Math.floor(random() * 256)));
  const valid = Buffer.from(oneTrace(7));
  const mutated = (): Buffer => {
    const copy = Buffer.from(valid);
    for (let i = 0; i < 5; i++) copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
    return copy.subarray(0, Math.floor(random() * copy.length));
  };
  const names = [
    'services',
    'traces',
    'latency',
    `traces/${hex(7, 16)}`,
    'traces/%00',
    'logs',
    'logs/facets',
    'logs/histogram',
    'metrics',
    'metrics/series',
    'map',
    'errors',
    'errors/00',
    'overview',
    'attributes',
    'status',
    'import',
    'query',
    '__proto__',
    'constructor',
  ];
  const keys = [
    'from',
    'to',
    'limit',
    'before',
    'service',
    'name',
    'attr',
    'q',
    'level',
    'kind',
    'points',
    'by',
    'key',
    'prefix',
    'signal',
    '__proto__',
  ];
  const values = [
    '',
    '0',
    '-1',
    '1e309',
    'NaN',
    '9'.repeat(40),
    '\'"`;--',
    '%',
    'a=b',
    'k~[',
    '"unclosed',
    '*',
    'NEAR(',
    '\u202e',
    '\0',
    '-',
    'x'.repeat(3000),
    '{"a":1}',
    '1:1',
    'AND OR NOT',
  ];
  const work = Array.from({ length: 1000 }, () => async (): Promise<void> => {
    const body = pick([noise(300), mutated(), valid]);
    const isOtlp = random() < 0.5;
    const query = Array.from(
      { length: Math.floor(random() * 4) },
      () => `${encodeURIComponent(pick(keys))}=${encodeURIComponent(pick(values))}`,
    ).join('&');
    const url = isOtlp ? `${http}/v1/${pick(['traces', 'logs', 'metrics', 'other', '__proto__'])}` : `${page}/api/${pick(names)}?${query}`;
    const headers: Record<string, string> = {
      'content-type': pick(['application/json', 'application/x-protobuf', 'text/plain', 'application/x-protobuf;x']),
      'x-otelier': '1',
    };
    if (random() < 0.2) headers['content-encoding'] = pick(['gzip', 'deflate', 'identity']);
    const method = isOtlp ? 'POST' : pick(['GET', 'GET', 'GET', 'POST', 'HEAD', 'PATCH']);
    const answer = await raw(url, { method, headers, ...(method === 'GET' || method === 'HEAD' ? {} : { body }) });
    assert.ok(answer.status < 500, `${method} ${url} with ${body.toString('hex')}: ${answer.status} ${answer.body.toString()}`);
    if (answer.status >= 400 && method !== 'HEAD' && !isOtlp)
      assert.ok((JSON.parse(answer.body.toString()) as { error?: string }).error, url);
  });
  const next = async (): Promise<void> => {
    for (let job = work.pop(); job !== undefined; job = work.pop()) await job();
  };
  await Promise.all(Array.from({ length: 8 }, next));
  assert.deepEqual(viewer.fatal, []);
  assert.equal((await viewer.api<{ summary: object }>(`traces/${hex(7, 16)}`)).status, 200);
  assert.ok((await viewer.api<Status>('status')).body.rejected.requests > 0);
});

/** The gRPC status of an export call with an empty request. */
function grpcStatus(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(url);
    session.on('error', reject);
    const stream = session.request({
      ':method': 'POST',
      ':path': '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      'content-type': 'application/grpc',
      te: 'trailers',
      ...headers,
    });
    let status: string | undefined;
    const read = (fields: object): void => void (status ??= (fields as Record<string, string>)['grpc-status']);
    stream.on('response', read);
    stream.on('trailers', read);
    stream.on('error', reject);
    stream.on('close', () => {
      session.close();
      resolve(String(status));
    });
    stream.resume();
    stream.end(Buffer.alloc(5));
  });
}
