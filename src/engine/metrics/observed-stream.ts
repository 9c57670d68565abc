/** What one asynchronous instrument gives one reader: the observations of one collection -> points. */
import type { Attributes } from '@opentelemetry/api';
import { overflow } from './stream.ts';
import { toHrTime } from '../clock.ts';
import { DELTA } from './types.ts';
import type { Point, TemporalityCode } from './types.ts';

/** By canonical key; of several observations of the same attributes the last counts. */
export type Observations = Map<string, { readonly attributes: Attributes; value: number }>;

interface ObservedSeries {
  readonly attributes: Attributes;
  startMs: number;
  /** The value observed last. */
  value: number;
}

export interface ObservedStreamOptions {
  readonly temporality: TemporalityCode;
  readonly limit: number;
  /** Observations are totals; a gauge's are not. */
  readonly sum: boolean;
  /** A total that falls has begun anew. */
  readonly monotonic: boolean;
  readonly createdMs: number;
}

/**
 * Only what was observed is reported. What was observed before is remembered, for its start and for the difference, until there is no room for it.
 * https://opentelemetry.io/docs/specs/otel/metrics/sdk/#asynchronous-instrument-cardinality-limits
 */
export class ObservedStream {
  readonly temporality: TemporalityCode;
  readonly #options: ObservedStreamOptions;
  readonly #room: number;
  readonly #series = new Map<string, ObservedSeries>();
  #lastMs: number;

  constructor(options: ObservedStreamOptions) {
    this.temporality = options.temporality;
    this.#options = options;
    this.#room = options.limit - 1;
    this.#lastMs = options.createdMs;
  }

  collect(observations: Observations, nowMs: number): Point[] {
    const points: Point[] = [];
    for (const [key, { attributes, value }] of this.#bounded(observations)) points.push(this.#toPoint(key, attributes, value, nowMs));
    this.#lastMs = nowMs;
    return points;
  }

  /** What is beyond the limit goes into one series: added up, or of a gauge the last. */
  #bounded(observations: Observations): Observations {
    let fresh = 0;
    for (const key of observations.keys()) if (!this.#series.has(key)) fresh++;
    if (this.#series.size + fresh > this.#room) {
      for (const key of this.#series.keys()) if (!observations.has(key) && key !== overflow.key) this.#series.delete(key);
    }
    if (observations.size <= this.#room) return observations;
    const bounded: Observations = new Map();
    let room = this.#room;
    for (const key of observations.keys()) if (this.#series.has(key) && key !== overflow.key) room--;
    for (const [key, observed] of observations) {
      const { value } = observed;
      if (key !== overflow.key && (this.#series.has(key) || room-- > 0)) bounded.set(key, observed);
      else {
        const others = this.#options.sum ? (bounded.get(overflow.key)?.value ?? 0) : 0;
        bounded.set(overflow.key, { attributes: overflow.attributes, value: others + value });
      }
    }
    return bounded;
  }

  #toPoint(key: string, attributes: Attributes, value: number, nowMs: number): Point {
    const { sum, monotonic } = this.#options;
    let series = this.#series.get(key);
    const delta = sum && this.temporality === DELTA;
    const fell = series !== undefined && monotonic && value < series.value;
    const reported = delta && series !== undefined && !fell ? value - series.value : value;
    if (series === undefined) {
      series = { attributes, startMs: this.#lastMs, value };
      this.#series.set(key, series);
    } else if (fell || this.temporality === DELTA) series.startMs = this.#lastMs;
    series.value = value;
    return { attributes: series.attributes, startTime: toHrTime(series.startMs), endTime: toHrTime(nowMs), value: reported };
  }
}
