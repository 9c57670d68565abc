/** One signal's way out: a backlog of finished items -> batch queue -> transport. */
import type { BatchSettings, OtlpTarget } from '../config/types.ts';
import type { Backlog, Batch, Serialize } from './backlog.ts';
import { ItemBacklog } from './backlog.ts';
import { createBatchQueue } from './batch-queue.ts';
import type { QueueObserver } from './batch-queue.ts';
import { ByteBacklog } from './byte-backlog.ts';
import type { ByteScope } from './byte-backlog.ts';
import type { ByteWriter } from '../otlp/byte-writer.ts';
import type { Reporter } from './reporter.ts';
import { Tally } from './tally.ts';
import type { Outcome, Signal, Transport } from './transport.ts';

/** What a pipeline could not deliver before the process ends, ready for the last delivery. */
export interface Remainder {
  readonly signal: Signal;
  readonly target: OtlpTarget;
  readonly body: Uint8Array;
  readonly count: number;
}

/** What all pipelines have in common. */
export interface Outlet {
  flush(timeoutMs: number): Promise<boolean>;
  /** Serializes everything undelivered and closes the pipeline. Synchronous: it runs inside the `exit` event. */
  drain(): Remainder[];
  /** Items not known to be delivered. */
  readonly size: number;
  readonly tally: Tally;
}

/** A way out for items that are serialized when they are sent. */
export interface Pipeline<T> extends Outlet {
  add(item: T): void;
}

/** A way out for items that are written as bytes the moment they are finished. */
export interface BytePipeline extends Outlet {
  /** Adds what `write` makes of the item: one element of field 2 of a `ScopeSpans` or `ScopeLogs`. */
  add<T>(scope: ByteScope, write: (writer: ByteWriter, item: T) => void, item: T): void;
}

/** Requests at a time, of spans and of log records; collections of metrics go one after another, in their order. */
const MOST_UNDER_WAY = 4;

export interface PipelineOptions {
  readonly signal: Signal;
  readonly target: OtlpTarget;
  readonly batch: BatchSettings;
  readonly transport: Transport;
  readonly reporter: Reporter;
  /** Reads the rejected count and message of a partial success out of the answer's bytes. */
  readonly readPartial: (body: Uint8Array) => { rejected: number; message: string } | undefined;
  /** Resolves when the resource's late attributes are known; awaited before the first request only, bounded. */
  readonly ready: Promise<void>;
  /** Runs work so that no instrumentation sees it. */
  readonly untraced: <R>(work: () => R) => R;
}

/** @param weigh what an item counts for when it is told how much was exported, where that is not 1 */
export function createPipeline<T>(options: PipelineOptions, serialize: Serialize<T>, weigh?: (item: T) => number): Pipeline<T> {
  const onUnfit = (): void => options.reporter.unfit(options.signal);
  const backlog = new ItemBacklog<T>(options.batch.maxExportBatchSize, serialize, onUnfit, weigh);
  const { queue, outlet } = createOutlet(options, backlog);
  return Object.assign(outlet, {
    add(item: T): void {
      if (!queue.accepts()) {
        outlet.tally.queueFull += weigh?.(item) ?? 1;
        return;
      }
      backlog.push(item);
      queue.added();
    },
  });
}

/**
 * @param resource attributes of what sends, asked for whenever a batch is sent
 * @param transcode makes of a request's protobuf bytes what the target takes instead
 */
export function createBytePipeline(
  options: PipelineOptions,
  resource: () => Readonly<Record<string, unknown>>,
  transcode?: (body: Uint8Array) => Uint8Array,
): BytePipeline {
  const backlog = new ByteBacklog(options.batch.maxExportBatchSize, resource, transcode);
  const { queue, outlet } = createOutlet(options, backlog);
  const { tally } = outlet;
  return Object.assign(outlet, {
    add<T>(scope: ByteScope, write: (writer: ByteWriter, item: T) => void, item: T): void {
      if (!queue.accepts()) {
        tally.queueFull++;
        return;
      }
      try {
        backlog.write(scope, write, item);
      } catch {
        tally.unwritten++;
        options.reporter.unfit(options.signal);
        return;
      }
      queue.added();
    },
  });
}

const unserializable: Outcome = {
  ok: false,
  retryable: false,
  retryAfterMs: undefined,
  reason: 'nothing in the batch could be serialized',
  errorType: 'not_serializable',
};

function createOutlet(options: PipelineOptions, backlog: Backlog): { queue: ReturnType<typeof createBatchQueue>; outlet: Outlet } {
  const { signal, target, transport, reporter, untraced } = options;

  const partialOf = (outcome: Outcome): ReturnType<typeof options.readPartial> =>
    outcome.ok && outcome.body.byteLength > 0 ? options.readPartial(outcome.body) : undefined;

  const send = async (batch: Batch, timeoutMs: number): Promise<Outcome> => {
    await options.ready;
    const request = batch.encode();
    if (!request) return unserializable;
    if (request.count < batch.count) tally.leaveOut(batch, request.count);
    return untraced(() => transport.send(signal, request.body, Math.min(timeoutMs, target.timeoutMs)));
  };

  const observer: QueueObserver = {
    dropped: (count, reason) => reporter.dropped(target, signal, count, reason),
    sent(_count, outcome) {
      if (!outcome.ok) {
        reporter.failed(target, signal, outcome);
        return;
      }
      reporter.delivered(target);
      const partial = partialOf(outcome);
      if (partial && (partial.rejected > 0 || partial.message !== '')) reporter.partial(target, signal, partial.rejected, partial.message);
    },
    passed(batch) {
      tally.passed += batch.weight;
    },
    concluded: (batch, outcome, seconds) => tally.conclude(batch, outcome, partialOf(outcome)?.rejected ?? 0, seconds),
  };
  const queue = createBatchQueue(options.batch, backlog, send, observer, signal === 'metrics' ? 1 : MOST_UNDER_WAY);
  const tally = new Tally(signal, target, options.batch.maxQueueSize, () => queue.waiting);

  const outlet: Outlet = {
    flush: (timeoutMs) => queue.flush(timeoutMs),
    drain() {
      return queue.drain().flatMap((batch) => {
        const request = batch.encode();
        return request ? [{ signal, target, ...request }] : [];
      });
    },
    get size() {
      return queue.size;
    },
    tally,
  };
  return { queue, outlet };
}
