/** Explicit-bucket histograms: measurements -> counts below boundaries. https://opentelemetry.io/docs/specs/otel/metrics/sdk/#explicit-bucket-histogram-aggregation */
import type { Attributes } from '@opentelemetry/api';
import type { Histogram } from '@opentelemetry/sdk-metrics';
import { Series } from './series.ts';
import type { Offer } from './types.ts';

const DEFAULT_BOUNDARIES: readonly number[] = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

/** Sorted finite boundaries out of an instrument's advice; the specified default when there is none to go by. */
export function resolveBoundaries(advice: unknown): readonly number[] {
  if (!Array.isArray(advice)) return DEFAULT_BOUNDARIES;
  return advice.filter((bound) => Number.isFinite(bound)).sort((a, b) => a - b) as number[];
}

export class HistogramSeries extends Series {
  readonly #boundaries: readonly number[];
  /** Numbers of 64 bits: a cumulative count outgrows 32. */
  readonly #counts: Float64Array;
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;

  constructor(key: string, attributes: Attributes, boundaries: readonly number[]) {
    super(key, attributes);
    this.#boundaries = boundaries;
    this.#counts = new Float64Array(boundaries.length + 1);
  }

  override record(value: number, offer: Offer): void {
    const boundaries = this.#boundaries;
    let bucket = 0;
    let end = boundaries.length;
    // The first boundary that is not below the value: upper bounds are inclusive.
    while (bucket < end) {
      const middle = (bucket + end) >>> 1;
      if ((boundaries[middle] as number) < value) bucket = middle + 1;
      else end = middle;
    }
    (this.#counts[bucket] as number)++;
    this.#count++;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    if (offer !== undefined && this.admits(bucket, this.#counts.length)) this.reservoir?.keep(bucket, value, offer);
  }

  protected override value(): Histogram {
    return {
      min: this.#min,
      max: this.#max,
      sum: this.#sum,
      buckets: { boundaries: this.#boundaries as number[], counts: Array.from(this.#counts) },
      count: this.#count,
    };
  }

  override reset(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#sum = 0;
    this.#min = Infinity;
    this.#max = -Infinity;
  }
}
