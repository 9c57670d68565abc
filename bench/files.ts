/** Counts the files that a process opens before it opens its app: what a preload makes Node read. Seen from outside, by strace. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the system loader and Node itself read, whatever is started. */
const ofTheSystem = /^\/(proc|sys|dev|etc|lib|lib64|usr)\/|\/bin\/node$/;

/** @returns undefined where strace is missing or not allowed. */
export function countFiles(command: readonly string[], app: string, env: Record<string, string>, cwd: string): number | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'otelier-bench-'));
  try {
    const log = join(folder, 'strace');
    const { error } = spawnSync('strace', ['-f', '-qq', '-e', 'trace=open,openat', '-o', log, ...command], { cwd, env, stdio: 'ignore' });
    return error ? undefined : countBefore(readFileSync(log, 'utf8'), app);
  } catch {
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Files, each counted once, that are opened with success up to the app's own, which is not counted. */
function countBefore(trace: string, app: string): number | undefined {
  const seen = new Set<string>();
  for (const line of trace.split('\n')) {
    const [, path, flags, result] = /open(?:at)?\((?:AT_FDCWD, )?"([^"]+)", ([\w|]+).*\) = (-?\d+)/.exec(line) ?? [];
    if (path === undefined || Number(result) < 0 || flags?.includes('O_DIRECTORY') || ofTheSystem.test(path)) continue;
    if (path.endsWith(`/apps/${app}`)) return seen.size;
    seen.add(path);
  }
  return undefined;
}
