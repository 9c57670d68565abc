/** What holds for any environment at all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createOptionVariables } from '../../src/config/instrumentation-options.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import { revealValue } from '../../src/config/reveal.ts';
import type { Env } from '../../src/config/types.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { INSTRUMENTATIONS, resolve } from './sources.ts';

const RUNS = { numRuns: 300 };
const NAMES = [...VARIABLES.keys(), ...createOptionVariables(INSTRUMENTATIONS).keys()];

const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.constantFrom('OTEL_', 'OTELIER_', 'OTELIER_INSTRUMENTATION_', '__proto__', 'constructor') },
  { weight: 1, arbitrary: fc.string().map((text) => `OTEL_${text}`) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map((text) => `OTELIER_${text}`) },
);
const words = [...VARIABLES.values()].flatMap(({ choices = [] }) => choices);
const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.json(),
  fc.double().map(String),
  fc.integer().map(String),
  fc.constantFrom('true', 'false', 'none', 'file', 'missing', 'a=b,c', '%', 'http://', 'host:1', ...words),
  fc.array(fc.constantFrom(...words, 'pg', 'x')).map((list) => list.join(',')),
);
const environment: fc.Arbitrary<Env> = fc.dictionary(name, fc.option(value, { nil: undefined }), { maxKeys: 25 });
const fileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc
    .dictionary(fc.constantFrom(...Object.keys(INSTRUMENTATIONS), '__proto__', 'x'), fc.jsonValue())
    .map((content) => JSON.stringify(content)),
);

test('no environment and no file makes it throw, and every problem is whole sentences in one line', () => {
  fc.assert(
    fc.property(environment, fileText, (env, file) => {
      const { config, problems } = resolve(env, { file });
      assert.ok(Object.isFrozen(config));
      for (const { source, message } of problems) {
        assert.notEqual(source, '');
        assert.match(message, /[.?]$/);
        assert.doesNotMatch(message, /[\p{Cc}\u2028\u2029]|undefined|\[object/u);
      }
    }),
    RUNS,
  );
});

test('a file reader that throws anything does no harm', () => {
  for (const thrown of [undefined, null, 'SECRET', { code: 'SECRET value' }, new Error('SECRET')]) {
    const readFile = (): string => {
      throw thrown;
    };
    const { problems } = resolveConfig(
      { OTELIER_INSTRUMENTATIONS_FILE: 'x', OTEL_EXPORTER_OTLP_CERTIFICATE: 'x' },
      { readFile, instrumentations: INSTRUMENTATIONS },
    );
    assert.equal(problems.length, 2);
    assert.doesNotMatch(JSON.stringify(problems), /SECRET/);
  }
});

test('values stay within what timers, ports and queues take', () => {
  fc.assert(
    fc.property(environment, (env) => {
      const { traces, metrics, logs } = resolve(env).config;
      for (const batch of [traces?.batch, logs?.batch]) {
        if (batch === undefined) continue;
        assert.ok(batch.maxExportBatchSize >= 1 && batch.maxExportBatchSize <= batch.maxQueueSize && batch.maxQueueSize <= 1_000_000);
        for (const delay of [batch.scheduleDelayMs, batch.exportTimeoutMs]) assert.ok(delay >= 1 && delay < 2 ** 31);
      }
      for (const target of [traces?.otlp, metrics?.otlp, logs?.otlp]) {
        if (target === undefined) continue;
        const url = new URL(target.url);
        assert.match(url.protocol, /^https?:$/);
        assert.equal(url.username + url.password, '');
        assert.ok(target.timeoutMs >= 1 && target.timeoutMs < 2 ** 31);
        new Headers(target.headers);
      }
      if (metrics !== undefined) assert.ok(metrics.exportTimeoutMs <= metrics.exportIntervalMs);
    }),
    RUNS,
  );
});

test('no problem ever tells a secret', () => {
  const secret = fc
    .string({ unit: fc.constantFrom(...'SECRETsecret0123456789'), minLength: 12, maxLength: 30 })
    .map((text) => `q7Z${text}`);
  const spoil = fc.constantFrom('', '%', ',', '=', ' ', '/', '?', '#', ':', '@', '\n', '\\', '"', '[', '{');
  const otlp = (rest: string): string[] => ['', 'TRACES_', 'METRICS_', 'LOGS_'].map((signal) => `OTEL_EXPORTER_OTLP_${signal}${rest}`);
  const planted = fc.tuple(secret, spoil, spoil, environment).chain(([text, before, after, rest]) => {
    const dirty = `${before}${text}${after}`;
    const headers = fc.constantFrom(
      `authorization=${dirty}`,
      `Authorization: Bearer ${dirty}`,
      `a=b,${dirty}`,
      `${dirty}=`,
      `x=%${dirty}`,
      `bad name=${dirty}`,
      dirty,
    );
    const urls = fc.constantFrom(
      `http://user:${dirty}@host:4317/x`,
      `https://${dirty}@host`,
      `user:${dirty}@host:4317`,
      `ftp://u:${dirty}@host`,
      `http://host:99999/?key=${dirty}`,
      `http://host/?key=${dirty}`,
      `http://host/v1/traces#${dirty}@x`,
      `http://h:4317/?k=${dirty}`,
      `http:// u:${dirty}@host`,
      `host:1?k=${dirty}`,
    );
    const pem = fc.constant(`-----BEGIN PRIVATE KEY-----\n${dirty}\n-----END PRIVATE KEY-----`);
    const record = (names: readonly string[], values: fc.Arbitrary<string>): fc.Arbitrary<Record<string, string>> =>
      fc.dictionary(fc.constantFrom(...names), values);
    return fc
      .tuple(
        record(otlp('HEADERS'), headers),
        record(otlp('ENDPOINT'), urls),
        record([...otlp('CLIENT_KEY'), ...otlp('CLIENT_CERTIFICATE'), ...otlp('CERTIFICATE')], fc.oneof(pem, fc.constant('file'))),
        fc.constantFrom('http/protobuf', 'grpc', 'nonsense'),
      )
      .map(([a, b, c, protocol]) => ({
        text,
        env: {
          ...rest,
          OTELIER_INSTRUMENTATION_HTTP_HEADERS_TO_SPAN_ATTRIBUTES: `{"a":"${dirty}`,
          OTELIER_INSTRUMENTATIONS_FILE: 'file',
          OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
          OTEL_EXPORTER_OTLP_HEADER: dirty,
          ...a,
          ...b,
          ...c,
        },
        file: `{ "pg": { "requireParentSpan": "${dirty}", "x": "${text}" }, "redis": "${text}" }`,
      }));
  });
  fc.assert(
    fc.property(planted, ({ text, env, file }) => {
      const shown = JSON.stringify(resolve(env, { file }).problems);
      assert.ok(!shown.includes(text), shown);
      for (const [variable, given] of Object.entries(env)) {
        if (/HEADERS|ENDPOINT|CLIENT_KEY/.test(variable) && given !== undefined)
          assert.ok(!revealValue(variable, given).includes(text), variable);
      }
    }),
    RUNS,
  );
});
