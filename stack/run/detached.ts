/** A stack that goes on when the command has returned: started by a second process, stopped by its number. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './cache.ts';
import { StackFailed } from './failure.ts';
import { isSame } from './identity.ts';
import type { ProcessIdentity } from './identity.ts';
import type { Options } from './options.ts';
import { logFileOf, readNote, removeNote } from './state.ts';

/** The last line of a run that is ready. */
const readyLine = 'Ctrl+C stops everything.';

export interface Listener {
  /** Each line that the run prints until it is ready. */
  readonly onLine: (line: string) => void;
  /** Ends the run, if it is not ready yet. */
  readonly signal: AbortSignal;
}

/** Resolves when the run is ready; then it goes on without us. @throws StackFailed when it ends before. */
export async function startDetached({ data, address, only, fresh }: Options, { onLine, signal }: Listener): Promise<void> {
  const logFile = logFileOf(data, 'stack');
  mkdirSync(dirname(logFile), { recursive: true, mode: 0o700 });
  const output = openSync(logFile, 'w', 0o600);
  const args = [
    join(root, 'stack', 'run.ts'),
    ...['--data', data],
    ...(address === undefined ? [] : ['--address', address]),
    ...(only === undefined ? [] : ['--only', only.join(',')]),
    ...(fresh ? ['--fresh'] : []),
  ];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  const ended = new Promise<void>((resolve) => child.once('error', () => resolve()).once('exit', () => resolve()));
  let isOver = false;
  void ended.then(() => (isOver = true));
  let shown = 0;
  for (;;) {
    const wasOver = isOver;
    const lines = readFileSync(logFile, 'utf8').split('\n').slice(0, -1);
    const isReady = lines.at(-1) === readyLine;
    for (const line of lines.slice(shown, isReady ? -1 : undefined)) onLine(line);
    shown = lines.length;
    if (isReady) return child.unref();
    if (wasOver) throw new StackFailed('It did not start.');
    if (signal.aborted) child.kill('SIGTERM');
    await Promise.race([ended, sleep(200)]);
  }
}

/** Stops the stack of this folder, whether or not the one who started it is there. Resolves with what was done. */
export async function stopDetached(folder: string): Promise<string> {
  const note = readNote(folder);
  if (note === undefined) return `No stack runs in ${folder}.`;
  const left = Object.values(note.services).filter(isSame);
  const wasSupervised = isSame(note.supervisor);
  const asked = wasSupervised ? [note.supervisor] : left;
  for (const { pid } of asked) process.kill(pid, 'SIGTERM');
  await Promise.all([...asked, ...left].map(untilGone));
  removeNote(folder);
  return wasSupervised ? 'Everything has stopped.' : `Stopped ${left.length} services; who started them was gone.`;
}

/** Longer than any stop_grace_period of docker-compose.yml, after which the supervisor kills. */
const stopTimeoutMs = 240_000;

async function untilGone(identity: ProcessIdentity): Promise<void> {
  const deadline = Date.now() + stopTimeoutMs;
  while (isSame(identity)) {
    if (Date.now() > deadline)
      throw new StackFailed(`pid ${identity.pid} still runs after ${stopTimeoutMs / 1000} s. kill -9 ${identity.pid} ends it.`);
    await sleep(100);
  }
}
