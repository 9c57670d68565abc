/** A server that does not answer as otelier dev does. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { test } from 'node:test';
import { ask, serverAt } from '../../src/cli/client.ts';

test('who accepts and never answers is told apart from who is not there', async () => {
  const silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  const server = serverAt(`http://127.0.0.1:${port}`);
  await assert.rejects(ask(server, '/api/status', {}, 200), {
    name: 'CommandError',
    message: `${server.url} has not answered for 0.2 s. If that is not the page of otelier dev, name its address with --url.`,
  });
  silent.close();
  await once(silent, 'close');
  await assert.rejects(ask(server, '/api/status'), { message: /^Nobody answers at / });
});

test('an answer that has begun may go on for as long as it likes', async () => {
  const slow = createHttpServer((_request, response) => {
    response.write('first, ');
    setTimeout(() => response.end('second'), 600);
  }).listen(0, '127.0.0.1');
  await once(slow, 'listening');
  const response = await ask(serverAt(`http://127.0.0.1:${(slow.address() as AddressInfo).port}`), '/', {}, 500);
  assert.equal(await response.text(), 'first, second');
  slow.close();
});
