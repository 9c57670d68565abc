import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { revealText, revealUrl, revealValue } from '../../src/config/reveal.ts';

test('only variables of the table that are not secret are shown', () => {
  assert.equal(revealValue('OTEL_SERVICE_NAME', 'shop'), 'shop');
  assert.equal(revealValue('OTEL_EXPORTER_OTLP_HEADERS', 'api-key=1'), '[hidden]');
  assert.equal(revealValue('OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'api-key=1'), '[hidden]');
  assert.equal(revealValue('DATABASE_URL', 'postgres://u:p@h'), '[hidden]');
  assert.equal(revealValue('OTELIER_INSTRUMENTATION_X_TOKEN', 'abc'), '[hidden]');
  assert.equal(revealValue('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', 'https://u:p@h/x?k=v#f'), 'https://h/x');
  assert.equal(revealValue('OTEL_EXPORTER_OTLP_CLIENT_KEY', '/etc/key.pem'), '/etc/key.pem');
  assert.equal(revealValue('OTEL_EXPORTER_OTLP_CLIENT_KEY', '-----BEGIN PRIVATE KEY-----\nabc'), '[hidden]');
});

suite('URLs lose user, password, query and fragment', () => {
  const table: readonly (readonly [url: string, shown: string])[] = [
    ['http://localhost:4318', 'http://localhost:4318/'],
    ['https://user:SECRET@host:1/a?k=SECRET#SECRET', 'https://host:1/a'],
    ['http://user:SEC/RET@host', '[hidden]'],
    ['http://user:12/SECRET@host', 'http://[hidden]'],
    ['http://user:12?SECRET@host', 'http://[hidden]'],
    ['http://user:12#SECRET@host', 'http://[hidden]'],
    ['user:SECRET@host:4317', '[hidden]'],
    ['ftp://host/x?key=SECRET', '[hidden]'],
    ['host:4317', 'host:4317'],
    ['', ''],
  ];
  for (const [url, shown] of table) test(url, () => assert.equal(revealUrl(url), shown));
});

test('text is kept to one line, and cut', () => {
  assert.equal(revealText('a\nb\u001b[31m\u2028'), 'a\\u000ab\\u001b[31m\\u2028');
  assert.equal(revealText('x'.repeat(500)).length, 83);
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => assert.doesNotMatch(revealText(text), /[\p{Cc}\u2028\u2029]/u)));
});
