/**
 * Owns the end of the process without changing it: what was recorded is delivered, within a bound, and the process then dies as it would have
 * without us, with the same exit code or the same signal.
 */
import { constants } from 'node:os';

export interface ExitWork {
  /** Sends what is there while the event loop still turns; resolves within `timeoutMs`. */
  flush(timeoutMs: number): Promise<void>;
  /** Sends what is left from inside the `exit` event, blocking at most `timeoutMs`. */
  deliverNow(timeoutMs: number): void;
  /** Is there anything that the last flush did not try? Asked before the process is kept alive. */
  hasWork(): boolean;
  /** False: `deliverNow` does nothing, and only `flush` delivers. */
  readonly canDeliverNow: boolean;
}

// Signals whose default is to end the process and that tools send for it. SIGHUP has another meaning on Windows.
const SIGNALS: readonly NodeJS.Signals[] = process.platform === 'win32' ? ['SIGINT'] : ['SIGTERM', 'SIGINT', 'SIGHUP'];
// Those by which a process may end itself. SIGUSR2 is how nodemon restarts.
const OWN_SIGNALS: readonly NodeJS.Signals[] = [...SIGNALS, 'SIGQUIT', 'SIGUSR2', 'SIGKILL', 'SIGABRT'];

export function registerExit(work: ExitWork, timeoutMs: number): void {
  if (timeoutMs === 0) return;
  const bounded = withinBudget(work, timeoutMs);
  registerNaturalEnd(bounded);
  registerSignals(bounded);
  registerLast(bounded.deliverNow);
}

interface BoundedWork {
  flush(): Promise<void>;
  deliverNow(): void;
  /** A new signal: the process lived on after the last one, whose flush must not count against this end. */
  renew(): void;
  hasWork(): boolean;
  readonly canDeliverNow: boolean;
}

/** One bound for the whole end: what a flush used up is not there for the last delivery. */
function withinBudget(work: ExitWork, timeoutMs: number): BoundedWork {
  let leftMs = timeoutMs;
  return {
    async flush() {
      const startedAt = Date.now();
      await work.flush(Math.max(leftMs, 1)).catch(() => {}); // what is left over is for the last delivery
      leftMs -= Date.now() - startedAt;
    },
    deliverNow: () => work.deliverNow(leftMs),
    renew() {
      leftMs = timeoutMs;
    },
    hasWork: work.hasWork,
    canDeliverNow: work.canDeliverNow,
  };
}

/** Delivers after the app's own `exit` listeners, whenever they were added and even when one of them calls `process.exit` again, which ends it. */
function registerLast(deliver: () => void): void {
  let delivered = false;
  const deliverOnce = (): void => {
    if (delivered) return;
    delivered = true;
    try {
      deliver();
    } catch {
      // An exception inside `exit` would change the exit code.
    }
  };
  const internals = process as unknown as {
    emit: (event: string, ...args: unknown[]) => boolean;
    reallyExit: (code: number) => never;
    _exiting?: boolean;
  };
  const { emit, reallyExit } = internals;
  internals.emit = function (event, ...args) {
    try {
      return emit.call(this, event, ...args);
    } finally {
      if (event === 'exit' && internals._exiting !== false) deliverOnce();
    }
  };
  internals.reallyExit = function (code) {
    deliverOnce();
    return reallyExit.call(this, code);
  };
}

function registerNaturalEnd(work: BoundedWork): void {
  let flushed = false;
  process.on('beforeExit', () => {
    // Flushing turns the event loop, after which `beforeExit` comes again: the app's own listeners are not to be called twice.
    if (work.canDeliverNow && process.listenerCount('beforeExit') > 1) return;
    if (flushed && !work.hasWork()) return;
    flushed = true;
    void work.flush();
  });
}

function registerSignals(work: BoundedWork): void {
  for (const signal of SIGNALS) {
    const listener = (): void => {
      // Out of the way first: libraries such as signal-exit end the process only when nobody else listens.
      process.removeListener(signal, listener);
      work.renew();
      if (process.listenerCount(signal) > 0) {
        // The app handles the signal and keeps control. If it lives on, we listen again.
        void work.flush().finally(() => process.prependListener(signal, listener));
        return;
      }
      // A second signal meanwhile finds the default and ends the process at once.
      void work.flush().finally(() => process.kill(process.pid, signal));
    };
    process.on(signal, listener);
  }

  // The usual end of an app's own handler: clean up, then die by the same signal. Nothing runs after that call, so what is left is delivered in it.
  const { kill } = process;
  process.kill = function (pid, signal = 'SIGTERM') {
    const name =
      typeof signal === 'number'
        ? OWN_SIGNALS.find((candidate) => constants.signals[candidate] === signal)
        : OWN_SIGNALS.find((candidate) => candidate === signal);
    if (pid === process.pid && name && process.listenerCount(name) === 0) work.deliverNow();
    return kill.call(process, pid, signal);
  };
}
