/** The ways of OTLP: protocols, compression, headers, an endpoint for each signal, TLS. Whichever way, all three signals arrive whole. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createServer } from 'node:tls';
import type { Server, TlsOptions } from 'node:tls';
import { startReceiver } from '../../src/testing.ts';
import type { Receiver } from '../../src/testing.ts';
import { createCertificate } from '../support/certificates.ts';
import { root, runApp } from '../support/run-app.ts';
import type { AppResult } from '../support/run-app.ts';

const app = join(root, 'test', 'fixtures', 'protocols', 'signals.cjs');

/** What the app recorded, in full. */
function checkSignals({ spans, logs, metrics }: AppResult['receiver']): void {
  const [span, ...moreSpans] = spans;
  assert.deepEqual(
    [span?.name, span?.kind, span?.attributes, span?.scope.name, span?.scope.version, moreSpans.length],
    ['work', 'internal', { order: 7 }, 'app', '1.2.3', 0],
  );
  assert.ok(span!.endTimeUnixNano >= span!.startTimeUnixNano && span!.startTimeUnixNano > 1_700_000_000_000_000_000n);
  assert.deepEqual(
    logs.map(({ body, severityNumber, traceId, spanId }) => [body, severityNumber, traceId, spanId]),
    [['said', 9, span!.traceId, span!.spanId]],
  );
  const orders = metrics.find(({ name }) => name === 'app.orders')!;
  assert.deepEqual(
    [orders.type, orders.unit, orders.description, orders.monotonic, orders.points[0]!.value, orders.points[0]!.attributes],
    ['sum', '{order}', 'Orders placed.', true, 3, { tenant: 'acme' }],
  );
  const duration = metrics.find(({ name }) => name === 'app.duration')!;
  assert.deepEqual([duration.type, duration.points[0]!.count, duration.points[0]!.sum], ['histogram', 1n, 12]);
  for (const { resource } of [span!, logs[0]!, orders])
    assert.deepEqual([resource.attributes['service.name'], resource.attributes['telemetry.distro.name']], ['otelier', 'otelier']);
}

describe('every protocol, plain and compressed, brings all three signals', () => {
  for (const protocol of ['http/protobuf', 'http/json', 'grpc'] as const) {
    for (const compression of ['none', 'gzip'] as const) {
      test(`${protocol}, ${compression}`, async (t) => {
        const receiver = await startReceiver({ grpc: true });
        t.after(() => receiver.close());
        const { code, stderr } = await runApp({
          app,
          receiver,
          env: {
            OTEL_EXPORTER_OTLP_ENDPOINT: protocol === 'grpc' ? receiver.grpcUrl : receiver.url,
            OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
            OTEL_EXPORTER_OTLP_COMPRESSION: compression,
            OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20hunter2,x-tenant=acme',
          },
        });
        assert.equal(code, 0);
        assert.equal(stderr.trim().split('\n').length, 1, stderr);
        checkSignals(receiver);
        assert.deepEqual([...new Set(receiver.requests.map(({ signal }) => signal))].sort(), ['logs', 'metrics', 'traces']);
        for (const { transport, encoding, headers } of receiver.requests) {
          assert.deepEqual([transport, encoding], [protocol === 'grpc' ? 'grpc' : 'http', protocol === 'http/json' ? 'json' : 'protobuf']);
          assert.deepEqual([headers['authorization'], headers['x-tenant']], ['Bearer hunter2', 'acme']);
          assert.match(String(headers['user-agent']), /^otelier\/\d+\.\d+\.\d+ OTel-OTLP-Exporter-JavaScript$/);
          assert.equal(headers[protocol === 'grpc' ? 'grpc-encoding' : 'content-encoding'], compression === 'gzip' ? 'gzip' : undefined);
        }
      });
    }
  }
});

