/** Whatever is wrong with the configuration: the app prints and ends as without otelier, and stderr names the problem without giving a secret away. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startReceiver } from '../../src/testing.ts';
import type { Receiver } from '../../src/testing.ts';
import { runApp } from '../support/run-app.ts';
import type { AppResult } from '../support/run-app.ts';

const secret = 'hunter2planted';

/** Addresses of servers that are not what an exporter hopes for; `{name}` in a value stands for one of them. */
const servers: Record<string, () => Server> = {
  page: () => createHttpServer((_, res) => res.setHeader('content-type', 'text/html').end('<html>It works!</html>')),
  missing: () => createHttpServer((_, res) => res.writeHead(404, { 'content-type': 'text/plain' }).end('no such page')),
  login: () => createHttpServer((_, res) => res.writeHead(302, { location: '/login' }).end()),
  unauthorized: () => createHttpServer((_, res) => res.writeHead(401).end()),
  broken: () => createHttpServer((_, res) => res.writeHead(500).end()),
  busy: () => createHttpServer((_, res) => res.writeHead(503, { 'retry-after': '30' }).end()),
  garbage: () => createTcpServer((socket) => socket.on('error', () => {}).end('\0\x01SSH-2.0-not an HTTP server\r\n')),
  hangup: () => createTcpServer((socket) => socket.destroy()),
  silent: () => createTcpServer((socket) => socket.on('error', () => {}).resume()),
  endless: () => createHttpServer((_, res) => void res.writeHead(200).write('x'.repeat(5 * 1024 * 1024))),
};
const files: Readonly<Record<string, string>> = {
  'text.txt': 'this is no PEM text',
  'broken.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  'broken.json': '{ "pg": { enhanced',
  'list.json': '[1, 2]',
  'unknown.json': '{ "postgres-client": {}, "pg": { "enhancedDatabaseReportin": true, "requireParentSpan": "yes" }, "http": 5 }',
  'tabs.yaml': 'file_format: "1.0"\n\ttracer_provider: {',
  'old.yaml': 'file_format: "0.1"\n',
  'list.yaml': '- 1\n- 2\n',
};

interface Row {
  readonly env: Readonly<Record<string, string>>;
  /** Each has to match stderr. */
  readonly says: readonly RegExp[];
  readonly title?: string;
}
const row = (env: Row['env'], ...says: readonly RegExp[]): Row => ({ env, says });
/** For those who get no answer; the others have one sooner than even a busy machine is late. */
const impatient = { OTELIER_SHUTDOWN_TIMEOUT: '700' };
const endpoint = (value: string, ...says: readonly RegExp[]): Row => row({ OTEL_EXPORTER_OTLP_ENDPOINT: value }, ...says);

const rows: readonly Row[] = [
  // Wrong kinds of values
  row({ OTEL_SDK_DISABLED: 'yes' }, /OTEL_SDK_DISABLED is "yes"; only true or false is allowed\. Telemetry stays on\./),
  row({ OTEL_LOG_LEVEL: 'loud' }, /OTEL_LOG_LEVEL is "loud"; allowed: none, error,/),
  row({ OTEL_PROPAGATORS: 'tracecontext,b4' }, /OTEL_PROPAGATORS names "b4"; .* Did you mean b3\?/),
  row({ OTEL_TRACES_EXPORTER: 'zipkin' }, /OTEL_TRACES_EXPORTER names "zipkin"; allowed: otlp, console, none/),
  row({ OTEL_METRICS_EXPORTER: 'otlp,statsd' }, /OTEL_METRICS_EXPORTER names "statsd"; .* Using otlp\./),
  row({ OTEL_LOGS_EXPORTER: 'none,console' }, /OTEL_LOGS_EXPORTER is "none,console"; none cannot stand beside others/),
  row({ OTEL_TRACES_SAMPLER: 'sometimes' }, /OTEL_TRACES_SAMPLER is "sometimes"; allowed: always_on/),
  row(
    { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' },
    /OTEL_TRACES_SAMPLER_ARG is "2"; a ratio is 0 to 1\. Sampling everything\./,
  ),
  row({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '10%' }, /OTEL_TRACES_SAMPLER_ARG is "10%"/),
  row({ OTEL_TRACES_SAMPLER_ARG: '0.5' }, /OTEL_TRACES_SAMPLER_ARG is "0\.5", but the sampler parentbased_always_on takes no argument/),
  row({ OTEL_METRIC_EXPORT_INTERVAL: '5s' }, /OTEL_METRIC_EXPORT_INTERVAL is "5s"; a whole number of milliseconds/),
  row({ OTEL_METRIC_EXPORT_INTERVAL: '-1' }, /OTEL_METRIC_EXPORT_INTERVAL is "-1"/),
  row(
    { OTEL_METRIC_EXPORT_INTERVAL: '1000', OTEL_METRIC_EXPORT_TIMEOUT: '5000' },
    /OTEL_METRIC_EXPORT_TIMEOUT is "5000"; it can be at most OTEL_METRIC_EXPORT_INTERVAL/,
  ),
  row({ OTEL_BSP_SCHEDULE_DELAY: '0' }, /OTEL_BSP_SCHEDULE_DELAY is "0"/),
  row({ OTEL_BSP_MAX_QUEUE_SIZE: '1e9' }, /OTEL_BSP_MAX_QUEUE_SIZE is "1e9"/),
  row({ OTEL_BSP_MAX_QUEUE_SIZE: '99999999' }, /OTEL_BSP_MAX_QUEUE_SIZE is "99999999"; a whole number from 1 to 1000000/),
  row(
    { OTEL_BSP_MAX_QUEUE_SIZE: '10', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '20' },
    /OTEL_BSP_MAX_EXPORT_BATCH_SIZE is "20"; it can be at most OTEL_BSP_MAX_QUEUE_SIZE/,
  ),
  row({ OTEL_BLRP_EXPORT_TIMEOUT: 'never' }, /OTEL_BLRP_EXPORT_TIMEOUT is "never"/),
  row({ OTEL_ATTRIBUTE_COUNT_LIMIT: 'all' }, /OTEL_ATTRIBUTE_COUNT_LIMIT is "all"/),
  row({ OTEL_SPAN_EVENT_COUNT_LIMIT: '-5' }, /OTEL_SPAN_EVENT_COUNT_LIMIT is "-5"/),
  row({ OTEL_EXPORTER_OTLP_TIMEOUT: '99999999999' }, /OTEL_EXPORTER_OTLP_TIMEOUT is "99999999999"/),
  row({ OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd' }, /OTEL_EXPORTER_OTLP_COMPRESSION is "zstd"; allowed: none, gzip/),
  row({ OTEL_EXPORTER_OTLP_PROTOCOL: 'http' }, /OTEL_EXPORTER_OTLP_PROTOCOL is "http"; allowed: http\/protobuf, http\/json, grpc/),
  row({ OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'daily' }, /TEMPORALITY_PREFERENCE is "daily"/),
  row({ OTEL_EXPORTER_PROMETHEUS_PORT: '70000', OTEL_METRICS_EXPORTER: 'prometheus' }, /OTEL_EXPORTER_PROMETHEUS_PORT is "70000"/),
  row(
    { OTEL_RESOURCE_ATTRIBUTES: 'service.name=a,broken,b=%zz' },
    /Pair 2 of OTEL_RESOURCE_ATTRIBUTES is wrong: it has no "="/,
    /Pair 3 of OTEL_RESOURCE_ATTRIBUTES/,
  ),
  row({ OTEL_NODE_RESOURCE_DETECTORS: 'host,moon' }, /OTEL_NODE_RESOURCE_DETECTORS names "moon"/),
  row({ OTELIER_SHUTDOWN_TIMEOUT: '2s' }, /OTELIER_SHUTDOWN_TIMEOUT is "2s"/),
  row({ OTELIER_WORKER_THREADS: '1' }, /OTELIER_WORKER_THREADS is "1"/),
  row({ OTEL_TRACES_SAMPLER: 'x\u001b[31m\notelier: forged' }, /OTEL_TRACES_SAMPLER is "x\\u001b\[31m\\u000aotelier: forged"/),
  row({ OTEL_BSP_SCHEDULE_DELAY: 'x'.repeat(100_000) }, /OTEL_BSP_SCHEDULE_DELAY is "x{80}\.\.\."/),

  // Names that do not exist
  row(
    { OTELIER_SHUTDOWN_TIMOUT: '1' },
    /OTELIER_SHUTDOWN_TIMOUT is not a variable that otelier knows\. It is ignored\. Did you mean OTELIER_SHUTDOWN_TIMEOUT\?/,
  ),
  row({ OTEL_SERVICE_NAM: 'shop' }, /OTEL_SERVICE_NAM is not a variable .* Did you mean OTEL_SERVICE_NAME\?/),
  row({ OTELIER_MAGIC: '1' }, /OTELIER_MAGIC is not a variable that otelier knows/),
  row({ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'htp,express' }, /OTEL_NODE_ENABLED_INSTRUMENTATIONS names "htp"; .* Did you mean http\?/),
  row(
    { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'everything' },
    /OTEL_NODE_DISABLED_INSTRUMENTATIONS names "everything"; .* Nothing is switched off by it\./,
  ),
  row({ OTELIER_INSTRUMENTATION_PG_MAGIC: 'true' }, /OTELIER_INSTRUMENTATION_PG_MAGIC is not an option that otelier knows/),
  row({ OTELIER_INSTRUMENTATION_PG_REQUIRE_PARENT_SPAN: 'maybe' }, /OTELIER_INSTRUMENTATION_PG_REQUIRE_PARENT_SPAN is "maybe"/),

  // Headers
  row({ OTEL_EXPORTER_OTLP_HEADERS: `authorization ${secret}` }, /Pair 1 of OTEL_EXPORTER_OTLP_HEADERS is wrong: it has no "="/),
  row({ OTEL_EXPORTER_OTLP_HEADERS: `a=b,bad name=${secret}` }, /Pair 2 of OTEL_EXPORTER_OTLP_HEADERS is wrong: its name has a character/),
  row(
    { OTEL_EXPORTER_OTLP_TRACES_HEADERS: `authorization=${secret}%0d%0aforged: 1` },
    /Pair 1 of OTEL_EXPORTER_OTLP_TRACES_HEADERS is wrong: its value has a character/,
  ),

  // Addresses that cannot be read
  endpoint('localhost:4318', /OTEL_EXPORTER_OTLP_ENDPOINT is "localhost:4318"; a URL that begins with http:\/\/ or https:\/\/ is allowed/),
  endpoint('ftp://127.0.0.1/otlp', /OTEL_EXPORTER_OTLP_ENDPOINT is "ftp:\/\/127\.0\.0\.1\/otlp"; a URL/),
  endpoint('http://127.0.0.1:99999', /OTEL_EXPORTER_OTLP_ENDPOINT is "http:\/\/127\.0\.0\.1:99999"; a URL/),
  endpoint('http://[::1', /OTEL_EXPORTER_OTLP_ENDPOINT is "http:\/\/\[::1"; a URL/),
  endpoint(`user:${secret}@127.0.0.1:4318`, /OTEL_EXPORTER_OTLP_ENDPOINT is "\[hidden\]"/),
  endpoint('{collector}/v1/traces', /it is the base of all signals, and \/v1\/traces and so on is added to it/, /refuses spans: HTTP 404/),
  row(
    { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '{collector}' },
    /OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is "http:\/\/127\.0\.0\.1:\d+\/"; this variable is used as it is, and it has no path/,
  ),
  row({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '//nothing' }, /OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is "\/\/nothing"; a URL/),

  // Addresses where nobody listens, or somebody who speaks something else
  endpoint(
    'http://127.0.0.1:1',
    /not delivered to http:\/\/127\.0\.0\.1:1: connection refused|cannot deliver to http:\/\/127\.0\.0\.1:1: connection refused/,
  ),
  endpoint('{page}', /refuses spans: HTTP 200 with a web page \(text\/html\); this does not look like an OTLP endpoint/),
  endpoint('{missing}', /refuses spans: HTTP 404: no such page\. They are dropped\. Check the path/),
  endpoint('{login}', /refuses spans: HTTP 302/),
  endpoint('{unauthorized}', /refuses spans: HTTP 401\. They are dropped\. Check the credentials in OTEL_EXPORTER_OTLP_HEADERS/),
  endpoint('{broken}', /refuses spans: HTTP 500/),
  endpoint('{busy}', /cannot deliver to \S+: HTTP 503/),
  endpoint(
    '{garbage}',
    /cannot deliver to \S+: the answer is not HTTP of the expected kind\. .* Check that the port speaks http\/protobuf/,
  ),
  endpoint('{hangup}', /cannot deliver to \S+: (connection reset|socket hang up)/),
  row({ OTEL_EXPORTER_OTLP_ENDPOINT: '{silent}', ...impatient }, /not delivered to \S+: there was no answer in time/),
  endpoint('{endless}', /cannot deliver to \S+: the answer is larger than 4 MiB/),
  endpoint('https://{collector:host}', /cannot deliver to https:\S+: .*(SSL|TLS|EPROTO|wrong version)/i),
  endpoint(`http://user:${secret}@{unauthorized:host}`, /refuses spans: HTTP 401/),
  row(
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: '{collector}' },
    /cannot deliver to \S+: .* Check that the port speaks grpc/,
  ),
  row(
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: '{garbage}' },
    /cannot deliver to \S+: .* Check that the port speaks grpc/,
  ),
  row(
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
    /(cannot deliver|not delivered) to http:\/\/127\.0\.0\.1:1: connection refused/,
  ),
  row(
    { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc', OTEL_EXPORTER_OTLP_ENDPOINT: '{silent}', ...impatient },
    /not delivered to \S+: there was no answer in time/,
  ),
  endpoint('{grpc}', /(cannot deliver|refuses|not delivered).* Check that the port speaks http\/protobuf/),

  // Files
  row(
    { OTEL_EXPORTER_OTLP_CERTIFICATE: '/nowhere/ca.pem' },
    /OTEL_EXPORTER_OTLP_CERTIFICATE names the file "\/nowhere\/ca\.pem", which cannot be read \(ENOENT\)/,
  ),
  row({ OTEL_EXPORTER_OTLP_CERTIFICATE: '{dir}/text.txt' }, /text\.txt", which has no PEM text in it/),
  row({ OTEL_EXPORTER_OTLP_CERTIFICATE: '{dir}' }, /OTEL_EXPORTER_OTLP_CERTIFICATE names the file .* which cannot be read \(EISDIR\)/),
  row(
    { OTEL_EXPORTER_OTLP_CERTIFICATE: '{dir}/broken.pem', OTEL_EXPORTER_OTLP_ENDPOINT: 'https://{collector:host}' },
    /cannot deliver to|refuses spans/,
    /OTEL_EXPORTER_OTLP_CERTIFICATE/,
  ),
  row(
    { OTEL_EXPORTER_OTLP_CLIENT_KEY: `-----BEGIN PRIVATE KEY-----\n${secret}\n-----END PRIVATE KEY-----` },
    /OTEL_EXPORTER_OTLP_CLIENT_KEY names the file "\[hidden\]"/,
  ),
  row(
    { OTEL_EXPORTER_OTLP_CLIENT_KEY: '{dir}/broken.pem' },
    /OTEL_EXPORTER_OTLP_CLIENT_KEY is set without OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE/,
  ),
  row(
    { OTELIER_INSTRUMENTATIONS_FILE: '{dir}/none.json' },
    /OTELIER_INSTRUMENTATIONS_FILE names the file .* which cannot be read \(ENOENT\)/,
  ),
  row({ OTELIER_INSTRUMENTATIONS_FILE: '{dir}/broken.json' }, /broken\.json is not what OTELIER_INSTRUMENTATIONS_FILE takes/),
  row({ OTELIER_INSTRUMENTATIONS_FILE: '{dir}/list.json' }, /list\.json is not what OTELIER_INSTRUMENTATIONS_FILE takes/),
  row(
    { OTELIER_INSTRUMENTATIONS_FILE: '{dir}/unknown.json' },
    /names "postgres-client"/,
    /sets pg\.enhancedDatabaseReportin, which pg does not have/,
    /sets pg\.requireParentSpan to/,
    /gives http/,
  ),
  row({ OTEL_CONFIG_FILE: '{dir}/none.yaml' }, /OTEL_CONFIG_FILE \S+none\.yaml could not be used: .* Telemetry is off; the app runs on\./),
  row({ OTEL_CONFIG_FILE: '{dir}' }, /OTEL_CONFIG_FILE \S+ could not be used/),
  row({ OTEL_CONFIG_FILE: '{dir}/tabs.yaml' }, /OTEL_CONFIG_FILE \S+tabs\.yaml could not be used/),
  row({ OTEL_CONFIG_FILE: '{dir}/list.yaml' }, /OTEL_CONFIG_FILE \S+list\.yaml could not be used/),
  row({ OTEL_CONFIG_FILE: '{dir}/old.yaml' }, /OTEL_CONFIG_FILE \S+old\.yaml could not be used/),
  row(
    { OTEL_METRICS_EXPORTER: 'prometheus', OTEL_EXPORTER_PROMETHEUS_HOST: '127.0.0.1', OTEL_EXPORTER_PROMETHEUS_PORT: '{collector:port}' },
    /metrics cannot be served on 127\.0\.0\.1:\d+: another process listens there/,
  ),
];

describe('bad configuration leaves the app alone and is named', { concurrency: 2 }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'otelier-bad-'));
  const places = new Map<string, string>([['dir', dir]]);
  const running: Server[] = [];
  let receiver: Receiver;
  let bare: AppResult;

  before(async () => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
    chmodSync(dir, 0o700);
    receiver = await startReceiver({ grpc: true });
    place('collector', receiver.port);
    place('grpc', Number(new URL(receiver.grpcUrl!).port));
    for (const [name, create] of Object.entries(servers)) {
      const server = create().listen(0, '127.0.0.1');
      running.push(server);
      await once(server, 'listening');
      place(name, (server.address() as AddressInfo).port);
    }
    bare = await run({}, 'none');
    assert.deepEqual([bare.code, bare.stderr], [7, '']);
  });
  after(async () => {
    for (const server of running) {
      server.close();
      (server as Partial<ReturnType<typeof createHttpServer>>).closeAllConnections?.();
    }
    await receiver.close();
    rmSync(dir, { recursive: true });
  });

  function place(name: string, port: number): void {
    places.set(name, `http://127.0.0.1:${port}`);
    places.set(`${name}:host`, `127.0.0.1:${port}`);
    places.set(`${name}:port`, String(port));
  }
  const fill = (text: string): string => text.replaceAll(/\{([a-z:]+)\}/g, (all, name: string) => places.get(name) ?? all);
  const run = (env: Row['env'], preload: 'import' | 'none'): Promise<AppResult> =>
    runApp({
      app: 'prints-and-exits.mjs',
      preload,
      receiver: 'none',
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: places.get('collector'),
        OTEL_EXPORTER_OTLP_HEADERS: `x-api-key=${secret}`,
        OTELIER_SHUTDOWN_TIMEOUT: '30000',
        ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, fill(value)])),
      },
    });

  for (const { env, says } of rows) {
    const title = Object.entries(env)
      .map(([name, value]) => `${name}=${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value)}`)
      .join(' ');
    test(title, async () => {
      const { code, signal, stdout, stderr } = await run(env, 'import');
      assert.deepEqual({ code, signal, stdout }, { code: 7, signal: null, stdout: bare.stdout }, stderr);
      for (const pattern of says) assert.match(stderr, pattern);
      assert.ok(!stderr.includes(secret), stderr);
      for (const line of stderr.trimEnd().split('\n')) assert.match(line, /^otelier: /);
      assert.ok(stderr.length < 4000, `${stderr.length} characters`);
    });
  }
});
