/** Tells which ports are taken, and by whom: Linux notes the owner of each socket in /proc. */
import { existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Service } from './services.ts';

export interface TakenPort {
  readonly port: number;
  /** The service that wants it, and what for. */
  readonly service: string;
  readonly what: string;
  /** Undefined when this machine does not tell: another user's process, or not Linux. */
  readonly owner: { readonly pid: number; readonly command: string } | undefined;
}

/** Those ports of the services that something else listens on. */
export async function findTakenPorts(services: readonly Service[], address: string): Promise<readonly TakenPort[]> {
  const wanted = services.flatMap(({ name, ports }) => ports.map(({ port, what }) => ({ service: name, port, what })));
  const free = await Promise.all(wanted.map(({ port }) => isFree(port, address)));
  return wanted.filter((_, index) => free[index] === false).map((taken) => ({ ...taken, owner: findOwner(taken.port, address) }));
}

/** @throws Error when nothing can listen on this address at all. */
function isFree(port: number, address: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(new Error(`Nothing can listen on ${address}: ${error.message}`));
    });
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function findOwner(port: number, address: string): TakenPort['owner'] {
  const files = ['/proc/net/tcp', '/proc/net/tcp6'].filter((file) => existsSync(file));
  const inodes = new Set(files.flatMap((file) => listeningInodes(file, port, address)));
  if (inodes.size === 0) return undefined;
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    if (!holdsOneOf(pid, inodes)) continue;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return { pid: Number(pid), command };
  }
  return undefined;
}

/**
 * Columns of /proc/net/tcp: 1 the local address and port in hexadecimal digits, 3 the state (0A is "listens"), 9 the inode. An address is a number of this
 * machine's byte order; all zeros is every address, IPv4's ones too when it is IPv6's.
 */
function listeningInodes(file: string, port: number, address: string): readonly string[] {
  const suffix = `:${hexadecimal(port, 4)}`;
  const own = address
    .split('.')
    .toReversed()
    .map((byte) => hexadecimal(Number(byte), 2))
    .join('');
  const places = ['0'.repeat(8), '0'.repeat(32), own, `${'0'.repeat(16)}FFFF0000${own}`].map((place) => place + suffix);
  return readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => places.includes(columns[1] ?? '') && columns[3] === '0A')
    .map((columns) => columns[9] ?? '');
}

function hexadecimal(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0');
}

function holdsOneOf(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(/^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${fd}`))?.[1] ?? ''));
  } catch {
    return false; // ended, or another user's
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // closed in the meantime
  }
}

/** Which ports, for what, who holds them, and what can be done. */
export function describeTakenPorts(taken: readonly TakenPort[], address: string): string {
  const rows = taken.map(({ port, service, what, owner }) => {
    const holder = owner === undefined ? 'a process that this user may not see' : `pid ${owner.pid}: ${cut(owner.command, 90)}`;
    return `  ${String(port).padEnd(6)} ${`${service} (${what})`.padEnd(36)} held by ${holder}`;
  });
  return [
    `Nothing was started: ${taken.length === 1 ? 'a port is' : `${taken.length} ports are`} in use on ${address}.`,
    ...rows,
    'End what holds them, or let this stack have a loopback address of its own: npm run stack -- --address 127.0.0.2',
  ].join('\n');
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
