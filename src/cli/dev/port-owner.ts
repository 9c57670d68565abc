/** A port of an address -> the process that listens on it, where the system tells: Linux by /proc, macOS by lsof. */
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { isIPv4 } from 'node:net';
import { endianness } from 'node:os';

export interface PortOwner {
  readonly pid: number;
  readonly command: string;
}

/** Undefined when nobody listens, or it is another user's process. `host` is where the port is wanted: who has it on another address is in nobody's way. */
export async function portOwner(port: number, host: string): Promise<PortOwner | undefined> {
  if (process.platform === 'linux') return fromProc(port, host);
  return process.platform === 'darwin' ? fromLsof(port) : undefined;
}

/** The state of a socket that listens, in /proc/net/tcp. */
const LISTENS = '0A';
const LONGEST = 80;

function fromProc(port: number, host: string): PortOwner | undefined {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => listeningInodes(file, port, host)));
  if (inodes.size === 0) return undefined;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const fds = readdirSync(`/proc/${pid}/fd`);
      const listens = fds.some((fd) => inodes.has(/^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1] ?? ''));
      if (listens) return { pid: Number(pid), command: commandOf(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')) };
    } catch {
      // another user's, or gone
    }
  }
  return undefined;
}

function listeningInodes(file: string, port: number, host: string): readonly string[] {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const address = isIPv4(host) && host !== '0.0.0.0' ? hexOf(host) : '';
  const isInTheWay = (local = ''): boolean => local.endsWith(address + wanted) || (local.endsWith(wanted) && /^0+:/.test(local));
  try {
    const lines = readFileSync(file, 'utf8').split('\n').slice(1);
    return lines.flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      return isInTheWay(fields[1]) && fields[3] === LISTENS ? [fields[9] ?? ''] : [];
    });
  } catch {
    return [];
  }
}

/** As /proc writes it: a word of this machine, whose lowest byte comes last. */
function hexOf(address: string): string {
  const bytes = address.split('.').map((byte) => Number(byte).toString(16).toUpperCase().padStart(2, '0'));
  return (endianness() === 'LE' ? bytes.reverse() : bytes).join('');
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function fromLsof(port: number): Promise<PortOwner | undefined> {
  return new Promise((resolve) => {
    execFile('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: 2000 }, (_error, stdout) => {
      const pid = /^p(\d+)$/m.exec(stdout)?.[1];
      resolve(pid === undefined ? undefined : { pid: Number(pid), command: commandOf(/^c(.+)$/m.exec(stdout)?.[1] ?? '') });
    });
  });
}

/** One line, without what would move the cursor. */
function commandOf(text: string): string {
  const clean = text.replace(/\p{Cc}/gu, ' ').trim();
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
}
