/** The query API over HTTP: each endpoint with what a small app sent, and what it says to a request that cannot be. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type {
  AttributeKeys,
  ErrorDetail,
  ErrorGroup,
  Facets,
  Imported,
  Latency,
  Log,
  LogHistogram,
  MetricInfo,
  MetricSeries,
  Overview,
  Page,
  Service,
  ServiceMap,
  SqlResult,
  Status,
  Trace,
  TraceSummary,
} from '../../src/viewer/api.ts';
import { readEvents } from '../../src/cli/tail/events.ts';
import { raw, runViewer } from './running.ts';
import type { RunningViewer } from './running.ts';
import { hex, keyValues, logsBody, metricsBody, nano, tracesBody } from './support.ts';

const NOW = Math.floor(Date.now() / 1000) * 1000 - 60_000;
const TRACE = hex(0xabc, 16);
const FAILED = hex(0xdef, 16);
const exception = {
  name: 'exception',
  attributes: {
    'exception.type': 'TypeError',
    'exception.message': 'order 17 is broken',
    'exception.stacktrace': 'TypeError: order 17 is broken\n    at place (/app/order.js:3:4)',
  },
};

let viewer: RunningViewer;
const assets = mkdtempSync(join(tmpdir(), 'otelier-test-assets-'));

before(async () => {
  writeFileSync(join(assets, 'index.html'), `<!doctype html><title>page</title>${'x'.repeat(5000)}`);
  writeFileSync(join(assets, 'page.js'), 'export {};');
  viewer = await runViewer({ assets });
  const shop = [
    {
      traceId: TRACE,
      spanId: hex(1, 8),
      name: 'POST /orders',
      startMs: NOW,
      durationMs: 100,
      attributes: { 'http.request.method': 'POST', 'http.route': '/orders', 'http.response.status_code': 201, tags: ['a', 'b'] },
    },
    {
      traceId: TRACE,
      spanId: hex(2, 8),
      parentSpanId: hex(1, 8),
      name: 'INSERT',
      kind: 3,
      startMs: NOW + 10,
      durationMs: 20,
      attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'shop' },
    },
    {
      traceId: TRACE,
      spanId: hex(3, 8),
      parentSpanId: hex(1, 8),
      name: 'POST',
      kind: 3,
      startMs: NOW + 40,
      durationMs: 50,
      attributes: { 'server.address': 'pay.local', 'server.port': 8081 },
    },
    {
      traceId: FAILED,
      spanId: hex(5, 8),
      name: 'GET /broken',
      startMs: NOW + 1000,
      durationMs: 5,
      status: 2,
      message: 'broken',
      events: [exception],
    },
  ];
  const payments = [
    { traceId: TRACE, spanId: hex(4, 8), parentSpanId: hex(3, 8), name: 'POST /charges', startMs: NOW + 45, durationMs: 40 },
  ];
  assert.equal(await viewer.otlp('traces', tracesBody('shop', shop)), 200);
  assert.equal(await viewer.otlp('traces', tracesBody('payments', payments)), 200);
  const logs = [
    { timeMs: NOW + 50, body: 'order placed', attributes: { tenant: 'acme' }, traceId: TRACE, spanId: hex(1, 8) },
    {
      timeMs: NOW + 1003,
      body: 'it broke',
      severity: 17,
      attributes: { 'exception.type': 'TypeError', 'exception.message': 'order 17 is broken' },
      traceId: FAILED,
      spanId: hex(5, 8),
    },
  ];
  assert.equal(await viewer.otlp('logs', logsBody('shop', logs)), 200);
  const counter = (value: number, at: number): object => ({
    ...{ name: 'orders', unit: '{order}', description: 'Orders placed.' },
    sum: {
      isMonotonic: true,
      aggregationTemporality: 2,
      dataPoints: [
        { startTimeUnixNano: nano(NOW), timeUnixNano: nano(at), asInt: String(value), attributes: keyValues({ tenant: 'acme' }) },
      ],
    },
  });
  for (let i = 1; i <= 10; i++) assert.equal(await viewer.otlp('metrics', metricsBody('shop', [counter(i * 20, NOW + i * 1000)])), 200);
});
after(async () => {
  await viewer[Symbol.asyncDispose]();
  rmSync(assets, { recursive: true, force: true });
  assert.deepEqual(viewer.fatal, []);
});

async function get<T>(path: string): Promise<T> {
  const { status, body } = await viewer.api<T>(path);
  assert.equal(status, 200, body.error);
  return body;
}

describe('what it answers', () => {
  test('status', async () => {
    const status = await get<Status>('status');
    assert.deepEqual(status.counts, { spans: 5, traces: 2, logs: 2, metricPoints: 10 });
    assert.deepEqual(status.endpoints, viewer.endpoints);
    assert.equal(status.oldest, NOW);
    assert.match(status.hint, /--import otelier\/register/);
    assert.ok(status.bytes > 0 && status.bytes < 5e6);
  });

  test('services', async () => {
    const { items } = await get<Page<Service>>('services');
    assert.deepEqual(
      items.map(({ name, spans, errors, logs, instances }) => [name, spans, errors, logs, instances]),
      [
        ['payments', 1, 0, 0, 1],
        ['shop', 4, 1, 2, 1],
      ],
    );
  });

  test('traces, newest first', async () => {
    const { items, next } = await get<Page<TraceSummary>>('traces');
    assert.equal(next, undefined);
    assert.deepEqual(
      items.map(({ name }) => name),
      ['GET /broken', 'POST /orders'],
    );
    const { startMs, durationMs, services, ...rest } = items[1]!;
    assert.deepEqual(services, [
      { name: 'shop', spans: 3 },
      { name: 'payments', spans: 1 },
    ]);
    assert.deepEqual([startMs, durationMs], [NOW, 100]);
    assert.deepEqual(rest, {
      ...{ traceId: TRACE, name: 'POST /orders', service: 'shop', kind: 'server', method: 'POST', route: '/orders', httpStatus: 201 },
      ...{ spanCount: 4, errorCount: 0, logCount: 1, complete: true },
    });
    assert.deepEqual((await get<Latency>('latency?status=error')).dots, [[NOW + 1000, 5, 1, FAILED, 'GET /broken']]);
  });

  test('a trace with its spans, log records and critical path', async () => {
    const trace = await get<Trace>(`traces/${TRACE.toUpperCase()}`);
    assert.deepEqual(
      trace.spans.map(({ name, service, parentSpanId }) => [name, service, parentSpanId]),
      [
        ['POST /orders', 'shop', ''],
        ['INSERT', 'shop', hex(1, 8)],
        ['POST', 'shop', hex(1, 8)],
        ['POST /charges', 'payments', hex(3, 8)],
      ],
    );
    assert.deepEqual(trace.spans[0]!.attributes['tags'], ['a', 'b']);
    assert.equal(trace.spans[0]!.startNano, nano(NOW));
    assert.deepEqual(
      trace.logs.map(({ body }) => body),
      ['order placed'],
    );
    const path = trace.criticalPath.toSorted((a, b) => (a.spanId < b.spanId ? -1 : 1));
    assert.deepEqual(path, [
      {
        spanId: hex(1, 8),
        segments: [
          [NOW, NOW + 10],
          [NOW + 30, NOW + 40],
          [NOW + 90, NOW + 100],
        ],
      },
      { spanId: hex(2, 8), segments: [[NOW + 10, NOW + 30]] },
      {
        spanId: hex(3, 8),
        segments: [
          [NOW + 40, NOW + 45],
          [NOW + 85, NOW + 90],
        ],
      },
      { spanId: hex(4, 8), segments: [[NOW + 45, NOW + 85]] },
    ]);
  });

  test('log records, facets and histogram', async () => {
    const { items } = await get<Page<Log>>('logs?level=error');
    assert.deepEqual(
      items.map(({ body, severity, traceId }) => [body, severity, traceId]),
      [['it broke', 'error', FAILED]],
    );
    const { total, fields } = await get<Facets>('logs/facets');
    assert.equal(total, 2);
    assert.deepEqual(fields.find(({ key }) => key === 'tenant')?.values, [{ value: 'acme', count: 1 }]);
    const { buckets } = await get<LogHistogram>(`logs/histogram?from=${NOW}&to=${NOW + 2000}&buckets=2`);
    assert.deepEqual(buckets, [
      { timeMs: NOW, counts: { info: 1 } },
      { timeMs: NOW + 1000, counts: { error: 1 } },
    ]);
  });

  test('metrics and their series', async () => {
    const { items } = await get<Page<MetricInfo>>('metrics?service=shop');
    const { lastSeen, ...info } = items[0]!;
    assert.equal(lastSeen, NOW + 10_000);
    assert.deepEqual(info, {
      ...{ name: 'orders', type: 'sum', unit: '{order}', description: 'Orders placed.', monotonic: true },
      ...{ services: ['shop'], attributeKeys: ['service.name', 'tenant'], series: 1 },
    });
    const series = await get<MetricSeries>(`metrics/series?name=orders&by=tenant&from=${NOW}&to=${NOW + 10_000}&points=5`);
    assert.equal(series.shows, 'rate');
    assert.deepEqual(series.lines, [{ attributes: { tenant: 'acme' }, value: [20, 20, 20, 20, 20] }]);
  });

  test('the map', async () => {
    const { nodes, edges } = await get<ServiceMap>('map');
    assert.deepEqual(
      nodes.map(({ id, type, calls, errors }) => [id, type, calls, errors]),
      [
        ['database:postgresql/shop', 'database', 1, 0],
        ['service:payments', 'service', 1, 0],
        ['service:shop', 'service', 2, 1],
        ['user', 'user', 0, 0],
      ],
    );
    assert.deepEqual(edges.map(({ from, to, calls }) => `${from} ${to} ${calls}`).sort(), [
      'service:shop database:postgresql/shop 1',
      'service:shop service:payments 1',
      'user service:shop 2',
    ]);
  });

  test('errors: the span and the log record that tell of one error are one', async () => {
    const { items } = await get<Page<ErrorGroup>>('errors');
    assert.deepEqual(
      items.map(({ type, message, count, services }) => [type, message, count, services]),
      [['TypeError', 'order 17 is broken', 1, ['shop']]],
    );
    const { fingerprint } = items[0]!;
    const detail = await get<ErrorDetail>(`errors/${fingerprint}`);
    assert.match(detail.stack ?? '', /order\.js/);
    assert.deepEqual(
      detail.samples.map(({ traceId, spanId, name }) => [traceId, spanId, name]),
      [[FAILED, hex(5, 8), 'GET /broken']],
    );
    assert.deepEqual(
      detail.logs.map(({ body, errorGroup }) => [body, errorGroup]),
      [['it broke', fingerprint]],
    );
    assert.equal((await get<Trace>(`traces/${FAILED}`)).spans[0]!.errorGroup, fingerprint);
    assert.deepEqual((await get<Page<ErrorGroup>>(`errors?service=payments`)).items, []);
  });

  test('the overview', async () => {
    const overview = await get<Overview>(`overview?from=${NOW}&to=${NOW + 10_000}`);
    const shop = overview.services.find(({ service }) => service === 'shop')!;
    assert.deepEqual([shop.rate, shop.errorShare, shop.p50, shop.p99], [0.2, 0.5, 5, 100]);
    assert.equal(shop.trend.length, 30);
    assert.deepEqual(shop.trend[0], { calls: 1, errors: 0, p95: 100 });
    assert.deepEqual(overview.routes.map(({ name, calls }) => `${name} ${calls}`).sort(), [
      'GET /broken 1',
      'POST /charges 1',
      'POST /orders 1',
    ]);
    assert.deepEqual(
      overview.slowest.map(({ name }) => name),
      ['POST /orders', 'GET /broken'],
    );
    assert.deepEqual(
      overview.failing.map(({ traceId }) => traceId),
      [FAILED],
    );
  });

  test('keys and values for completion', async () => {
    const keys = await get<AttributeKeys>('attributes?prefix=http.r');
    assert.deepEqual(keys.items.map(({ value }) => value).sort(), ['http.request.method', 'http.response.status_code', 'http.route']);
    assert.deepEqual((await get<AttributeKeys>('attributes?key=tags')).items, [
      { value: 'a', count: 1 },
      { value: 'b', count: 1 },
    ]);
    assert.deepEqual((await get<AttributeKeys>('attributes?signal=logs&key=service.name')).items, [{ value: 'shop', count: 2 }]);
  });

  test('one SELECT', async () => {
    const { status, body } = await viewer.api<SqlResult>('query', {
      sql: "SELECT name, attributes ->> 'http.route' AS route FROM spans WHERE kind = 'server' ORDER BY start_ms",
    });
    assert.equal(status, 200, body.error);
    assert.deepEqual(body.columns, ['name', 'route']);
    assert.deepEqual(body.rows[0], ['POST /orders', '/orders']);
    for (const sql of [
      'DELETE FROM span',
      'SELECT nothing FROM spans',
      "ATTACH '/tmp/x.db' AS x",
      'PRAGMA journal_mode = DELETE',
      'WITH x AS (SELECT 1) INSERT INTO meta SELECT 1, 1',
      'SELECT 1; SELECT 2',
      '',
    ]) {
      const refused = await viewer.api('query', { sql });
      assert.equal(refused.status, 400, sql);
      assert.ok(refused.body.error, sql);
    }
    for (const sql of ['SELECT 1;', "SELECT ';' -- one; two\n; /* three; */ -- four", '-- before\nSELECT 1 ;;\n'])
      assert.equal((await viewer.api('query', { sql })).status, 200, sql);
    assert.equal((await get<Status>('status')).counts.spans, 5);
  });

  test('a trace goes out as OTLP/JSON and comes in again; as Jaeger JSON it has all spans', async () => {
    const file = await raw(`${viewer.endpoints.page}/api/traces/${FAILED}/otlp.json`);
    assert.match(String(file.headers['content-disposition']), /attachment; filename="trace-.*\.json"/);
    await using other = await runViewer();
    const imported = await other.api<Imported>('import', file.body.toString());
    assert.deepEqual(imported.body, { spans: 1, logs: 1, metricPoints: 0, traceIds: [FAILED] });
    const [here, there] = [await get<Trace>(`traces/${FAILED}`), (await other.api<Trace>(`traces/${FAILED}`)).body];
    assert.deepEqual(there.spans, here.spans);
    assert.deepEqual(
      there.logs.map((log) => ({ ...log, id: '' })),
      here.logs.map((log) => ({ ...log, id: '' })),
    );
    const twice = await other.api<Imported>('import', file.body.toString());
    assert.equal(twice.body.spans, 0, 'a span that is there is not taken again');
    const jaeger = await get<{ data: { traceID: string; spans: { references: object[] }[]; processes: object }[] }>(
      `traces/${TRACE}/jaeger.json`,
    );
    assert.equal(jaeger.data[0]!.spans.length, 4);
    assert.equal(Object.keys(jaeger.data[0]!.processes).length, 2);
    const lines = `${JSON.stringify(tracesBody('file', [{ traceId: hex(9, 16), spanId: hex(9, 8), startMs: NOW }]))}\n${JSON.stringify(logsBody('file', [{ timeMs: NOW, body: 'x' }]))}\n`;
    const { body } = await other.api<Imported>('import', lines);
    assert.deepEqual([body.spans, body.logs], [1, 1]);
    for (const wrong of ['{}', 'no json', '[]', '{"resourceSpans": 7}'])
      assert.equal((await other.api('import', wrong)).status, 400, wrong);
  });
});