test('each signal can have an endpoint, a protocol and headers of its own', async (t) => {
  const [base, own] = await Promise.all([startReceiver(), startReceiver({ grpc: true })]);
  t.after(() => Promise.all([base.close(), own.close()]));
  await runApp({
    app,
    receiver: base,
    env: {
      OTEL_EXPORTER_OTLP_HEADERS: 'x-of=all',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own.grpcUrl,
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-of=traces',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `${own.url}/v1/logs`,
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/json',
    },
  });
  const seen = ({ requests }: Receiver) =>
    [
      ...new Set(
        requests.map(({ signal, transport, encoding, headers }) => `${signal} ${transport} ${encoding} ${String(headers['x-of'])}`),
      ),
    ].sort();
  assert.deepEqual(seen(base), ['metrics http protobuf all']);
  assert.deepEqual(seen(own), ['logs http json all', 'traces grpc protobuf traces']);
  checkSignals({ spans: own.spans, logs: own.logs, metrics: base.metrics, requests: [] });
});

describe('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'otelier-tls-'));
  const files = {
    ca: join(folder, 'ca.pem'),
    cert: join(folder, 'client.pem'),
    key: join(folder, 'client-key.pem'),
    other: join(folder, 'other.pem'),
  };
  const authority = createCertificate('test authority');
  let receiver: Receiver;
  let fronts: Record<'http/protobuf' | 'grpc', Server>;

  before(async () => {
    const client = createCertificate('client', authority);
    writeFileSync(files.ca, authority.cert);
    writeFileSync(files.cert, client.cert);
    writeFileSync(files.key, client.key);
    writeFileSync(files.other, createCertificate('another authority').cert);
    receiver = await startReceiver({ grpc: true });
    const { key, cert } = createCertificate('collector', authority);
    const options: TlsOptions = { key, cert, ca: authority.cert, requestCert: true, rejectUnauthorized: true };
    fronts = {
      'http/protobuf': await startFront(receiver.port, options),
      grpc: await startFront(Number(new URL(receiver.grpcUrl!).port), { ...options, ALPNProtocols: ['h2'] }),
    };
  });
  after(async () => {
    for (const front of Object.values(fronts)) front.close();
    await receiver.close();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const protocol of ['http/protobuf', 'grpc'] as const) {
    const run = (certificates: Record<string, string>): Promise<AppResult> => {
      receiver.clear();
      const { port } = fronts[protocol].address() as AddressInfo;
      return runApp({
        app,
        receiver,
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: `https://127.0.0.1:${port}`, OTEL_EXPORTER_OTLP_PROTOCOL: protocol, ...certificates },
      });
    };

    test(`${protocol}: with the right authority and a client certificate everything arrives`, async () => {
      const {
        code,
        stderr,
        receiver: received,
      } = await run({
        OTEL_EXPORTER_OTLP_CERTIFICATE: files.ca,
        OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: files.cert,
        OTEL_EXPORTER_OTLP_CLIENT_KEY: files.key,
      });
      assert.equal(code, 0);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
      checkSignals(received);
    });

    test(`${protocol}: without the client certificate the collector refuses, and otelier says so`, async () => {
      const { code, stdout, stderr, receiver: received } = await run({ OTEL_EXPORTER_OTLP_CERTIFICATE: files.ca });
      assert.deepEqual([code, stdout, received.requests.length], [0, 'ready\n', 0]);
      assert.match(stderr, /otelier: cannot deliver to https:\/\/127\.0\.0\.1:\d+: /);
    });

    test(`${protocol}: a certificate of an unknown authority is not trusted, and otelier says which variable to look at`, async () => {
      const { code, stdout, stderr, receiver: received } = await run({ OTEL_EXPORTER_OTLP_CERTIFICATE: files.other });
      assert.deepEqual([code, stdout, received.requests.length], [0, 'ready\n', 0]);
      assert.match(stderr, /cannot deliver to https:\/\/127\.0\.0\.1:\d+: .*certificate.*OTEL_EXPORTER_OTLP_CERTIFICATE/);
    });
  }
});

/** Takes TLS off and passes on to a port. */
async function startFront(port: number, options: TlsOptions): Promise<Server> {
  const server = createServer(options, (secure) => {
    const plain = connect(port, '127.0.0.1');
    secure.on('error', () => plain.destroy());
    plain.on('error', () => secure.destroy());
    secure.pipe(plain).pipe(secure);
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
