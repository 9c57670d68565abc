import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Env } from '../../src/config/types.ts';
import { messagesOf, resolve } from './sources.ts';

const CERT = '-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n';
const BASE = 'OTEL_EXPORTER_OTLP_ENDPOINT';
const TRACES = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';
const PROTOCOL = 'OTEL_EXPORTER_OTLP_PROTOCOL';

const targetsOf = (env: Env, files = {}) => {
  const { config } = resolve(env, files);
  return { traces: config.traces!.otlp!, metrics: config.metrics!.otlp!, logs: config.logs!.otlp! };
};

suite('where traces and logs go', () => {
  const table: readonly (readonly [env: Env, traces: string, logs: string])[] = [
    [{ [BASE]: 'http://c:4318' }, 'http://c:4318/v1/traces', 'http://c:4318/v1/logs'],
    [{ [BASE]: 'https://c/otlp/' }, 'https://c/otlp/v1/traces', 'https://c/otlp/v1/logs'],
    [{ [BASE]: 'https://c/otlp?tenant=1' }, 'https://c/otlp/v1/traces?tenant=1', 'https://c/otlp/v1/logs?tenant=1'],
    [{ [TRACES]: 'https://t/in' }, 'https://t/in', 'http://localhost:4318/v1/logs'],
    [{ [TRACES]: 'https://t/in', [BASE]: 'http://c:4318' }, 'https://t/in', 'http://c:4318/v1/logs'],
    [{ [PROTOCOL]: 'http/json' }, 'http://localhost:4318/v1/traces', 'http://localhost:4318/v1/logs'],
    [{ [PROTOCOL]: 'grpc' }, 'http://localhost:4317', 'http://localhost:4317'],
    [{ [PROTOCOL]: 'grpc', [BASE]: 'http://c:4317/' }, 'http://c:4317', 'http://c:4317'],
    [{ [PROTOCOL]: 'grpc', [BASE]: 'c:4317' }, 'https://c:4317', 'https://c:4317'],
    [{ [PROTOCOL]: 'grpc', [BASE]: 'c:4317', OTEL_EXPORTER_OTLP_INSECURE: 'true' }, 'http://c:4317', 'http://c:4317'],
    [{ [PROTOCOL]: 'grpc', [BASE]: 'c:4317', OTEL_EXPORTER_OTLP_TRACES_INSECURE: 'true' }, 'http://c:4317', 'https://c:4317'],
    [{ [PROTOCOL]: 'grpc', [BASE]: 'https://c:4317', OTEL_EXPORTER_OTLP_INSECURE: 'true' }, 'https://c:4317', 'https://c:4317'],
    [{ [PROTOCOL]: 'grpc', [BASE]: 'https://c' }, 'https://c:443', 'https://c:443'],
    [{ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'grpc' }, 'http://localhost:4317', 'http://localhost:4318/v1/logs'],
  ];
  for (const [env, traces, logs] of table) {
    test(
      Object.entries(env)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
      () => {
        const targets = targetsOf(env);
        assert.deepEqual([targets.traces.url, targets.logs.url], [traces, logs]);
        assert.deepEqual(messagesOf(env), []);
      },
    );
  }
});

suite('addresses that are wrong, or right and yet suspicious', () => {
  const table: readonly (readonly [env: Env, message: string, traces: string])[] = [
    [
      { [TRACES]: 'localhost:4318' },
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is "localhost:4318"; a URL that begins with http:// or https:// is allowed. Sending to http://localhost:4318/v1/traces. Put http:// or https:// before it.',
      'http://localhost:4318/v1/traces',
    ],
    [
      { [TRACES]: 'ftp://h', [BASE]: 'http://c:4318' },
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is "ftp://h"; a URL that begins with http:// or https:// is allowed. Sending to http://c:4318/v1/traces. Write the whole URL, such as http://localhost:4318.',
      'http://c:4318/v1/traces',
    ],
    [
      { [BASE]: 'http://c:4317' },
      'OTEL_EXPORTER_OTLP_ENDPOINT is "http://c:4317/"; port 4317 usually speaks grpc, and the protocol is http/protobuf. Sending there all the same. Use port 4318, or set OTEL_EXPORTER_OTLP_PROTOCOL=grpc.',
      'http://c:4317/v1/traces',
    ],
    [
      { [BASE]: 'http://c:4318', [PROTOCOL]: 'grpc' },
      'OTEL_EXPORTER_OTLP_ENDPOINT is "http://c:4318/"; port 4318 usually speaks http/protobuf, and the protocol is grpc. Sending there all the same. Use port 4317, or set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf.',
      'http://c:4318',
    ],
    [
      { [BASE]: 'http://c:4317/x', [PROTOCOL]: 'grpc' },
      'OTEL_EXPORTER_OTLP_ENDPOINT is "http://c:4317/x"; a grpc address has no path. The path is left out. Remove it.',
      'http://c:4317',
    ],
    [
      { [TRACES]: 'http://c:4318' },
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is "http://c:4318/"; this variable is used as it is, and it has no path. Sending to that address without a path. Add /v1/traces unless your receiver wants none.',
      'http://c:4318/',
    ],
    [
      { [BASE]: 'http://c:4318/v1/traces' },
      'OTEL_EXPORTER_OTLP_ENDPOINT is "http://c:4318/v1/traces"; it is the base of all signals, and /v1/traces and so on is added to it. Sending to the longer path. Remove /v1/traces from it.',
      'http://c:4318/v1/traces/v1/traces',
    ],
    [
      { OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'gprc' },
      'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is "gprc"; allowed: http/protobuf, http/json, grpc. Using http/protobuf. Did you mean grpc?',
      'http://localhost:4318/v1/traces',
    ],
  ];
  for (const [env, message, traces] of table) {
    test(message, () => {
      assert.deepEqual(messagesOf(env), [message]);
      assert.equal(targetsOf(env).traces.url, traces);
    });
  }
});

