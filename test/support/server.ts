/** A server program of the machine -> one that runs for a test: as an unprivileged user, in a folder of its own, on loopback, gone with the test. */
import { execFile, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, globSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findFreePort } from '../../examples/shop/free-ports.ts';

export interface Server {
  readonly url: string;
  readonly port: number;
  /** 0 while it is stopped. */
  readonly pid: number;
  /** Ends it; what it has stored stays, and so does its port. */
  stop(): Promise<void>;
  /** Starts it again after `stop`. Resolves when it answers. */
  start(): Promise<void>;
  /** Ends it and removes what it has stored. */
  close(): Promise<void>;
}

export interface ServerOptions {
  /** Default: a free one. */
  readonly port?: number;
}

export interface ServerProgram {
  /** For messages and for the name of its folder. */
  readonly name: string;
  /** What makes an empty folder ready, run once. */
  readonly prepare?: (folder: string) => readonly string[];
  readonly command: (folder: string, port: number) => readonly string[];
  /** Ends it in order. */
  readonly endSignal: NodeJS.Signals;
  readonly url: (port: number) => string;
  /** Whether it does its work; an open port says little about that. */
  readonly answers: (url: string) => Promise<boolean>;
}

const startsWithinMs = 60_000;

/** Where the program is: on the PATH, or in a folder where the distribution puts it; undefined when it is not installed. */
export function findProgram(name: string, folders: readonly string[] = []): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  const elsewhere = folders.flatMap((folder) => globSync(join(folder, name)));
  return [...onPath, ...elsewhere].find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
}

export async function startServer(program: ServerProgram, options: ServerOptions): Promise<Server> {
  const user = unprivilegedUser();
  const folder = mkdtempSync(join(tmpdir(), `otelier-${program.name}-`));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

  let child: ChildProcess | undefined;
  const killNow = (): void => {
    child?.kill('SIGKILL');
    removeFolder();
  };
  process.once('exit', killNow); // a test that dies leaves nothing behind

  async function start(): Promise<void> {
    const [file, ...args] = program.command(folder, port) as [string, ...string[]];
    const started = spawn(file, args, { ...user, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk: Buffer) => (output = (output + String(chunk)).slice(-4000)));
    const ended = new Promise<never>((_resolve, reject) => {
      started.once('error', reject);
      started.once('exit', (code, signal) => reject(new Error(`${program.name} ended (${code ?? signal}) before it answered:\n${output}`)));
    });
    ended.catch(() => {}); // later ends are nobody's concern
    child = started;
    await Promise.race([untilItAnswers(program, url), ended]);
  }

  async function stop(): Promise<void> {
    const running = child;
    child = undefined;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const gone = once(running, 'exit');
    running.kill(program.endSignal);
    await gone;
  }

  const port = options.port ?? (await findFreePort());
  const url = program.url(port);
  const prepare = program.prepare?.(folder);
  if (prepare !== undefined) await promisify(execFile)(prepare[0]!, prepare.slice(1), { ...user, cwd: folder });
  await start();
  return {
    url,
    port,
    get pid() {
      return child?.pid ?? 0;
    },
    stop,
    start,
    async close() {
      await stop();
      removeFolder();
      process.off('exit', killNow);
    },
  };
}

/** Some servers refuse to run as root, and none has to. */
function unprivilegedUser(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string): number => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout) || 65534;
  return { uid: idOf('-u'), gid: idOf('-g') };
}

async function untilItAnswers({ name, answers }: ServerProgram, url: string): Promise<void> {
  for (const until = Date.now() + startsWithinMs; Date.now() < until; await delay(50)) if (await answers(url)) return;
  throw new Error(`${name} did not answer at ${url} within ${startsWithinMs / 1000} s.`);
}
