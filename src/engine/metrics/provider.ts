/**
 * The lean metrics SDK: resource and readers -> a MeterProvider that collects without waiting. Loads nothing but the API; its results have the stock
 * SDK's shape, with `exemplars` on the data points. https://opentelemetry.io/docs/specs/otel/metrics/sdk/
 */
import { createNoopMeter, diag } from '@opentelemetry/api';
import type { Context, Meter, MeterOptions, MeterProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { CollectionResult, IMetricReader, ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics';
import type { Round } from './callbacks.ts';
import { offers } from './exemplars.ts';
import type { ExemplarFilter } from './exemplars.ts';
import { LeanMeter } from './meter.ts';
import { settingsOfStockReader } from './readers.ts';
import type { Offer, ReaderSettings } from './types.ts';

/** One reader's view of everything that is measured. Each has figures of its own: collecting here takes nothing away there. */
export interface Reader {
  /** Does not wait: of an asynchronous callback only what it observed at once is in it. Made for the `exit` event. */
  collect(): ResourceMetrics;
  /** Waits for asynchronous callbacks, for `timeoutMs` at most (default 30 s). Never rejects. */
  collectLater(timeoutMs?: number): Promise<CollectionResult>;
  /** Has anything been recorded since the last collection? Not asked of what is only observed. */
  hasNews(): boolean;
}

const COLLECT_TIMEOUT_MS = 30_000;

export class LeanMeterProvider implements MeterProvider {
  readonly #resource: Resource;
  readonly #offerOf: (given: Context | undefined) => Offer;
  readonly #readers: ReaderSettings[] = [];
  /** By scope. */
  readonly #meters = new Map<string, LeanMeter>();
  #closed = false;

  constructor(resource: Resource, exemplarFilter: ExemplarFilter = 'trace_based') {
    this.#resource = resource;
    this.#offerOf = offers[exemplarFilter];
  }

  /** Readers should come before the first measurement: they see nothing of what was recorded before. */
  addReader(settings: ReaderSettings): Reader {
    const number = this.#readers.push(settings) - 1;
    for (const meter of this.#meters.values()) meter.addReader(settings);
    return {
      collect: () => this.#build(number, this.#observe([], [])),
      collectLater: (timeoutMs = COLLECT_TIMEOUT_MS) => this.#collectLater(number, timeoutMs),
      hasNews: () => [...this.#meters.values()].some((meter) => meter.hasNews(number)),
    };
  }

  /** Serves a reader of the stock SDK: PrometheusExporter, PeriodicExportingMetricReader. */
  addStockReader(stock: IMetricReader): void {
    const reader = this.addReader(settingsOfStockReader(stock));
    stock.setMetricProducer({ collect: (options) => reader.collectLater(options?.timeoutMillis) });
  }

  getMeter(name: string, version?: string, options?: MeterOptions): Meter {
    if (this.#closed) {
      diag.warn('A meter was asked for after the shutdown: it records nothing.');
      return createNoopMeter();
    }
    const scope = { name: textOf(name), version: textOf(version), schemaUrl: textOf(options?.schemaUrl) };
    if (scope.name === '') diag.warn('A meter has no name: give it that of the package which measures.');
    const key = JSON.stringify(scope);
    let meter = this.#meters.get(key);
    if (meter === undefined) {
      const { schemaUrl, ...named } = scope;
      meter = new LeanMeter(schemaUrl === '' ? named : scope, this.#readers, this.#offerOf);
      this.#meters.set(key, meter);
    }
    return meter;
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.forceFlush?.()));
  }

  /** Afterwards there are no-op meters only; those handed out go on. */
  async shutdown(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all(this.#readers.map((reader) => reader.shutdown?.()));
  }

  #observe(later: Promise<void>[], errors: unknown[]): Round {
    const round: Round = new Map();
    for (const meter of this.#meters.values()) meter.callbacks.observe(round, later, errors);
    return round;
  }

  #build(reader: number, round: Round): ResourceMetrics {
    const nowMs = Date.now();
    const scopeMetrics: ScopeMetrics[] = [];
    for (const meter of this.#meters.values()) {
      const collected = meter.collect(reader, round, nowMs);
      if (collected !== undefined) scopeMetrics.push(collected);
    }
    return { resource: this.#resource, scopeMetrics };
  }

  async #collectLater(reader: number, timeoutMs: number): Promise<CollectionResult> {
    const later: Promise<void>[] = [];
    const errors: unknown[] = [];
    const round = this.#observe(later, errors);
    if (later.length > 0) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          errors.push(new Error(`An observable callback took longer than ${timeoutMs} ms.`));
          resolve();
        }, timeoutMs).unref();
      });
      await Promise.race([Promise.all(later), late]);
      clearTimeout(timer);
    }
    return { resourceMetrics: this.#build(reader, round), errors };
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
