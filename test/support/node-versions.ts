/** The Node.js releases that the tests run apps on, installed once per machine into the cache. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** One release of every line that otelier promises to work on, oldest first. */
export const nodeVersions = ['20.20.2', '22.23.3', '24.21.0', '26.10.0'] as const;
export type NodeVersion = (typeof nodeVersions)[number];

const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'otelier', 'node');
const installTimeoutMs = 180_000;

/** The executable of a release; installs it first when it is missing. Any number of processes may ask at once. */
export async function nodeExecutable(version: NodeVersion): Promise<string> {
  const folder = join(cache, version);
  const executable = join(folder, 'node_modules', '.bin', 'node');
  const complete = join(folder, 'node_modules', '.package-lock.json'); // npm writes it last
  const isThere = (): boolean => existsSync(complete) && existsSync(executable);
  if (isThere()) return executable;

  mkdirSync(cache, { recursive: true });
  const release = await lock(`${folder}.lock`);
  try {
    if (!isThere()) await install(version, folder);
  } finally {
    release();
  }
  return executable;
}

async function install(version: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const npm = spawn('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--loglevel=error', `node@${version}`], {
    cwd: dirname(folder),
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: installTimeoutMs,
    killSignal: 'SIGKILL',
  });
  let said = '';
  npm.stderr.on('data', (chunk: Buffer) => (said += String(chunk)));
  const [code] = (await once(npm, 'close')) as [number | null];
  if (code !== 0) throw new Error(`Node.js ${version} could not be installed into ${folder} (npm ended with ${code}): ${said}`);
}

/** A folder is the lock: only one process can make it. One that nobody has touched for long was left behind by a process that died. */
async function lock(path: string): Promise<() => void> {
  for (;;) {
    try {
      mkdirSync(path);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const touchedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (touchedAt !== undefined && Date.now() - touchedAt > 30_000) rmSync(path, { recursive: true, force: true });
    else await delay(200);
  }
  const beat = setInterval(() => utimesSync(path, new Date(), new Date()), 5000);
  return () => {
    clearInterval(beat);
    rmSync(path, { recursive: true, force: true });
  };
}
