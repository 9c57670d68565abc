/** The callbacks of one meter's observable instruments, and one round of calling them: callbacks -> observations by storage. */
import { diag } from '@opentelemetry/api';
import type { Attributes, BatchObservableCallback, Observable, ObservableCallback } from '@opentelemetry/api';
import { cleanAttributes } from './attributes.ts';
import { ObservableInstrument } from './instruments.ts';
import type { Observations } from './observed-stream.ts';
import type { Storage } from './storage.ts';

/** What all callbacks of one collection observed. */
export type Round = Map<Storage, Observations>;

type Entry =
  | { readonly callback: ObservableCallback; readonly instrument: ObservableInstrument; readonly batch?: undefined }
  | { readonly callback: BatchObservableCallback; readonly batch: ReadonlySet<ObservableInstrument>; readonly instrument?: undefined };

export class Callbacks {
  #entries: readonly Entry[] = [];

  /** Once for each instrument, however often it is added. */
  add(callback: ObservableCallback, instrument: ObservableInstrument): void {
    if (!isCallback(callback) || this.#entries.some(matches(callback, instrument))) return;
    this.#entries = [...this.#entries, { callback, instrument }];
  }

  remove(callback: ObservableCallback, instrument: ObservableInstrument): void {
    const matching = matches(callback, instrument);
    this.#entries = this.#entries.filter((entry) => !matching(entry));
  }

  addBatch(callback: BatchObservableCallback, observables: readonly Observable[]): void {
    const batch = observablesIn(observables);
    if (batch.size === 0) return diag.error('A batch callback names no observable instrument of this SDK: it is never called.');
    if (!isCallback(callback) || this.#entries.some(matches(callback, batch))) return;
    this.#entries = [...this.#entries, { callback, batch }];
  }

  removeBatch(callback: BatchObservableCallback, observables: readonly Observable[]): void {
    const matching = matches(callback, observablesIn(observables));
    this.#entries = this.#entries.filter((entry) => !matching(entry));
  }

  /**
   * Calls every callback. What it observes before it returns counts at once; what it observes while it waits for something counts when its promise
   * resolves: `later` holds those promises, which never reject. One that throws costs its own observations only. Its error goes to `errors`.
   */
  observe(round: Round, later: Promise<void>[], errors: unknown[]): void {
    for (const entry of this.#entries) {
      const observation = new Observation(entry.batch ?? new Set([entry.instrument]));
      try {
        const result: unknown = entry.batch
          ? entry.callback(observation)
          : entry.callback({ observe: (value, attributes) => observation.observe(entry.instrument, value, attributes) });
        if (isThenable(result)) {
          observation.commit(round);
          later.push(
            Promise.resolve(result).then(
              () => observation.commit(round),
              (error) => void errors.push(error),
            ),
          );
        } else observation.commit(round);
      } catch (error) {
        errors.push(error);
      }
    }
  }
}

/** What one callback observes. */
class Observation {
  readonly #instruments: ReadonlySet<unknown>;
  readonly #observed: Round = new Map();

  constructor(instruments: ReadonlySet<unknown>) {
    this.#instruments = instruments;
  }

  observe(instrument: unknown, given: number, attributes?: Attributes): void {
    if (!(instrument instanceof ObservableInstrument) || !this.#instruments.has(instrument)) return;
    const { storage } = instrument;
    const value = storage.accept(given);
    if (value === undefined) return;
    const { key, attributes: clean, incomplete } = cleanAttributes(attributes);
    if (incomplete)
      storage.warnOnce('attributes', 'has attributes that are no text, number, boolean or array of them: observed without those');
    let observations = this.#observed.get(storage);
    if (observations === undefined) this.#observed.set(storage, (observations = new Map()));
    observations.set(key, { attributes: clean, value });
  }

  commit(round: Round): void {
    for (const [storage, observations] of this.#observed) {
      const all = round.get(storage);
      if (all === undefined) round.set(storage, new Map(observations));
      else for (const [key, observed] of observations) all.set(key, observed);
    }
  }
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

function isCallback(callback: unknown): boolean {
  if (typeof callback === 'function') return true;
  diag.error('The callback of an observable instrument is no function: it is never called.');
  return false;
}

function observablesIn(observables: unknown): ReadonlySet<ObservableInstrument> {
  return new Set(Array.isArray(observables) ? observables.filter((observable) => observable instanceof ObservableInstrument) : []);
}

function matches(callback: unknown, of: ObservableInstrument | ReadonlySet<ObservableInstrument>): (entry: Entry) => boolean {
  return (entry) => {
    if (entry.callback !== callback) return false;
    if (of instanceof ObservableInstrument) return entry.instrument === of;
    return entry.batch !== undefined && entry.batch.size === of.size && [...of].every((instrument) => entry.batch.has(instrument));
  };
}
