/** Headers of every shape, sane and not -> addresses. */
import assert from 'node:assert/strict';
import type { IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { readClientAddress, readForwarded, readServerAddress } from '../../../src/instrument/http/address.ts';

const servers: readonly (readonly [
  headers: IncomingHttpHeaders,
  secure: boolean,
  address: string | undefined,
  port: number | undefined,
])[] = [
  [{}, false, undefined, undefined],
  [{ host: '' }, false, undefined, undefined],
  [{ host: 'a.test' }, false, 'a.test', 80],
  [{ host: 'a.test' }, true, 'a.test', 443],
  [{ host: 'a.test:8080' }, false, 'a.test', 8080],
  [{ host: '[::1]:81' }, false, '::1', 81],
  [{ host: '[::1]' }, true, '::1', 443],
  [{ host: 'a.test:rubbish' }, false, 'a.test', 80],
  [{ host: 'a.test:99999' }, false, 'a.test', 80],
  [{ ':authority': 'h2.test:444' }, true, 'h2.test', 444],
  [{ host: 'a.test', 'x-forwarded-host': 'b.test:1, c.test' }, false, 'b.test', 1],
  [{ host: 'a.test', 'x-forwarded-host': 'b.test', 'x-forwarded-proto': 'https,http' }, false, 'b.test', 443],
  [{ host: 'a.test', 'x-forwarded-host': 'b.test' }, false, 'b.test', undefined],
  [{ host: 'a.test', forwarded: 'for=1.2.3.4;host="c.test:9";proto=http' }, false, 'c.test', 9],
  [{ host: 'a.test', forwarded: 'rubbish' }, false, 'a.test', 80],
];
for (const [headers, secure, address, port] of servers) {
  test(`the server of ${JSON.stringify(headers)} over ${secure ? 'TLS' : 'TCP'} is ${address}, ${port}`, () => {
    const found = readServerAddress(headers, secure);
    assert.deepEqual([found?.address, found?.port], [address, port]);
  });
}

const clients: readonly (readonly [headers: IncomingHttpHeaders, address: string | undefined])[] = [
  [{}, 'peer'],
  [{ 'x-forwarded-for': '1.2.3.4' }, '1.2.3.4'],
  [{ 'x-forwarded-for': ' 1.2.3.4:5 , 6.7.8.9' }, '1.2.3.4'],
  [{ 'x-forwarded-for': '2001:db8::1' }, '2001:db8::1'],
  [{ 'x-forwarded-for': '[2001:db8::1]:5' }, '2001:db8::1'],
  [{ 'x-forwarded-for': '' }, 'peer'],
  [{ forwarded: 'for=_hidden, for=1.1.1.1', 'x-forwarded-for': '2.2.2.2' }, '_hidden'],
  [{ forwarded: 'by=x;For="[2001:db8::2]:80"' }, '2001:db8::2'],
  [{ forwarded: 'for="open' }, 'peer'],
];
for (const [headers, address] of clients) {
  test(`the client of ${JSON.stringify(headers)} is ${address}`, () => assert.equal(readClientAddress(headers, 'peer'), address));
}

test('a header of any length is read in a moment', () => {
  const before = process.cpuUsage();
  assert.equal(readForwarded(';=,'.repeat(20_000), 'for'), undefined);
  assert.equal(readForwarded(`${'a=b;'.repeat(20_000)}for=x`, 'for'), 'x');
  assert.ok(process.cpuUsage(before).user < 1_000_000); // its own time, however many others run
});

test('addresses are right beyond the bound of those that are kept', () => {
  for (let at = 0; at < 1200; at++) assert.equal(readServerAddress({ host: `h${at}.test:${at}` }, false)?.port, at);
});
