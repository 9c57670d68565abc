/** The ports that are wanted -> ports that are free, and what to say where they are others. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { CommandError, say } from '../output.ts';
import type { DevOptions, PortName } from './options.ts';
import { portOwner } from './port-owner.ts';

const STEP = 10;
const TRIES = 20;

/** @throws CommandError with exit code 2 when a port that was asked for is taken */
export async function choosePorts({ ports, host }: DevOptions): Promise<Record<PortName, number>> {
  const chosen = { http: 0, grpc: 0, page: 0 };
  for (const name of ['http', 'grpc', 'page'] as const) {
    const { port, explicit } = ports[name];
    const taken = Object.values(chosen);
    const isFree = async (candidate: number): Promise<boolean> =>
      (candidate === 0 || !taken.includes(candidate)) && (await canListen(host, candidate));
    if (await isFree(port)) chosen[name] = port;
    else if (explicit)
      throw new CommandError(
        `Port ${port} is taken${await ownerOf(port, host)}. End that, or name another --${name}-port (0: any free one).`,
        2,
      );
    else {
      chosen[name] = await nextFree(port, isFree);
      say(
        `port ${port} is taken${await ownerOf(port, host)}; using ${chosen[name] === 0 ? 'any free one' : chosen[name]} for ${purposes[name]} instead.`,
      );
    }
  }
  return chosen;
}

const purposes: Readonly<Record<PortName, string>> = { http: 'OTLP/HTTP', grpc: 'OTLP/gRPC', page: 'the page' };

/** 0 when none of the next ones is free. */
async function nextFree(port: number, isFree: (candidate: number) => Promise<boolean>): Promise<number> {
  for (let i = 1; i <= TRIES; i++) if (await isFree(port + i * STEP)) return port + i * STEP;
  return 0;
}

/** @throws CommandError when the address itself cannot be listened on */
async function canListen(host: string, port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE' || code === 'EACCES') return false;
    throw new CommandError(`It is not possible to listen on ${host}: ${message}. --host takes an address of this machine.`, 2);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

async function ownerOf(port: number, host: string): Promise<string> {
  const owner = await portOwner(port, host);
  return owner === undefined ? '' : ` by process ${owner.pid} (${owner.command})`;
}
