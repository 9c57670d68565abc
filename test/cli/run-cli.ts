/** Runs the command `otelier` from its source, and hands over how it ended and what it said. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';

export const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
export const anyPorts = ['--http-port=0', '--grpc-port=0', '--page-port=0'];

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves with the match when it is in the output; rejects when the process ends first. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
}

const TIMEOUT_MS = 120_000;

export function startCli(args: readonly string[], env: NodeJS.ProcessEnv = {}, input?: string): Running {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL|NODE_)/.test(name)));
  // What is run has more than the usual two seconds to deliver: this machine may be busy.
  const patient = { OTELIER_SHUTDOWN_TIMEOUT: '30000' };
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...clean, ...patient, ...env },
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let [stdout, stderr] = ['', ''];
  const checks = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += String(chunk);
    for (const check of checks) check();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += String(chunk);
    for (const check of checks) check();
  });
  child.stdin.on('error', () => {});
  if (input !== undefined) child.stdin.end(input);
  const ended = new Promise<Ended>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return {
    child,
    ended,
    waitFor: (pattern) =>
      new Promise((resolve, reject) => {
        const check = (): void => {
          const match = pattern.exec(stdout) ?? pattern.exec(stderr);
          if (match === null) return;
          checks.delete(check);
          resolve(match);
        };
        checks.add(check);
        check();
        void ended.then(() => reject(new Error(`${String(pattern)} never came. stdout: ${stdout} stderr: ${stderr}`)));
      }),
  };
}

export const runCli = (args: readonly string[], env?: NodeJS.ProcessEnv, input?: string): Promise<Ended> =>
  startCli(args, env, input).ended;
