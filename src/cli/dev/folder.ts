/** Where the store lives: a folder that stays, used by one process at a time, or one that goes with this process. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CommandError } from '../output.ts';

export interface DataFolder {
  readonly path: string;
  readonly lasting: boolean;
  /** Lets others use it, or removes it. Synchronous: the last thing before the end. */
  release(): void;
}

const PREFIX = 'otelier-dev-';
const LOCK = 'otelier.lock';

/** @throws CommandError when the folder cannot be used, or another process uses it */
export function openFolder(data: string | undefined): DataFolder {
  return data === undefined ? temporary() : lasting(resolve(data));
}

function lasting(path: string): DataFolder {
  const lock = join(path, LOCK);
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const pid = lockOwner(lock);
    if (pid !== undefined && isRunning(pid))
      throw new CommandError(`${path} is used by another otelier dev, process ${pid}. End that, or name another folder with --data.`, 2);
    rmSync(lock, { force: true });
    writeFileSync(lock, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`The folder ${path} cannot be used: ${(error as Error).message}.`, 2);
  }
  return { path, lasting: true, release: () => rmSync(lock, { force: true }) };
}

function lockOwner(lock: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(lock, 'utf8'), 10) || undefined;
  } catch {
    return undefined;
  }
}

function temporary(): DataFolder {
  removeLeftovers();
  const path = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  return { path, lasting: false, release: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}

/** What a process that was killed could not remove. */
function removeLeftovers(): void {
  const uid = process.getuid?.();
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const path = join(tmpdir(), name);
    try {
      if (uid === undefined || statSync(path).uid === uid) rmSync(path, { recursive: true, force: true });
    } catch {
      // somebody else's, or being removed
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