describe('what it says to requests that cannot be', () => {
  const wrong: readonly (readonly [string, number, RegExp])[] = [
    ['nothing', 404, /no \/api\/nothing/],
    [`traces/${hex(77, 16)}`, 404, /nothing at/],
    ['traces/xyz', 404, /no \/api/],
    ['errors/0123456789abcdef', 404, /nothing at/],
    ['metrics/series?name=no.such', 404, /nothing at/],
    ['traces?limit=0', 400, /limit is "0"; it must be a whole number from 1 to 1000/],
    ['traces?limit=1&limit=2', 400, /given 2 times/],
    ['traces?from=yesterday', 400, /Unix time/],
    ['traces?sort=fastest', 400, /newest, slowest/],
    ['traces?attr=>5', 400, /key=value/],
    ['traces?before=later', 400, /`next`/],
    ['traces?colour=red', 400, /no parameter "colour".*known are from, to/],
    ['logs?level=loud', 400, /trace, debug, info, warn, error, fatal/],
    ['logs?traceId=xyz', 400, /hexadecimal/],
    ['live?signals=noise', 400, /one of traces, logs, metrics/],
    ['services?x=1', 400, /there are none/],
  ];
  for (const [path, status, message] of wrong) {
    test(`GET /api/${path}: ${status}`, async () => {
      const answer = await viewer.api(path);
      assert.equal(answer.status, status);
      assert.match(answer.body.error ?? '', message);
    });
  }

  test('methods', async () => {
    for (const [method, path, allow] of [
      ['DELETE', 'traces', 'GET, HEAD'],
      ['GET', 'clear', 'POST'],
      ['PUT', 'import', 'POST'],
      ['POST', 'status', 'GET, HEAD'],
    ] as const) {
      const answer = await raw(`${viewer.endpoints.page}/api/${path}`, { method });
      assert.equal(answer.status, 405);
      assert.equal(answer.headers.allow, allow);
    }
  });
});

