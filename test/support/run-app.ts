/** Runs an app in a process of its own, preloaded with otelier or bare, and hands over how it ended, what it printed and what it sent. */
import { spawn } from 'node:child_process';
import { isAbsolute, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startReceiver } from '../../src/testing.ts';
import type { Receiver } from '../../src/testing.ts';
import { nodeExecutable } from './node-versions.ts';
import type { NodeVersion } from './node-versions.ts';

export const root = join(import.meta.dirname, '..', '..');
/** What users preload. */
export const otel = join(root, 'otel.js');
export const appsFolder = join(root, 'test', 'fixtures', 'apps');

export type Preload = 'import' | 'require' | 'node-options' | 'none';

export interface RunOptions {
  /** A file of test/fixtures/apps, or an absolute path. */
  readonly app: string;
  readonly args?: readonly string[];
  /** Default: the Node.js that runs the tests. */
  readonly node?: NodeVersion;
  /** Flags of Node.js, before the preload. */
  readonly flags?: readonly string[];
  /**
   * Besides PATH, HOME and OTELIER_ENGINE of this process, OTEL_EXPORTER_OTLP_ENDPOINT when there is a receiver, and a patient
   * OTELIER_SHUTDOWN_TIMEOUT. `undefined` takes a variable out again.
   */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How otelier is loaded. Default `import`; `none` runs the bare app. */
  readonly preload?: Preload;
  /** The file that is preloaded. Default: otel.js of this repository. */
  readonly preloadFile?: string;
  readonly cwd?: string;
  /** Sent once, as soon as the app has printed a line that holds `ready`. */
  readonly signal?: NodeJS.Signals;
  /** What else is to be done while the app runs. Its failure is the failure of the run. */
  readonly actions?: (running: RunningApp) => Promise<void> | void;
  /** Where the app sends to. Default: one of its own, closed when the app has ended. One that is given stays open; `none` sets no endpoint. */
  readonly receiver?: Receiver | 'none';
  /** After this the app is killed and the run fails. Default 90 s. */
  readonly timeoutMs?: number;
}

export interface RunningApp {
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly receiver: Receiver | undefined;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when the text is on stdout (or stderr), or the app has ended. */
  waitForOutput(text: string | RegExp): Promise<void>;
}

export interface AppResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly durationMs: number;
  /** The part of it after the last that it printed on stdout: without its start, whose time is the machine's. 0 when it printed nothing. */
  readonly lingeredMs: number;
  /** What arrived. Readable after it was closed; without a receiver there is nothing in it. */
  readonly receiver: Pick<Receiver, 'spans' | 'metrics' | 'logs' | 'requests'>;
}

const nothing = { spans: [], metrics: [], logs: [], requests: [] };

/** @throws Error with the app's output when it does not end within the bound or an action fails. */
export async function runApp(options: RunOptions): Promise<AppResult> {
  const { app, args = [], flags = [], preload = 'import', preloadFile = otel, timeoutMs = 90_000 } = options;
  const executable = options.node ? await nodeExecutable(options.node) : process.execPath;
  const own = options.receiver === undefined ? await startReceiver() : undefined;
  const receiver = own ?? (options.receiver === 'none' ? undefined : options.receiver);
  const startedAt = performance.now();
  const child = spawn(
    executable,
    [
      ...flags,
      ...(preload === 'import' || preload === 'require' ? [`--${preload}`, preloadFile] : []),
      isAbsolute(app) ? app : join(appsFolder, app),
      ...args,
    ],
    {
      cwd: options.cwd ?? root,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        // The whole suite of child processes runs once per engine.
        ...(process.env['OTELIER_ENGINE'] && { OTELIER_ENGINE: process.env['OTELIER_ENGINE'] }),
        ...(receiver && { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url }),
        // By itself the end of a process waits two seconds, which a busy machine may need for more than a delivery.
        ...(preload !== 'none' && { OTELIER_SHUTDOWN_TIMEOUT: '30000' }),
        ...(preload === 'node-options' && { NODE_OPTIONS: `--import ${preloadFile}` }),
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );

  const output = { stdout: '', stderr: '' };
  let printedAt: number | undefined;
  const listeners = new Set<() => void>();
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (chunk: string) => {
      output[stream] += chunk;
      if (stream === 'stdout') printedAt = performance.now();
      for (const listener of listeners) listener();
    });
  }
  let ended = false;
  let endedAt = 0;
  const end = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      ended = true;
      endedAt = performance.now();
      for (const listener of listeners) listener();
      resolve({ code, signal });
    });
  });
  const running: RunningApp = {
    pid: child.pid ?? 0,
    get stdout() {
      return output.stdout;
    },
    get stderr() {
      return output.stderr;
    },
    receiver,
    kill: (signal) => void child.kill(signal),
    waitForOutput: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          const matches = (out: string): boolean => (typeof text === 'string' ? out.includes(text) : text.test(out));
          if (!ended && !matches(output.stdout) && !matches(output.stderr)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
      }),
  };

  const fail = (why: string, cause?: unknown): Error =>
    new Error(`${why}\n${app} on ${executable}\n--- stdout\n${output.stdout}\n--- stderr\n${output.stderr}`, { cause });
  const overtime = new AbortController();
  try {
    const work = async (): Promise<void> => {
      if (options.signal) {
        await running.waitForOutput('ready');
        running.kill(options.signal);
      }
      await options.actions?.(running);
    };
    const [how] = await Promise.race([
      Promise.all([end, work().catch((error: unknown) => Promise.reject(fail(`An action failed: ${String(error)}`, error)))]),
      delay(timeoutMs, undefined, { signal: overtime.signal }).then(() =>
        Promise.reject(fail(`The app did not end within ${timeoutMs} ms.`)),
      ),
    ]);
    const { spans, metrics, logs, requests } = receiver ?? nothing;
    const times = { durationMs: endedAt - startedAt, lingeredMs: endedAt - (printedAt ?? endedAt) };
    return { ...how, ...output, ...times, receiver: { spans, metrics, logs, requests } };
  } finally {
    overtime.abort();
    if (!ended) child.kill('SIGKILL');
    await own?.close();
  }
}
