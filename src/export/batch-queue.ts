/**
 * Finished items -> batches -> one request at a time. Bounded: what does not fit is dropped and counted, never waited for.
 * What the other side could not take for now stays in the queue and is tried again; the app never notices either way.
 */
import type { BatchSettings } from '../config/types.ts';
import type { Outcome } from './transport.ts';

/** What the queue tells the outside: counts, and how a request ended. */
export interface QueueObserver {
  /** Items lost: the queue was full, or the other side refused them for good. */
  dropped(count: number, reason: 'queue_full' | 'rejected'): void;
  sent(count: number, outcome: Outcome): void;
}

export interface BatchQueue<T> {
  add(item: T): void;
  /** Sends all there is, at most until `timeoutMs` from now; true when nothing is left. */
  flush(timeoutMs: number): Promise<boolean>;
  /** Takes out everything that is not known to be delivered, batches under way included, and closes the queue. */
  drain(): T[];
  readonly size: number;
}

const FIRST_BACKOFF_MS = 1000;
const LAST_BACKOFF_MS = 30_000;

export function createBatchQueue<T>(
  settings: BatchSettings,
  send: (batch: readonly T[], timeoutMs: number) => Promise<Outcome>,
  observer: QueueObserver,
): BatchQueue<T> {
  let waiting: T[] = [];
  let underWay: readonly T[] = [];
  let timer: NodeJS.Timeout | undefined;
  /** Only one at a time; resolves with whether the other side can take more. */
  let round: Promise<boolean> | undefined;
  /** Doubles with each failure. */
  let stepMs = 0;
  /** How long to wait before the next request; 0 when the other side is well. */
  let backoffMs = 0;
  let closed = false;

  const schedule = (delayMs: number): void => {
    if (timer || closed) return;
    timer = setTimeout(() => {
      timer = undefined;
      if (!round) void start(sendBatches);
    }, delayMs);
    timer.unref();
  };

  const start = (work: () => Promise<boolean>): Promise<boolean> => {
    clearTimeout(timer);
    timer = undefined;
    round = work().finally(() => {
      round = undefined;
      if (waiting.length > 0) schedule(backoffMs || settings.scheduleDelayMs);
    });
    return round;
  };

  const sendOne = async (timeoutMs: number): Promise<boolean> => {
    const batch = waiting.splice(0, settings.maxExportBatchSize);
    if (batch.length === 0) return true;
    underWay = batch;
    const outcome = await send(batch, timeoutMs).catch(refusedFor);
    if (underWay !== batch) return false; // drained meanwhile: the last delivery has it
    underWay = [];
    if (!outcome.ok && outcome.retryable) {
      waiting = batch.concat(waiting);
      stepMs = Math.min(Math.max(stepMs * 2, FIRST_BACKOFF_MS), LAST_BACKOFF_MS);
      backoffMs = outcome.retryAfterMs ?? stepMs * (0.8 + Math.random() * 0.4);
    } else {
      stepMs = 0;
      backoffMs = 0;
      if (!outcome.ok) observer.dropped(batch.length, 'rejected');
    }
    observer.sent(batch.length, outcome);
    return outcome.ok || !outcome.retryable;
  };

  /** Sends until the queue holds less than a batch worth a request, or the other side cannot take more. */
  const sendBatches = async (): Promise<boolean> => {
    let wentWell = true;
    do wentWell = await sendOne(settings.exportTimeoutMs);
    while (wentWell && waiting.length >= settings.maxExportBatchSize && !closed);
    return wentWell;
  };

  return {
    add(item) {
      if (closed || waiting.length + underWay.length >= settings.maxQueueSize) {
        observer.dropped(1, 'queue_full');
        return;
      }
      waiting.push(item);
      if (round) return; // its end looks at what is waiting
      if (waiting.length >= settings.maxExportBatchSize && backoffMs === 0) {
        clearTimeout(timer);
        timer = undefined;
        schedule(0);
      } else schedule(settings.scheduleDelayMs);
    },
    async flush(timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      if (round) await within(round, timeoutMs);
      while (waiting.length > 0 && !round && !closed) {
        const left = deadline - Date.now();
        if (left <= 0) break;
        const wentWell = await within(
          start(() => sendOne(Math.min(left, settings.exportTimeoutMs))),
          left,
        );
        if (!wentWell) break;
      }
      return waiting.length + underWay.length === 0;
    },
    drain() {
      closed = true;
      clearTimeout(timer);
      const all = [...underWay, ...waiting];
      underWay = [];
      waiting = [];
      return all;
    },
    get size() {
      return waiting.length + underWay.length;
    },
  };
}

/** What could not even be sent will not do better the next time. */
function refusedFor(error: unknown): Outcome {
  return { ok: false, retryable: false, retryAfterMs: undefined, reason: error instanceof Error ? error.message : String(error) };
}

/** Waits for `work`, at most `ms`; undefined when it took longer. Keeps the process alive on purpose: whoever flushes at its end waits for this. */
async function within<R>(work: Promise<R>, ms: number): Promise<R | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
  const result = await Promise.race([work, bound]);
  clearTimeout(timer);
  return result;
}
