/** One signal's way out: finished items -> batch queue -> serialized request -> transport. */
import type { BatchSettings, OtlpTarget } from '../config/types.ts';
import { createBatchQueue } from './batch-queue.ts';
import type { Reporter } from './reporter.ts';
import type { Outcome, Signal, Transport } from './transport.ts';

/** Turns a batch into the bytes of one Export*ServiceRequest; undefined when it cannot be serialized. */
export type Serialize<T> = (batch: readonly T[]) => Uint8Array | undefined;

/** What a pipeline could not deliver before the process ends, ready for the last delivery. */
export interface Remainder {
  readonly signal: Signal;
  readonly target: OtlpTarget;
  readonly body: Uint8Array;
  readonly count: number;
}

export interface Pipeline<T> {
  add(item: T): void;
  flush(timeoutMs: number): Promise<boolean>;
  /** Serializes everything undelivered and closes the pipeline. Synchronous: it runs inside the `exit` event. */
  drain(): Remainder[];
  /** Items not known to be delivered. */
  readonly size: number;
}

export interface PipelineOptions<T> {
  readonly signal: Signal;
  readonly target: OtlpTarget;
  readonly batch: BatchSettings;
  readonly transport: Transport;
  readonly serialize: Serialize<T>;
  /** Reads the rejected count and message of a partial success out of the answer's bytes. */
  readonly readPartial: (body: Uint8Array) => { rejected: number; message: string } | undefined;
  readonly reporter: Reporter;
  /** Resolves when the resource's late attributes are known; awaited before the first request only, bounded. */
  readonly ready: Promise<void>;
  /** Runs work so that no instrumentation sees it. */
  readonly untraced: <R>(work: () => R) => R;
}

export function createPipeline<T>(options: PipelineOptions<T>): Pipeline<T> {
  const { signal, target, transport, serialize, reporter, untraced } = options;

  const send = async (batch: readonly T[], timeoutMs: number): Promise<Outcome> => {
    await options.ready;
    const body = serialize(batch);
    if (body === undefined) return { ok: false, retryable: false, retryAfterMs: undefined, reason: 'the batch could not be serialized' };
    return untraced(() => transport.send(signal, body, Math.min(timeoutMs, target.timeoutMs)));
  };

  const queue = createBatchQueue<T>(options.batch, send, {
    dropped: (count, reason) => reporter.dropped(target, signal, count, reason),
    sent(_count, outcome) {
      if (!outcome.ok) {
        reporter.failed(target, signal, outcome);
        return;
      }
      reporter.delivered(target);
      const partial = outcome.body.byteLength > 0 ? options.readPartial(outcome.body) : undefined;
      if (partial && (partial.rejected > 0 || partial.message !== '')) reporter.partial(target, signal, partial.rejected, partial.message);
    },
  });

  /** An exception inside `exit` would change the exit code of the app. */
  const serializeOrSkip = (batch: readonly T[]): Uint8Array | undefined => {
    try {
      return serialize(batch);
    } catch {
      return undefined;
    }
  };

  return {
    add: (item) => queue.add(item),
    flush: (timeoutMs) => queue.flush(timeoutMs),
    drain() {
      const items = queue.drain();
      const remainders: Remainder[] = [];
      for (let at = 0; at < items.length; at += options.batch.maxExportBatchSize) {
        const batch = items.slice(at, at + options.batch.maxExportBatchSize);
        const body = serializeOrSkip(batch);
        if (body) remainders.push({ signal, target, body, count: batch.length });
      }
      return remainders;
    },
    get size() {
      return queue.size;
    },
  };
}
