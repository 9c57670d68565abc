/** HTTP/2 and HTTPS servers: the same spans, where Node.js tells of them. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { createCertificate } from '../support/certificates.ts';
import { nodeVersions } from '../support/node-versions.ts';
import { root, runApp } from '../support/run-app.ts';

const app = join(root, 'test', 'fixtures', 'instrument', 'http2-server.cjs');
const { key, cert } = createCertificate('localhost');
const env = {
  TLS_KEY: key,
  TLS_CERT: cert,
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'undici',
  OTELIER_INSTRUMENTATION_HTTP_DISABLE_OUTGOING_REQUEST_INSTRUMENTATION: 'true',
  OTEL_INSTRUMENTATION_HTTP_SERVER_CAPTURE_RESPONSE_HEADERS: 'x-kept',
};

for (const node of nodeVersions) {
  const knows = !node.startsWith('20.');
  test(`${knows ? 'each stream of HTTP/2 is a span' : 'HTTP/2 runs untouched, and HTTPS is traced'} on Node.js ${node}`, async () => {
    const { receiver, stdout, stderr, code } = await runApp({ app, node, env });
    assert.equal(code, 0, stderr);
    const lines = stdout.trim().split('\n');
    assert.equal(lines.length, 9, stdout);
    // On the older line only the request over HTTP/1.1 has a span.
    assert.deepEqual(
      lines.filter((line) => !line.endsWith(' true')),
      knows ? [] : lines.filter((line) => !line.startsWith('/one')),
    );
    const told = receiver.spans.map(({ kind, name, attributes, status }) =>
      [
        kind,
        name,
        ...['network.protocol.version', 'url.scheme', 'url.path', 'http.response.status_code'].map((of) => attributes[of]),
        status.code,
      ].join(' '),
    );
    const overHttp1 = 'server GET 1.1 https /one 200 unset';
    assert.deepEqual(
      told.sort(),
      knows
        ? [
            overHttp1,
            'server GET 2 http /reset  error',
            'server GET 2 https /broken 500 error',
            'server GET 2 https /compat 200 unset',
            'server POST 2 http /asked 201 unset',
            'server POST 2 http /core 201 unset',
          ]
        : [overHttp1],
    );
    if (!knows) return;
    const { attributes, traceId, parentSpanId } = receiver.spans.find((span) => span.attributes['url.path'] === '/asked')!;
    assert.deepEqual([traceId, parentSpanId], ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331']);
    assert.deepEqual(
      ['url.query', 'server.address', 'server.port', 'client.address', 'http.response.header.x-kept'].map((name) => attributes[name]),
      ['a=b', 'two.test', 81, '127.0.0.1', ['yes']],
    );
  });
}
