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

export function createBatchQueue<T>(settings: BatchSettings, send: (batch: readonly T[], timeoutMs: number) => Promise<Outcome>, observer: QueueObserver): BatchQueue<T> {
  let waiting: T[] = [];
  let underWay: readonly T[] = [];
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | undefined;
  let backoffMs = 0;
  let closed = false;

  const schedule = (delayMs: number): void => {
    if (timer || closed) return;
    timer = setTimeout(() => {
      timer = undefined;
      void run();
    }, delayMs);
    timer.unref();
  };

  const sendOne = async (timeoutMs: number): Promise<boolean> => {
    const batch = waiting.splice(0, settings.maxExportBatchSize);
    underWay = batch;
    const outcome = await send(batch, timeoutMs);
    if (underWay !== batch) return false; // drained meanwhile: the last delivery has it
    underWay = [];
    if (!outcome.ok && outcome.retryable) {
      waiting = batch.concat(waiting);
      backoffMs = outcome.retryAfterMs ?? Math.min(Math.max(backoffMs * 2, FIRST_BACKOFF_MS), LAST_BACKOFF_MS) * (0.8 + Math.random() * 0.4);
    } else {
      backoffMs = 0;
      if (!outcome.ok) observer.dropped(batch.length, 'rejected');
    }
    observer.sent(batch.length, outcome);
    return outcome.ok || !outcome.retryable;
  };

  /** Sends until the queue holds less than a batch worth a request, or the other side cannot take more. */
  const run = (): Promise<void> =>
    (round ??= (async () => {
      let wentWell = true;
      do wentWell = await sendOne(settings.exportTimeoutMs);
      while (wentWell && waiting.length >= settings.maxExportBatchSize && !closed);
    })().finally(() => {
      round = undefined;
      if (waiting.length > 0) schedule(Math.max(backoffMs, backoffMs ? 0 : settings.scheduleDelayMs));
    }));

  return {
    add(item) {
      if (closed || waiting.length + underWay.length >= settings.maxQueueSize) {
        observer.dropped(1, 'queue_full');
        return;
      }
      waiting.push(item);
      if (waiting.length >= settings.maxExportBatchSize && !round && backoffMs === 0) {
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
        let wentWell = false;
        round = sendOne(Math.min(left, settings.exportTimeoutMs)).then((result) => {
          wentWell = result;
        });
        await within(round, left);
        round = undefined;
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

/** Waits for `work`, at most `ms`. Keeps the process alive on purpose: whoever flushes at its end waits for this. */
async function within(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
