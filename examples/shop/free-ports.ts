/**
 * Ports of loopback on which nothing listens, for servers that start later, or stop and start again. They lie below those that the system gives to
 * whoever connects or asks for any port (from 32768 or 49152 on), and each process begins at a place of its own: nobody comes in between.
 */
import { createServer } from 'node:net';

const FIRST = 20_000;
const COUNT = 12_000;
/** Processes that start one after the other are as far apart. */
const APART = 64;

let next = (process.pid * APART) % COUNT;

/** All different, also from those of earlier calls. @throws Error when there are not so many */
export async function findFreePorts(count: number): Promise<readonly number[]> {
  const ports: number[] = [];
  for (let tried = 0; ports.length < count; tried++) {
    if (tried === COUNT) throw new Error(`All ports from ${FIRST} to ${FIRST + COUNT - 1} are taken.`);
    const port = FIRST + next;
    next = (next + 1) % COUNT;
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

export async function findFreePort(): Promise<number> {
  return (await findFreePorts(1))[0]!;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
