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

  const serializeOrNot = (batch: readonly T[]): Uint8Array | undefined => {
    try {
      return serialize(batch);
    } catch {
      return undefined;
    }
  };

  /** One item with a value that no serializer takes (a cycle, a getter that throws) must not cost the others: without it, then. */
  const serializeWhatCan = (batch: readonly T[]): { readonly body: Uint8Array; readonly count: number } | undefined => {
    const whole = serializeOrNot(batch);
    if (whole) return { body: whole, count: batch.length };
    const sound = batch.filter((item) => serializeOrNot([item]) !== undefined);
    const body = sound.length > 0 ? serializeOrNot(sound) : undefined;
    if (!body) return undefined;
    reporter.unfit(signal);
    return { body, count: sound.length };
  };

  const send = async (batch: readonly T[], timeoutMs: number): Promise<Outcome> => {
    await options.ready;
    const request = serializeWhatCan(batch);
    if (!request) return { ok: false, retryable: false, retryAfterMs: undefined, reason: 'nothing in the batch could be serialized' };
    return untraced(() => transport.send(signal, request.body, Math.min(timeoutMs, target.timeoutMs)));
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

  return {
    add: (item) => queue.add(item),
    flush: (timeoutMs) => queue.flush(timeoutMs),
    drain() {
      const items = queue.drain();
      const remainders: Remainder[] = [];
      for (let at = 0; at < items.length; at += options.batch.maxExportBatchSize) {
        const batch = items.slice(at, at + options.batch.maxExportBatchSize);
        const request = serializeWhatCan(batch);
        if (request) remainders.push({ signal, target, ...request });
      }
      return remainders;
    },
    get size() {
      return queue.size;
    },
  };
}
