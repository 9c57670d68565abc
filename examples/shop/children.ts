/** The shop's processes: started with their output in a file, watched, and stopped in order. */

import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** How it ended, `exit code 0` or `signal SIGTERM`; pending while it runs. */
  readonly ended: Promise<string>;
  /** The last lines of its output. */
  lastOutput(lines: number): string;
  /** SIGTERM, then SIGKILL after a quarter of a minute. Resolves with how it ended. */
  stop(): Promise<string>;
  kill(): void;
}

interface Start {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly logDirectory: string;
}

/** Starts `node ...args`. Apart from the terminal's process group, so that Ctrl+C reaches only the one who stops the others in order. */
export function startChild({ name, args, env, cwd, logDirectory }: Start): Child {
  const logFile = join(logDirectory, `${name}.log`);
  const output = openSync(logFile, 'a');
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', output, output], detached: true });
  closeSync(output);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  return {
    name,
    pid: child.pid ?? 0,
    logFile,
    ended,
    lastOutput: (lines) => readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-lines).join('\n'),
    async stop() {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), 15_000);
      const how = await ended;
      clearTimeout(killer);
      return how;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

/** Resolves when something accepts connections on the port; rejects when the signal aborts first. */
export async function waitForPort(port: number, signal: AbortSignal): Promise<void> {
  while (!(await isTaken(port))) await sleep(50, undefined, { signal });
}

/** True when something accepts connections on the port. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
