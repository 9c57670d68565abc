/** Turns a program and its arguments into a process that writes to a log file, and ends when asked, within a bound. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { basename, dirname } from 'node:path';

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Of a program that could not be started. */
  readonly error?: Error;
}

export interface Child {
  /** Undefined when the program could not be started. */
  readonly pid: number | undefined;
  readonly ended: Promise<Ending>;
  /** SIGTERM, then SIGKILL when the time is over. */
  stop(graceMs: number): Promise<Ending>;
  kill(signal: NodeJS.Signals): void;
}

export interface ChildStart {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly logFile: string;
}

/** Beyond this, a log of earlier runs is put aside; there is one such, so a service's logs are twice that at a start. */
const maxLogBytes = 10 * 1024 * 1024;

/** What of our own environment a service gets: where things are, never how this shell's other programs are set up. */
const inherited = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
];

/** Apart from the terminal's process group, so that Ctrl+C reaches only the one who stops all in order. */
export function startChild({ program, args, environment, cwd, logFile }: ChildStart): Child {
  const log = openLog(logFile);
  writeSync(log, `---- ${new Date().toISOString()} ${basename(program)} ${args.join(' ')}\n`);
  const own = Object.fromEntries(inherited.map((name) => [name, process.env[name]]).filter(([, value]) => value !== undefined));
  const child = spawn(program, args, { cwd, env: { ...own, ...environment }, stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  const ended = new Promise<Ending>((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  return {
    pid: child.pid,
    ended,
    async stop(graceMs) {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      const ending = await ended;
      clearTimeout(killer);
      return ending;
    },
    kill: (signal) => void child.kill(signal),
  };
}

export function describeEnding({ code, signal, error }: Ending): string {
  if (error !== undefined) return error.message;
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

/** The last lines of what the latest start printed. */
export function lastLines(logFile: string, count: number): readonly string[] {
  if (!existsSync(logFile)) return [];
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n');
  return lines.slice(lines.findLastIndex((line) => line.startsWith('---- ')) + 1).slice(-count);
}

function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes) renameSync(file, `${file}.1`);
  return openSync(file, 'a', 0o600);
}