describe('how it answers', () => {
  test('large answers come compressed to who takes that', async () => {
    const { headers, body } = await raw(`${viewer.endpoints.page}/`, { headers: { 'accept-encoding': 'br, gzip' } });
    assert.equal(headers['content-encoding'], 'gzip');
    assert.match(gunzipSync(body).toString(), /^<!doctype html>/);
    assert.equal((await raw(`${viewer.endpoints.page}/`)).headers['content-encoding'], undefined);
  });

  test('any path is the page, files have an etag, and nothing outside of the folder is given', async () => {
    for (const path of [
      '/',
      '/traces/abc',
      '/no/such/file.js',
      '/../../../etc/passwd',
      '/%2e%2e/package.json',
      '/viewer/threads/thread.js',
    ]) {
      const { status, headers, body } = await raw(viewer.endpoints.page + path);
      assert.equal(status, 200, path);
      assert.match(String(headers['content-type']), /text\/html/);
      assert.match(body.toString(), /^<!doctype html>/);
    }
    const first = await raw(`${viewer.endpoints.page}/page.js`);
    assert.match(String(first.headers['content-type']), /javascript/);
    const again = await raw(`${viewer.endpoints.page}/page.js`, { headers: { 'if-none-match': String(first.headers.etag) } });
    assert.deepEqual([again.status, again.body.length], [304, 0]);
    assert.equal((await raw(`${viewer.endpoints.page}/missing.js`)).status, 404);
  });

  test('live: what comes is told of, filtered, and so is that everything was deleted', { timeout: 120_000 }, async () => {
    await using own = await runViewer();
    const stop = new AbortController();
    const response = await fetch(`${own.endpoints.page}/api/live?service=a&level=warn`, { signal: stop.signal });
    assert.match(response.headers.get('content-type') ?? '', /text\/event-stream/);
    const events = readEvents(response.body!);
    assert.equal((await events.next()).value?.event, 'counts');
    await own.otlp('traces', tracesBody('b', [{ traceId: hex(1, 16), spanId: hex(1, 8), startMs: NOW }]));
    await own.otlp('traces', tracesBody('a', [{ traceId: hex(2, 16), spanId: hex(2, 8), startMs: NOW, name: 'mine' }]));
    const logs = [
      { timeMs: NOW, body: 'quiet' },
      { timeMs: NOW, body: 'loud', severity: 17 },
    ];
    await own.otlp('logs', logsBody('a', logs));
    const seen: Record<string, string[]> = { traces: [], logs: [] };
    for await (const { event, data } of events) {
      const { items = [] } = JSON.parse(data) as { items?: { name?: string; body?: string }[] };
      for (const item of items) seen[event]?.push(String(item.name ?? item.body));
      if (seen['traces']!.length > 0 && seen['logs']!.length > 0) await own.api('clear', {});
      if (event === 'cleared') break;
    }
    stop.abort();
    assert.deepEqual(seen, { traces: ['mine'], logs: ['loud'] });
    assert.equal((await own.api<Status>('status')).body.counts.spans, 0);
  });
});
