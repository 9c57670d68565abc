import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { isComplete } from '../../bench/load-generator.ts';
import { parseWrk, saturate, sendAtRate } from '../../bench/load.ts';

const wrkOutput = `Running 1s test @ http://127.0.0.1:3000/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.27ms  400.00us  12.00ms   95.00%
    Req/Sec    25.10k     1.20k   27.00k    70.00%
  Latency Distribution
     50%  990.00us
     75%    1.30ms
     90%    1.60ms
     99%    1.02s
  27500 requests in 1.10s, 3.30MB read
  Socket errors: connect 0, read 2, write 0, timeout 1
  Non-2xx or 3xx responses: 4
Requests/sec:  25012.34
Transfer/sec:      3.00MB
`;

suite('bench/load.ts', () => {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    response.statusCode = request.url === '/bad' ? 500 : 200;
    // Without a length: an answer in chunks.
    if (request.url === '/chunked') response.write('hel');
    response.end('lo');
  });
  let url = '';
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  test('what wrk prints becomes numbers, in milliseconds', () => {
    assert.deepEqual(parseWrk(wrkOutput), { requests: 27500, perSecond: 25012.34, p50Ms: 0.99, p99Ms: 1020, errors: 7 });
    assert.throws(() => parseWrk('  0 requests in 1.00s, 0B read\n'), /no answer/);
  });

  test('an answer is complete at its length or at its last chunk', () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n';
    assert.equal(isComplete(head.slice(0, -2)), false);
    assert.equal(isComplete(`${head}hell`), false);
    assert.equal(isComplete(`${head}hello`), true);
    const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n';
    assert.equal(isComplete(chunked), false);
    assert.equal(isComplete(`${chunked}0\r\n\r\n`), true);
  });

  test('our own generator counts what the server answered', async () => {
    requests = 0;
    const result = await saturate(`${url}/chunked`, 0.3);
    assert.ok(result.requests > 0 && result.requests <= requests, `${result.requests} of ${requests}`);
    assert.equal(result.errors, 0);
    assert.ok(result.p50Ms > 0 && result.p50Ms <= result.p99Ms, JSON.stringify(result));
  });

  test('at a fixed rate no more is sent than is due, and answers other than 2xx are errors', async () => {
    requests = 0;
    const result = await sendAtRate(`${url}/bad`, 0.5, 100);
    assert.ok(requests > 0 && requests <= 50, String(requests));
    assert.ok(result.errors >= result.requests && result.requests > 0, JSON.stringify(result));
  });
});