test('user and password of the address become a header, unless there is one', () => {
  const { traces } = targetsOf({ [BASE]: 'https://ann:p%40ss@c' });
  assert.equal(traces.url, 'https://c/v1/traces');
  assert.equal(traces.headers['authorization'], `Basic ${Buffer.from('ann:p@ss').toString('base64')}`);
  assert.equal(
    targetsOf({ [BASE]: 'https://ann:x@c', OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Bearer%20y' }).traces.headers['authorization'],
    'Bearer y',
  );
});

test('headers of a signal are added to the general ones and win', () => {
  const { traces, logs } = targetsOf({ OTEL_EXPORTER_OTLP_HEADERS: 'A=1,b=2', OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'B=3,c=4' });
  assert.deepEqual(traces.headers, { a: '1', b: '3', c: '4' });
  assert.deepEqual(logs.headers, { a: '1', b: '2' });
});

test('timeout and compression hold for all signals or for one', () => {
  const { traces, metrics } = targetsOf({
    OTEL_EXPORTER_OTLP_TIMEOUT: '5',
    OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: '0',
    OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: 'GZIP',
  });
  assert.deepEqual([traces.timeoutMs, traces.compression], [5, 'gzip']);
  assert.deepEqual([metrics.timeoutMs, metrics.compression], [2_147_483_647, 'none']);
});

test('TLS files are read', () => {
  const env = {
    OTEL_EXPORTER_OTLP_CERTIFICATE: 'ca.pem',
    OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY: 'key.pem',
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: 'cert.pem',
    OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY: 'key.pem',
    OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY: 'key.pem',
  };
  const files = { 'ca.pem': CERT, 'key.pem': `${CERT}key`, 'cert.pem': `${CERT}cert` };
  assert.deepEqual(targetsOf(env, files).traces.tls, { ca: CERT, key: `${CERT}key`, cert: `${CERT}cert` });
  assert.deepEqual(messagesOf(env, files), []);
});

test('TLS files that cannot be used are told by their path, and left out', () => {
  const env = { OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/ca.pem', OTEL_EXPORTER_OTLP_CLIENT_KEY: 'der.bin' };
  const files = { 'der.bin': 'SECRET' };
  assert.deepEqual(targetsOf(env, files).traces.tls, {});
  assert.deepEqual(messagesOf(env, files), [
    'OTEL_EXPORTER_OTLP_CERTIFICATE names the file "/no/ca.pem", which cannot be read (ENOENT); a PEM file is allowed. Going on without it. Check the path and its permissions.',
    'OTEL_EXPORTER_OTLP_CLIENT_KEY names the file "der.bin", which has no PEM text in it; a PEM file is allowed. Going on without it. Convert it to PEM, or name another file.',
    'OTEL_EXPORTER_OTLP_CLIENT_KEY is set without OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE; mutual TLS takes both. Going on without mutual TLS. Set OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE too.',
  ]);
});

test('a password that the parser took for the path of the base is not told by way of the address that is used instead', () => {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://user:\\s3cretWord#@host:4317/x',
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http:// u@host',
  };
  const { problems } = resolve(env);
  assert.ok(problems.length > 0);
  assert.ok(!JSON.stringify(problems).includes('s3cretWord'));
});
