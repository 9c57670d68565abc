/** Tells whether a process of an earlier note is still the same one: numbers of processes come round again, times of their start do not. */
import { existsSync, readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the words of this machine. */
  readonly started: string;
}

export function identityOf(pid: number): ProcessIdentity {
  return { pid, started: startOf(pid) ?? '' };
}

export function isSame({ pid, started }: ProcessIdentity): boolean {
  return isAlive(pid) && startOf(pid) === started;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function startOf(pid: number): string | undefined {
  try {
    if (!existsSync('/proc/self/stat')) return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    // Fields of /proc/<pid>/stat after the name, which may hold blanks and brackets; the third is the state, Z a process that has ended.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
