/**
 * A backlog -> requests, a few at a time. Bounded: what does not fit is dropped and counted, never waited for.
 * The bound is on what waits, as the specification's `maxQueueSize` is; beside it there are at most the few batches under way.
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
  /** A batch goes out for the first time. */
  passed(batch: Batch): void;
  /** Its last attempt is over, this long after the first began; what is tried again has no end yet. */
  concluded(batch: Batch, outcome: Outcome, seconds: number): void;
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
  /** Items that count against the bound. */
  readonly waiting: number;
}

/** When a batch was sent. */
interface Attempts {
  /** The last time, as a number that grows. */
  place: number;
  readonly firstAt: bigint;
}

const FIRST_BACKOFF_MS = 1000;
const LAST_BACKOFF_MS = 30_000;

/**
 * @param mostUnderWay requests at a time: with one alone, a collector that answers after 50 ms takes ten batches in half a second and no more.
 * To an other side that could not take the last one there is one at a time.
 */
export function createBatchQueue(
  settings: BatchSettings,
  backlog: Backlog,
  send: (batch: Batch, timeoutMs: number) => Promise<Outcome>,
  observer: QueueObserver,
  mostUnderWay = 1,
): BatchQueue {
  const { maxExportBatchSize, maxQueueSize, scheduleDelayMs, exportTimeoutMs } = settings;
  /** Each resolves with whether the other side can take more. */
  const underWay = new Map<Batch, Promise<boolean>>();
  /** Batches to be sent again, until the last request that is under way beside theirs is over: only then is their order known. */
  const failed: Batch[] = [];
  const attempts = new WeakMap<Batch, Attempts>();
  let lastPlace = 0;
  /** Items under way or failed. */
  let outside = 0;
  let failedCount = 0;
  let timer: NodeJS.Timeout | undefined;
  /** Is the timer set for at once? */
  let soon = false;
  /** Doubles with each failure. */
  let stepMs = 0;
  /** How long to wait before the next request; 0 when the other side is well. */
  let backoffMs = 0;
  /** Of several requests that fail together only the first makes the wait longer, and one from before a failure does not end it. */
  let failures = 0;
  let closed = false;

  const schedule = (delayMs: number): void => {
    if (closed || (timer && (soon || delayMs > 0))) return;
    clearTimeout(timer);
    soon = delayMs === 0;
    timer = setTimeout(() => {
      timer = undefined;
      soon = false;
      if (isFree()) launch(exportTimeoutMs);
      goOn();
    }, delayMs);
    timer.unref();
  };

  const isFree = (): boolean => underWay.size < (backoffMs > 0 ? 1 : mostUnderWay);

  const launch = (timeoutMs: number): void => {
    const batch = backlog.take();
    if (!batch) return;
    clearTimeout(timer);
    timer = undefined;
    soon = false;
    outside += batch.count;
    noteAttempt(batch);
    underWay.set(batch, deliver(batch, timeoutMs));
  };

  const noteAttempt = (batch: Batch): void => {
    const before = attempts.get(batch);
    lastPlace++;
    if (before) before.place = lastPlace;
    else {
      attempts.set(batch, { place: lastPlace, firstAt: process.hrtime.bigint() });
      observer.passed(batch);
    }
  };

  const placeOf = (batch: Batch): number => attempts.get(batch)?.place ?? 0;

  const deliver = async (batch: Batch, timeoutMs: number): Promise<boolean> => {
    const failuresBefore = failures;
    const outcome = await send(batch, timeoutMs).catch(refusedFor);
    if (!underWay.delete(batch)) return false; // drained meanwhile: the last delivery has it
    const wentWell = outcome.ok || !outcome.retryable;
    if (!wentWell) {
      failed.push(batch);
      failedCount += batch.count;
    } else {
      outside -= batch.count;
      if (!outcome.ok) observer.dropped(batch.count, 'rejected');
      observer.concluded(batch, outcome, Number(process.hrtime.bigint() - (attempts.get(batch)?.firstAt ?? 0n)) / 1e9);
    }
    if (underWay.size === 0) putBack();
    if (failures === failuresBefore) wait(outcome);
    observer.sent(batch.count, outcome);
    goOn();
    return wentWell;
  };

  /** The oldest comes to be the first again. */
  const putBack = (): void => {
    for (const batch of failed.toSorted((a, b) => placeOf(b) - placeOf(a))) {
      outside -= batch.count;
      backlog.putBack(batch);
    }
    failed.length = 0;
    failedCount = 0;
  };

  const wait = (outcome: Outcome): void => {
    if (outcome.ok || !outcome.retryable) {
      stepMs = 0;
      backoffMs = 0;
      return;
    }
    failures++;
    clearTimeout(timer); // set when the other side was well
    timer = undefined;
    soon = false;
    stepMs = Math.min(Math.max(stepMs * 2, FIRST_BACKOFF_MS), LAST_BACKOFF_MS);
    backoffMs = outcome.retryAfterMs ?? stepMs * (0.8 + Math.random() * 0.4);
  };

  /** Sends while a whole batch waits and the other side is well; what does not fill one waits for the delay, or for the end of the backoff. */
  const goOn = (): void => {
    while (backoffMs === 0 && backlog.size >= maxExportBatchSize && isFree() && !closed) launch(exportTimeoutMs);
    if (backlog.size > 0 && isFree()) schedule(backoffMs || scheduleDelayMs);
  };

  const size = (): number => backlog.size + outside;
  const waiting = (): number => backlog.size + failedCount;

  return {
    accepts() {
      if (!closed && waiting() < maxQueueSize) return true;
      observer.dropped(1, 'queue_full');
      return false;
    },
    added() {
      // Where nothing more can be sent for now, the end of a request looks at what is waiting.
      if (soon || !isFree()) return;
      if (backlog.size >= maxExportBatchSize && backoffMs === 0) schedule(0);
      else if (!timer) schedule(backoffMs || scheduleDelayMs);
    },
    async flush(timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      if (underWay.size > 0) await within(Promise.all(underWay.values()), timeoutMs);
      while (size() > 0 && !closed) {
        const left = deadline - Date.now();
        if (left <= 0) break;
        while (backlog.size > 0 && isFree()) launch(Math.min(left, exportTimeoutMs));
        const outcomes = await within(Promise.all(underWay.values()), left);
        if (!outcomes?.every(Boolean)) break;
      }
      return size() === 0;
    },
    drain() {
      closed = true;
      clearTimeout(timer);
      failed.push(...underWay.keys());
      underWay.clear();
      putBack();
      const all: Batch[] = [];
      for (let batch = backlog.take(); batch; batch = backlog.take()) all.push(batch);
      return all;
    },
    get size() {
      return size();
    },
    get waiting() {
      return waiting();
    },
  };
}

/** What could not even be sent will not do better the next time. */
function refusedFor(error: unknown): Outcome {
  const reason = error instanceof Error ? error.message : String(error);
  return { ok: false, retryable: false, retryAfterMs: undefined, reason, errorType: '_OTHER' };
}

/** Waits for `work`, at most `ms`; undefined when it took longer. Keeps the process alive on purpose: whoever flushes at its end waits for this. */
async function within<R>(work: Promise<R>, ms: number): Promise<R | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms)));
  const result = await Promise.race([work, bound]);
  clearTimeout(timer);
  return result;
}
