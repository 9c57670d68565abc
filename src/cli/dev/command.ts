/** Runs the command in our place: its input and output are ours, signals go to it, and we end as it ends. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not even be started. */
  readonly failure?: NodeJS.ErrnoException;
}

/** On Ctrl+C, Ctrl+\ and hang-up a terminal signals everyone who runs in it, the command included. */
const fromTerminal: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGHUP'];
const passed: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGUSR2', ...fromTerminal];

export function runCommand(command: readonly string[], env: NodeJS.ProcessEnv): Promise<Ending> {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { env, stdio: 'inherit', shell: process.platform === 'win32' });
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const listeners = passed.map((signal) => {
    const listener = (): void => {
      if (!onTerminal || !fromTerminal.includes(signal)) child.kill(signal);
    };
    process.on(signal, listener);
    return () => process.off(signal, listener);
  });
  return new Promise<Ending>((resolve) => {
    child.once('error', (failure: NodeJS.ErrnoException) => resolve({ code: null, signal: null, failure }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  }).finally(() => {
    for (const off of listeners) off();
  });
}

/** Ends this process as the command ended: with its exit code, or by its signal. */
export function endAs({ code, signal }: Ending): void {
  if (signal === null) {
    process.exitCode = code ?? 1;
    return;
  }
  process.exitCode = 128 + (constants.signals[signal] ?? 0);
  // A signal that is ignored here leaves the exit code that shells give it.
  process.kill(process.pid, signal);
}
