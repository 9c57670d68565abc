/** What becomes of the items of one way out, in plain numbers: counted where something happens to a batch, read when metrics are collected. */
import type { OtlpTarget } from '../config/types.ts';
import type { Batch } from './backlog.ts';
import type { Outcome, Signal } from './transport.ts';

/** `error.type` of items that hold a value which no serializer takes. */
const UNSERIALIZABLE = 'not_serializable';
/** `error.type` of items that were taken in by a request and refused one by one. */
const REJECTED = 'rejected';

/** One export is over: `error.type` where it was no full success, and the status of its last answer, if there was one. */
export interface Operation {
  readonly seconds: number;
  readonly errorType: string | undefined;
  readonly status: number | string | undefined;
}

export class Tally {
  readonly signal: Signal;
  readonly target: OtlpTarget;
  /** Most items that may wait. */
  readonly capacity: number;
  /** Items dropped because there was no room. */
  queueFull = 0;
  /** Items that could not even be written. */
  unwritten = 0;
  /** Items of batches that went out, each counted with the first attempt. */
  passed = 0;
  exported = 0;
  /** Items whose export failed for good, by `error.type`. */
  readonly failed: Map<string, number> = new Map();
  /** Told of each export when its last attempt is over. */
  onOperation: ((operation: Operation) => void) | undefined = undefined;
  readonly #queued: () => number;
  #concluded = 0;
  /** Of batches that went out without some of their items. */
  readonly #unfit = new WeakMap<Batch, number>();

  constructor(signal: Signal, target: OtlpTarget, capacity: number, queued: () => number) {
    this.signal = signal;
    this.target = target;
    this.capacity = capacity;
    this.#queued = queued;
  }

  /** Items that take up room. What waits for another attempt is among them, and in flight as well. */
  get queued(): number {
    return this.#queued();
  }

  /** Items that went out and whose export is not over. */
  get inflight(): number {
    return this.passed - this.#concluded;
  }

  /** Of the batch only `count` items could be serialized. */
  leaveOut(batch: Batch, count: number): void {
    this.#unfit.set(batch, batch.count - count);
  }

  /** @param rejected items that the other side refused although it took the request */
  conclude(batch: Batch, outcome: Outcome, rejected: number, seconds: number): void {
    const { weight } = batch;
    const refused = Math.min(rejected, weight);
    const unfit = Math.min(this.#unfit.get(batch) ?? 0, weight - refused);
    this.#concluded += weight;
    this.#fail(UNSERIALIZABLE, unfit);
    this.#fail(REJECTED, refused);
    const rest = weight - refused - unfit;
    if (outcome.ok) this.exported += rest;
    else this.#fail(outcome.errorType, rest);
    const errorType = outcome.ok ? (refused > 0 ? REJECTED : undefined) : outcome.errorType;
    this.onOperation?.({ seconds, errorType, status: outcome.status });
  }

  #fail(errorType: string, count: number): void {
    if (count > 0) this.failed.set(errorType, (this.failed.get(errorType) ?? 0) + count);
  }
}
