/** Addresses, header lines, error types and duration attributes of outgoing requests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createDurationAttributes } from '../../src/instrument/http/client-durations.ts';
import { errorTypeOf } from '../../src/instrument/http/client-span.ts';
import { createOrigin, formatUrl, parseOrigin, parseTarget } from '../../src/instrument/http/client-url.ts';
import { redactQuery } from '../../src/instrument/http/query.ts';
import { headerInLines, isHeaderSafe, replaceInHeaderList, setHeaderLine } from '../../src/instrument/http/header-lines.ts';

test('an origin has no credentials, a bare address and the port of its scheme', () => {
  const table: Record<string, string | undefined> = {
    'http://shop.example': 'http shop.example 80 http://shop.example',
    'https://shop.example:8443': 'https shop.example 8443 https://shop.example:8443',
    'https://user:word@shop.example/cart': 'https shop.example 443 https://shop.example',
    'http://[::1]:8080': 'http ::1 8080 http://[::1]:8080',
    'not a url': undefined,
    'file:///etc': undefined,
  };
  for (const [text, expected] of Object.entries(table)) {
    const origin = parseOrigin(text);
    assert.equal(origin && `${origin.scheme} ${origin.address} ${origin.port} ${origin.prefix}`, expected, text);
  }
});

test('the target of a request to a proxy is its origin, a path is none', () => {
  assert.equal(parseTarget('/http://shop.example'), undefined);
  assert.equal(parseTarget('shop.example:443'), undefined);
  for (const target of ['http://shop.example', 'http://shop.example?a', 'http://u:w@shop.example/cart@home'])
    assert.equal(parseTarget(target)?.prefix, 'http://shop.example', target);
});

test('the URL of a request shows no credentials and no signatures', () => {
  const origin = createOrigin('http', 'shop.example', 8080);
  const redacted = ['sig'];
  const table: Record<string, string> = {
    '/': 'http://shop.example:8080/',
    '/a?sig=s&b=1': 'http://shop.example:8080/a?sig=REDACTED&b=1',
    '?a=1': 'http://shop.example:8080/?a=1',
    '*': 'http://shop.example:8080',
    'http://u:w@shop.example:8080/a?sig=s': 'http://shop.example:8080/a?sig=REDACTED',
    'http://shop.example:8080': 'http://shop.example:8080',
  };
  for (const [target, expected] of Object.entries(table)) assert.equal(formatUrl(origin, target, redacted), expected, target);
});

test('no value of a redacted parameter is left, and nothing else is lost', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '%20', '+', '.') });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('sig', 'a', 'sigh'), word)), (pairs) => {
      const join = (shown: (name: string, value: string) => string): string =>
        pairs.map(([name, value]) => `${name}=${shown(name, value)}`).join('&');
      assert.equal(
        redactQuery(
          join((_name, value) => value),
          ['sig'],
        ),
        join((name, value) => (name === 'sig' ? 'REDACTED' : value)),
      );
    }),
  );
});

test('a header is set once among the lines, wherever it stood', () => {
  const head = 'GET / HTTP/1.1\r\nHost: a\r\nTraceParent: old\r\nx: traceparent: no\r\n\r\n';
  const end = (text: string): number => text.length - 2;
  assert.equal(setHeaderLine(head, 'traceparent', 'new', end(head)), head.replace('TraceParent: old', 'traceparent: new'));
  assert.equal(setHeaderLine(head, 'baggage', 'k=v', end(head)), head.replace(/\r\n$/, 'baggage: k=v\r\n\r\n'));
  assert.equal(setHeaderLine('', 'a', 'b'), 'a: b\r\n');
  assert.equal(setHeaderLine('A: 1\r\nb: 2\r\n', 'a', '3'), 'a: 3\r\nb: 2\r\n');
  assert.deepEqual(
    [headerInLines(head, 'host'), headerInLines(head, 'x'), headerInLines(head, 'none')],
    ['a', 'traceparent: no', undefined],
  );
  const list = ['Host', 'a', 'TraceParent', 'old'];
  assert.deepEqual([replaceInHeaderList(list, 'traceparent', 'new'), list[3]], [true, 'new']);
  assert.equal(replaceInHeaderList(list, 'baggage', 'x'), false);
});

test('what would end a header line is not let through', () => {
  assert.ok(isHeaderSafe('traceparent', '00-ab-01'));
  for (const [name, value] of [
    ['', 'a'],
    ['a b', 'c'],
    ['a', 'b\r\nc: d'],
    ['a', 'é'],
  ] as const)
    assert.equal(isHeaderSafe(name, value), false, `${name}: ${value}`);
});

test('the type of an error is its code or its name, and one word for all else', () => {
  const hostile = new Proxy(
    {},
    {
      get() {
        throw new Error('no');
      },
    },
  );
  const table: [unknown, string][] = [
    [Object.assign(new Error('x'), { code: 'ECONNRESET' }), 'ECONNRESET'],
    [new TypeError('x'), 'TypeError'],
    [new DOMException('x', 'TimeoutError'), 'TimeoutError'],
    [Object.assign(new Error('x'), { code: 'ABORT_ERR', name: 'AbortError' }), 'AbortError'],
    [Object.assign(new Error('x'), { name: 'order 4711 failed' }), '_OTHER'],
    [Object.assign(new Error('x'), { code: 'A'.repeat(65) }), 'Error'],
    ['gone', '_OTHER'],
    [undefined, '_OTHER'],
    [null, '_OTHER'],
    [hostile, '_OTHER'],
  ];
  for (const [error, expected] of table) assert.equal(errorTypeOf(error), expected);
});

test('the same outcome has the same frozen attributes, any other has its own, and the cache is bounded', () => {
  const durations = createDurationAttributes(3);
  const base = { method: 'GET', scheme: 'http', address: 'a', port: 80, status: 200, version: '1.1', errorType: '' };
  const first = durations.of(base);
  assert.ok(Object.isFrozen(first));
  assert.equal(durations.of({ ...base }), first);
  assert.deepEqual(durations.of({ ...base, status: 0, version: '', errorType: 'ECONNREFUSED' }), {
    'http.request.method': 'GET',
    'server.address': 'a',
    'server.port': 80,
    'url.scheme': 'http',
    'error.type': 'ECONNREFUSED',
  });
  for (const port of [1, 2, 3, 4]) assert.equal(durations.of({ ...base, port })['server.port'], port);
  assert.notEqual(durations.of(base), first);
  assert.deepEqual(durations.of(base), first);
});
