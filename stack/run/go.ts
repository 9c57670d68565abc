/** Finds Go on this machine, and runs it. */
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Go {
  readonly path: string;
  /** Such as go1.26.8. */
  readonly version: string;
}

/** A path, or `none` to do without. Default: the one of the PATH, else of the usual places. */
const ownChoice = 'OTELIER_GO';

/** Where Go's own installer puts it, whether or not the PATH has it. */
const usualPlaces = ['/usr/local/go/bin', '/opt/homebrew/bin', '/usr/lib/go/bin'];

/** The environment of builds: no C compiler, so that the programs run on every machine of this kind. */
export const goEnvironment: NodeJS.ProcessEnv = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };

export async function findGo(): Promise<Go | undefined> {
  const chosen = process.env[ownChoice] || undefined;
  if (chosen === 'none') return undefined;
  const path = chosen ?? findOnPath('go') ?? usualPlaces.map((place) => join(place, 'go')).find((place) => existsSync(place));
  if (path === undefined) return undefined;
  const version = await readGo(path, ['env', 'GOVERSION']);
  return version === undefined ? undefined : { path, version };
}

export function findOnPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** What a `go` command prints, or undefined when it fails. */
export function readGo(path: string, args: readonly string[], cwd?: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(path, args, { cwd, env: goEnvironment, maxBuffer: 2 ** 26 }, (error, stdout) =>
      resolve(error === null ? stdout.trim() : undefined),
    );
  });
}

export interface GoRun {
  readonly cwd: string;
  /** Each line that it prints. */
  readonly onLine: (line: string) => void;
  /** Ends it, with the compilers that it has started. */
  readonly signal?: AbortSignal | undefined;
}

/** Runs a `go` command to its end, in a process group of its own. @throws Error when it fails. */
export async function runGo(path: string, args: readonly string[], { cwd, onLine, signal }: GoRun): Promise<void> {
  signal?.throwIfAborted();
  const child = spawn(path, args, { cwd, env: goEnvironment, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const stop = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  };
  signal?.addEventListener('abort', stop, { once: true });
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    });
  }
  const code = await new Promise<number | string | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, exitSignal) => resolve(exitCode ?? exitSignal));
  });
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if (code !== 0) throw new Error(`go ${args[0]} ended with ${code}`);
}
