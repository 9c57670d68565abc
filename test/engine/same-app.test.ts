/** The same apps under both engines: every span and log record that arrives is the same in every field but ids, times and what tells processes apart. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startReceiver } from '../../src/testing.ts';
import type { LogRecord, SpanRecord } from '../../src/testing.ts';
import { root, runApp } from '../support/run-app.ts';

const folder = join(root, 'test', 'fixtures', 'engine');
const apps = ['express-winston.cjs', 'fastify-pino.mjs', 'outgoing.mjs', 'api.cjs'];
const protocols = ['http/protobuf', 'http/json', 'grpc'] as const;

/** Of this process, or of the moment. */
const PASSING =
  /^(process\.pid|process\.creation\.time|service\.instance\.id|http\.response\.header\.date|network\.peer\.port|client\.port|remotePort|reqId|responseTime|time)$/;

async function run(app: string, engine: string, protocol: string): Promise<{ spans: SpanRecord[]; logs: LogRecord[] }> {
  const receiver = await startReceiver({ grpc: true });
  try {
    const { code, stderr } = await runApp({
      app: join(folder, app),
      receiver,
      env: {
        OTELIER_ENGINE: engine,
        OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
        OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? receiver.grpcUrl : receiver.url,
        OTEL_METRICS_EXPORTER: 'none',
      },
    });
    assert.equal(code, 0, stderr);
    return { spans: [...receiver.spans], logs: [...receiver.logs] };
  } finally {
    await receiver.close();
  }
}

/** Ids become places in the list, times become whether they were given, ports and addresses of this run become their names. */
function comparable({ spans, logs }: { spans: SpanRecord[]; logs: LogRecord[] }): unknown {
  const names = new Map<string, string>();
  const nameOf = (id: string, kind: string): string => {
    if (id === '' || GIVEN_IDS.has(id)) return id;
    if (!names.has(id)) names.set(id, `${kind} ${names.size}`);
    return names.get(id)!;
  };
  const ports = new Map<string, string>();
  const portOf = (port: string): string => {
    if (!ports.has(port)) ports.set(port, `port ${ports.size}`);
    return ports.get(port)!;
  };
  const settle = (value: unknown, key = ''): unknown => {
    if (PASSING.test(key)) return `some ${typeof value}`;
    if (key === 'traceId') return nameOf(String(value), 'trace');
    if (key === 'spanId' || key === 'parentSpanId') return nameOf(String(value), 'span');
    if (key === 'server.port' || key === 'network.peer.port' || key === 'client.port' || key === 'net.peer.port')
      return portOf(String(value));
    if (typeof value === 'bigint') return key.endsWith('UnixNano') ? timeOf(value) : value;
    if (typeof value === 'string') return value.replace(/127\.0\.0\.1:(\d+)/g, (_all, port: string) => `127.0.0.1:${portOf(port)}`);
    if (Array.isArray(value)) return value.map((item) => settle(item));
    if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, settle(inner, name)]));
  };
  return {
    spans: spans.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1)).map((span) => settle(span)),
    logs: logs.map((record) => settle(record)),
  };
}

/** Starts are too close together to sort by, and each span of an app is unlike the others. */
const placeOf = ({ kind, name, attributes }: SpanRecord): string =>
  `${kind} ${name} ${String(attributes['url.full'] ?? attributes['url.path']).replace(/:\d+/, '')}`;

/** The app of the API gives its times itself: far away from now. */
const timeOf = (nanos: bigint): unknown => (nanos > 1_799_999_999_000_000_000n ? nanos : nanos > 0n);
const GIVEN_IDS = new Set(['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']);

describe('the same app tells the same under both engines', () => {
  for (const app of apps) {
    for (const protocol of protocols) {
      test(`${app} over ${protocol}`, async () => {
        const [lean, sdk] = [await run(app, 'lean', protocol), await run(app, 'sdk', protocol)];
        assert.ok(lean.spans.length >= 3, `${lean.spans.length} spans`);
        if (app !== 'outgoing.mjs') assert.ok(lean.logs.length >= 3, `${lean.logs.length} log records`);
        assert.deepEqual(comparable(lean), comparable(sdk));
      });
    }
  }
});
