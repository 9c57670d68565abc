/** Turns a prepared service into one that can be started, waited for, killed, started again and stopped, and that tells when it dies by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeEnding, lastLines, startChild } from './child.ts';
import type { Child, Ending } from './child.ts';
import { StackFailed } from './failure.ts';
import { askHealth } from './health.ts';
import type { Prepared } from './prepare.ts';
import type { Service } from './services.ts';
import { logFileOf } from './state.ts';

export interface Supervised {
  readonly service: Service;
  readonly version: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  start(): void;
  /** @throws StackFailed when it ends, or the time does, before it is ready. */
  untilReady(signal: AbortSignal | undefined): Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Resolves with what did not go well. */
  stop(): Promise<string | undefined>;
}

export interface SuperviseOptions {
  readonly folder: string;
  readonly address: string;
  /** The service ended, after it was ready, although nobody asked it to. */
  readonly onDied: (message: string) => void;
}

const readyTimeoutMs = 180_000;
const shownLines = 15;

export function supervise(prepared: Prepared, { folder, address, onDied }: SuperviseOptions): Supervised {
  const { service, command, args, environment, stopGraceMs } = prepared;
  const logFile = logFileOf(folder, service.name);
  let child: Child | undefined;
  let isReady = false;
  let isAsked = false;
  let last: Ending | undefined;

  const describe = (what: string): string => {
    const lines = lastLines(logFile, shownLines).map((line) => `  ${line}`);
    return `${service.title} ${what}. Its log ends so:\n${lines.join('\n')}\nAll of it: ${logFile}`;
  };
  return {
    service,
    version: prepared.version,
    get pid() {
      return child?.pid;
    },
    start() {
      isReady = false;
      isAsked = false;
      const started = startChild({ program: command, args, environment, cwd: folder, logFile });
      child = started;
      void started.ended.then((ending) => {
        child = undefined;
        last = ending;
        if (isReady && !isAsked) onDied(describe(`ended by itself (${describeEnding(ending)})`));
      });
    },
    async untilReady(signal) {
      const deadline = performance.now() + readyTimeoutMs;
      for (;;) {
        const health = await askHealth(service, address);
        if (child === undefined)
          throw new StackFailed(describe(`did not start (${last === undefined ? 'it never ran' : describeEnding(last)})`));
        if (health.ready) break;
        if (performance.now() > deadline) throw new StackFailed(describe(`is not ready after ${readyTimeoutMs / 1000} s: ${health.says}`));
        await sleep(200, undefined, { signal });
      }
      isReady = true;
    },
    async kill(signal) {
      isAsked = true;
      child?.kill(signal);
      await child?.ended;
    },
    async stop() {
      isAsked = true;
      const ending = await child?.stop(stopGraceMs);
      return ending?.signal === 'SIGKILL' ? `${service.title} did not stop within ${stopGraceMs / 1000} s and was killed.` : undefined;
    },
  };
}
