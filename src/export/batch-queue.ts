/**
 * A backlog -> one request at a time. Bounded: what does not fit is dropped and counted, never waited for.
 * What the other side could not take for now goes back into the backlog and is tried again; the app never notices either way.
 */
import type { BatchSettings } from '../config/types.ts';
import type { Backlog, Batch } from './backlog.ts';
import type { Outcome } from './transport.ts';

/** What the queue tells the outside: counts, and how a request ended. */
export interface QueueObserver {
  /** Items lost: the queue was full, or the other side refused them for good. */
  dropped(count: number, reason: 'queue_full' | 'rejected'): void;
  sent(count: number, outcome: Outcome): void;
}

export interface BatchQueue {
  /** Is there room for one more item? When not, one is counted as dropped. */
  accepts(): boolean;
  /** To be called when an item was added to the backlog. */
  added(): void;
  /** Sends all there is, at most until `timeoutMs` from now; true when nothing is left. */
  flush(timeoutMs: number): Promise<boolean>;
  /** Takes out everything that is not known to be delivered, batches under way included, and closes the queue. */
  drain(): Batch[];
  readonly size: number;
}

const FIRST_BACKOFF_MS = 1000;
const LAST_BACKOFF_MS = 30_000;

export function createBatchQueue(
  settings: BatchSettings,
  backlog: Backlog,
  send: (batch: Batch, timeoutMs: number) => Promise<Outcome>,
  observer: QueueObserver,
): BatchQueue {
  let underWay: Batch | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** Only one at a time; resolves with whether the other side can take more. */
  let round: Promise<boolean> | undefined;
  /** Doubles with each failure. */
  let stepMs = 0;
  /** How long to wait before the next request; 0 when the other side is well. */
  let backoffMs = 0;
  /** The timer is due at once. */
  let hurried = false;
  let closed = false;

  const schedule = (delayMs: number): void => {
    if (timer || closed) return;
    hurried = delayMs === 0;
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
      if (backlog.size > 0) schedule(backoffMs || settings.scheduleDelayMs);
    });
    return round;
  };

  const sendOne = async (timeoutMs: number): Promise<boolean> => {
    const batch = backlog.take();
    if (!batch) return true;
    underWay = batch;
    const outcome = await send(batch, timeoutMs).catch(refusedFor);
    if (underWay !== batch) return false; // drained meanwhile: the last delivery has it
    underWay = undefined;
    if (!outcome.ok && outcome.retryable) {
      backlog.putBack(batch);
      stepMs = Math.min(Math.max(stepMs * 2, FIRST_BACKOFF_MS), LAST_BACKOFF_MS);
      backoffMs = outcome.retryAfterMs ?? stepMs * (0.8 + Math.random() * 0.4);
    } else {
      stepMs = 0;
      backoffMs = 0;
      if (!outcome.ok) observer.dropped(batch.count, 'rejected');
    }
    observer.sent(batch.count, outcome);
    return outcome.ok || !outcome.retryable;
  };

  /** Sends until the queue holds less than a batch worth a request, or the other side cannot take more. */
  const sendBatches = async (): Promise<boolean> => {
    let wentWell = true;
    do wentWell = await sendOne(settings.exportTimeoutMs);
    while (wentWell && backlog.size >= settings.maxExportBatchSize && !closed);
    return wentWell;
  };

  const size = (): number => backlog.size + (underWay?.count ?? 0);

  return {
    accepts() {
      if (!closed && size() < settings.maxQueueSize) return true;
      observer.dropped(1, 'queue_full');
      return false;
    },
    added() {
      if (round) return; // its end looks at what is waiting
      if (backlog.size >= settings.maxExportBatchSize && backoffMs === 0) {
        if (timer && hurried) return;
        clearTimeout(timer);
        timer = undefined;
        schedule(0);
      } else schedule(settings.scheduleDelayMs);
    },
    async flush(timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      if (round) await within(round, timeoutMs);
      while (backlog.size > 0 && !round && !closed) {
        const left = deadline - Date.now();
        if (left <= 0) break;
        const wentWell = await within(
          start(() => sendOne(Math.min(left, settings.exportTimeoutMs))),
          left,
        );
        if (!wentWell) break;
      }
      return size() === 0;
    },
    drain() {
      closed = true;
      clearTimeout(timer);
      if (underWay) backlog.putBack(underWay);
      underWay = undefined;
      const all: Batch[] = [];
      for (let batch = backlog.take(); batch; batch = backlog.take()) all.push(batch);
      return all;
    },
    get size() {
      return size();
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
