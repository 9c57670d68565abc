/** An app under measurement: started with one variant's preload in a clean environment, asked what it has used, ended. */
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { spawnPinned } from './cores.ts';
import type { Variant } from './variants.ts';

/** A variant that is ready to run. */
export interface Prepared {
  readonly name: string;
  readonly variant: Variant;
  readonly folder: string;
}

export interface StartReport {
  /** On the clock of process.hrtime, in ms. */
  readonly at: number;
  readonly rss: number;
  /** Of apps that listen. */
  readonly port?: number;
}

/** Bytes, but for the time: microseconds of CPU of all its threads since its start. */
export interface Usage {
  readonly cpuUs: number;
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  readonly arrayBuffers: number;
  /** The heap after a full collection, where the app was started with --expose-gc; else the heap as it is. */
  readonly live: number;
}

export interface App {
  readonly report: StartReport;
  readonly port: number;
  usage(): Promise<Usage>;
  /** SIGTERM; the preload may flush now. */
  terminate(): void;
  /** SIGKILL, if it has not ended; resolves when it has. */
  kill(): Promise<void>;
}

const startTimeoutMs = 60_000;
const answerTimeoutMs = 20_000;

export function appCommand({ variant }: Prepared, app: string): readonly string[] {
  const path = variant.place === 'clone' ? join('bench', 'apps', app) : join('apps', app);
  return [process.execPath, ...variant.flags, path];
}

/** Nothing of the caller's environment but where programs, homes and caches are. */
export function appEnvironment({ variant }: Prepared, sinkUrl: string): Record<string, string> {
  const kept = ['PATH', 'HOME', 'XDG_CACHE_HOME', 'TMPDIR'].flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []));
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...variant.env(sinkUrl), BENCH_UPSTREAM: `${sinkUrl}/upstream` };
}

/**
 * Starts an app that stays, and resolves when it listens.
 * @throws Error with the end of its stderr when it ends, or is silent for a minute, before.
 */
export async function startApp(
  prepared: Prepared,
  app: string,
  env: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<App> {
  const [node = process.execPath, ...rest] = appCommand(prepared, app);
  const child = spawnPinned('app', [node, ...flags, ...rest], {
    cwd: prepared.folder,
    env: { ...env, BENCH_STAY: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = watch(child);
  const end = async (): Promise<void> => {
    child.kill('SIGKILL');
    await lines.ended;
  };
  try {
    const report = (await lines.next('"port"', startTimeoutMs)) as StartReport;
    return {
      report,
      port: report.port ?? 0,
      async usage() {
        const answer = lines.next('"cpuUs"', answerTimeoutMs);
        child.kill('SIGUSR2');
        return (await answer) as Usage;
      },
      terminate: () => void child.kill('SIGTERM'),
      kill: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

interface Lines {
  /** The next line of JSON on stdout that holds a text. */
  next(text: string, timeoutMs: number): Promise<unknown>;
  readonly ended: Promise<void>;
}

function watch(child: ChildProcess): Lines {
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + String(chunk)).slice(-2000)));
  const ended = new Promise<void>((resolve) => child.once('error', () => resolve()).once('close', () => resolve()));
  const output = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const failure = (what: string): Error => new Error(`The app ${what}. ${said.trim().split('\n').slice(-3).join(' / ')}`.trimEnd());
  return {
    ended,
    async next(text, timeoutMs) {
      const stop = new AbortController();
      let listener = (_line: string): void => {};
      try {
        return await Promise.race([
          new Promise((resolve) => {
            listener = (line) => {
              if (line.startsWith('{') && line.includes(text)) resolve(JSON.parse(line));
            };
            output.on('line', listener);
          }),
          ended.then(() => Promise.reject(failure('has ended'))),
          delay(timeoutMs, undefined, { signal: stop.signal }).then(() => Promise.reject(failure('is silent'))),
        ]);
      } finally {
        stop.abort();
        output.off('line', listener);
      }
    },
  };
}
