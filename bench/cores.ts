/** Keeps the app on one core and everything else off it, where the system can (Linux with taskset and two cores). */
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { availableParallelism } from 'node:os';

export const pinned: boolean = availableParallelism() > 1 && spawnSync('taskset', ['-c', '0,1', 'true']).status === 0;

/** The app under measurement, or the load and all that answers it. */
export type Role = 'app' | 'others';

export function pinnedCommand(role: Role, command: readonly string[]): readonly [string, ...string[]] {
  const whole = pinned ? ['taskset', '-c', role === 'app' ? '0' : '1', ...command] : command;
  return whole as readonly [string, ...string[]];
}

/** Those that run now. Whatever ends the benchmark ends them: an app that nobody stops would go on listening. */
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)
  process.once(signal, () => process.exit(code));

export function spawnPinned(role: Role, command: readonly string[], options: SpawnOptions): ChildProcess {
  const [program, ...args] = pinnedCommand(role, command);
  const child = spawn(program, args, options);
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}
