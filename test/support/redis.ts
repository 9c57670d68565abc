/** A real Redis for a test. */
import { connect } from 'node:net';
import { findProgram, startServer } from './server.ts';
import type { Server, ServerOptions } from './server.ts';

const program = findProgram('redis-server', ['/usr/sbin']);

/** False when Redis is there, else why a test is skipped and what to do: as the `skip` option of a test. */
export const withoutRedis: false | string = program === undefined ? 'Redis is not installed: apt-get install redis-server' : false;

export function startRedis(options: ServerOptions = {}): Promise<Server> {
  if (program === undefined) throw new Error(String(withoutRedis));
  return startServer(
    {
      name: 'redis',
      command: (_folder, port) => [program, '--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
      endSignal: 'SIGTERM',
      url: (port) => `redis://127.0.0.1:${port}`,
      answers,
    },
    options,
  );
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(2000, () => socket.destroy());
    socket.once('data', (reply) => {
      resolve(String(reply).startsWith('+PONG'));
      socket.destroy();
    });
    socket.on('error', () => {});
    socket.once('close', () => resolve(false));
  });
}
