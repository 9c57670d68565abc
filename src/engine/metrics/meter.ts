/** One instrumentation scope: it makes instruments, keeps their storages, and collects them for a reader. */
import { diag } from '@opentelemetry/api';
import type {
  BatchObservableCallback,
  Context,
  Counter,
  Gauge,
  Histogram,
  Meter,
  MetricOptions,
  Observable,
  UpDownCounter,
} from '@opentelemetry/api';
import type { MetricData, ScopeMetrics } from '@opentelemetry/sdk-metrics';
import { Callbacks } from './callbacks.ts';
import type { Round } from './callbacks.ts';
import { createDescriptor, isSameInstrument, tellDifference } from './descriptor.ts';
import { AddingInstrument, ObservableInstrument, RecordingInstrument } from './instruments.ts';
import { NO_NEWS } from './no-news.ts';
import { Storage } from './storage.ts';
import type { Kind, Offer, ReaderSettings } from './types.ts';

export class LeanMeter implements Meter {
  readonly scope: ScopeMetrics['scope'];
  readonly callbacks: Callbacks = new Callbacks();
  /** By name in lower case. */
  readonly #storages = new Map<string, Storage[]>();
  readonly #readers: readonly ReaderSettings[];
  readonly #offerOf: (given: Context | undefined) => Offer;

  /** `readers` is read whenever an instrument is made; `addReader` tells of one that comes later. */
  constructor(scope: ScopeMetrics['scope'], readers: readonly ReaderSettings[], offerOf: (given: Context | undefined) => Offer) {
    this.scope = scope;
    this.#readers = readers;
    this.#offerOf = offerOf;
  }

  createCounter(name: string, options?: MetricOptions): Counter {
    return new AddingInstrument(this.#register(name, 'COUNTER', options), this.#offerOf);
  }

  createUpDownCounter(name: string, options?: MetricOptions): UpDownCounter {
    return new AddingInstrument(this.#register(name, 'UP_DOWN_COUNTER', options), this.#offerOf);
  }

  createGauge(name: string, options?: MetricOptions): Gauge {
    return new RecordingInstrument(this.#register(name, 'GAUGE', options), this.#offerOf);
  }

  createHistogram(name: string, options?: MetricOptions): Histogram {
    return new RecordingInstrument(this.#register(name, 'HISTOGRAM', options), this.#offerOf);
  }

  createObservableCounter(name: string, options?: MetricOptions): Observable {
    return new ObservableInstrument(this.#register(name, 'OBSERVABLE_COUNTER', options), this.callbacks);
  }

  createObservableUpDownCounter(name: string, options?: MetricOptions): Observable {
    return new ObservableInstrument(this.#register(name, 'OBSERVABLE_UP_DOWN_COUNTER', options), this.callbacks);
  }

  createObservableGauge(name: string, options?: MetricOptions): Observable {
    return new ObservableInstrument(this.#register(name, 'OBSERVABLE_GAUGE', options), this.callbacks);
  }

  addBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.callbacks.addBatch(callback, observables);
  }

  removeBatchObservableCallback(callback: BatchObservableCallback, observables: Observable[]): void {
    this.callbacks.removeBatch(callback, observables);
  }

  /** The same instrument twice shares one storage; one that only shares the name is told of and gets its own. */
  #register(name: unknown, type: Kind, options: MetricOptions | undefined): Storage {
    const descriptor = createDescriptor(name, type, options);
    const key = descriptor.name.toLowerCase();
    const namesakes = this.#storages.get(key) ?? [];
    const same = namesakes.find((storage) => isSameInstrument(storage.descriptor, descriptor));
    const conflict = namesakes.find(({ descriptor: other }) => tellDifference(other, descriptor) !== '');
    if (conflict) {
      diag.warn(
        `The metric ${descriptor.name} of ${this.scope.name} is registered twice, with ${tellDifference(conflict.descriptor, descriptor)}. ` +
          (conflict === same ? 'The longer description is used.' : 'Both are exported; give one of them another name.'),
      );
    }
    if (same) {
      const { description } = descriptor;
      if (description.length > same.descriptor.description.length) same.descriptor = { ...same.descriptor, description };
      return same;
    }
    const storage = new Storage(descriptor, this.#readers);
    this.#storages.set(key, [...namesakes, storage]);
    return storage;
  }

  addReader(reader: ReaderSettings): void {
    for (const storage of this.#all()) storage.addReader(reader);
  }

  /** What the reader with this number is due; undefined when that is nothing. */
  collect(reader: number, round: Round, nowMs: number): ScopeMetrics | undefined {
    const metrics: MetricData[] = [];
    for (const storage of this.#all()) {
      const metric = storage.collect(reader, round.get(storage), nowMs);
      if (metric !== undefined) metrics.push(metric);
    }
    return metrics.length > 0 ? { scope: this.scope, metrics } : undefined;
  }

  /** Has anything been measured since this reader's last collection? Observations are not asked for, and some of what is measured is no news. */
  hasNews(reader: number): boolean {
    for (const { descriptor, streams } of this.#all()) {
      if (streams[reader]?.hasNews === true && !NO_NEWS.has(descriptor.name)) return true;
    }
    return false;
  }

  *#all(): Generator<Storage> {
    for (const storages of this.#storages.values()) yield* storages;
  }
}
