/** What one synchronous instrument records for one reader: measurement -> series, under the cardinality limit, and series -> points. */
import type { Attributes } from '@opentelemetry/api';
import { cleanAttributes, isConstant } from './attributes.ts';
import { SeriesIndex } from './series-index.ts';
import type { Series } from './series.ts';
import { DELTA } from './types.ts';
import type { Offer, Point, TemporalityCode } from './types.ts';

/** https://opentelemetry.io/docs/specs/otel/metrics/sdk/#overflow-attribute */
export const overflow: { readonly key: string; readonly attributes: Attributes } = cleanAttributes({ 'otel.metric.overflow': true });

export interface StreamOptions {
  readonly temporality: TemporalityCode;
  readonly limit: number;
  createSeries(key: string, attributes: Attributes): Series;
  /** Some attribute could not be taken; told as often as it happens. */
  onIncomplete(): void;
}

/** Nodes of the index for each series that there may be: most attribute sets have fewer names of their own. */
const NODES_PER_SERIES = 4;

/**
 * A series is found by the identity of attributes that cannot change, else by names and values in the order given, else by its canonical key. Delta streams forget
 * a series when an interval passes without it; the limit counts the series of one interval there, and all series of a cumulative stream.
 */
export class SyncStream {
  readonly temporality: TemporalityCode;
  readonly #options: StreamOptions;
  /** Series besides that of the overflow. */
  readonly #room: number;
  readonly #series = new Map<string, Series>();
  readonly #index: SeriesIndex;
  readonly #byIdentity = new WeakMap<object, Series>();
  #bare: Series | undefined;
  /** Written to in this interval, in the order of their first measurement. */
  #active: Series[] = [];
  #interval = 0;

  constructor(options: StreamOptions) {
    this.temporality = options.temporality;
    this.#options = options;
    this.#room = options.limit - 1;
    this.#index = new SeriesIndex(options.limit * NODES_PER_SERIES);
  }

  /** Has anything been recorded since the last collection? */
  get hasNews(): boolean {
    return this.#active.length > 0;
  }

  record(value: number, attributes: Attributes | undefined, offer: Offer): void {
    const known = attributes === undefined ? this.#bare : this.#byIdentity.get(attributes);
    const series = known !== undefined && known.interval === this.#interval ? known : this.#find(attributes, known);
    series.record(value, offer);
  }

  #find(attributes: Attributes | undefined, known: Series | undefined): Series {
    if (known !== undefined) return this.#enter(known);
    if (typeof attributes !== 'object' || attributes === null) return this.#enter((this.#bare = this.#obtain('', Object.freeze({}))));
    const indexed = this.#indexed(attributes);
    const series = indexed ?? this.#resolve(attributes);
    const entered = this.#enter(series);
    // What overflows is looked at anew each time: there may be room in the next interval.
    if (entered.key === series.key) this.#remember(attributes, entered, indexed !== undefined);
    return entered;
  }

  #indexed(attributes: Attributes): Series | undefined {
    try {
      return this.#index.find(attributes);
    } catch {
      return undefined;
    }
  }

  #resolve(attributes: Attributes): Series {
    const { key, attributes: clean, incomplete } = cleanAttributes(attributes);
    if (incomplete) this.#options.onIncomplete();
    return this.#obtain(key, clean);
  }

  #remember(attributes: Attributes, series: Series, indexed: boolean): void {
    if (isConstant(attributes)) this.#byIdentity.set(attributes, series);
    if (indexed) return;
    try {
      this.#index.remember(attributes, series);
    } catch {
      // Attributes that cannot be read twice are cleaned each time.
    }
  }

  #obtain(key: string, attributes: Attributes): Series {
    return this.#series.get(key) ?? this.#options.createSeries(key, attributes);
  }

  /** Admits a series to this interval; where there is no room, the overflow series stands in for it. */
  #enter(known: Series): Series {
    const series = known.living ? known : (this.#series.get(known.key) ?? known);
    if (series.interval === this.#interval) return series;
    const full = this.temporality === DELTA ? this.#active.length >= this.#room : !series.living && this.#series.size >= this.#room;
    if (full && series.key !== overflow.key) return this.#enter(this.#obtain(overflow.key, overflow.attributes));
    if (!series.living) {
      series.living = true;
      series.startMs = Date.now();
      this.#series.set(series.key, series);
    }
    series.interval = this.#interval;
    this.#active.push(series);
    return series;
  }

  /** The points since the last collection (delta) or since the beginning; their exemplars are gone after it. */
  collect(nowMs: number): Point[] {
    const delta = this.temporality === DELTA;
    const points: Point[] = [];
    for (const series of delta ? this.#active : this.#series.values()) points.push(series.take(nowMs));
    if (delta) this.#begin(nowMs);
    this.#active = [];
    this.#interval++;
    return points;
  }

  #begin(nowMs: number): void {
    let forgotten = false;
    for (const series of this.#series.values()) {
      if (series.interval === this.#interval) {
        series.startMs = nowMs;
        series.reset();
      } else {
        series.living = false;
        this.#series.delete(series.key);
        forgotten = true;
      }
    }
    if (forgotten) this.#index.clear();
  }
}
