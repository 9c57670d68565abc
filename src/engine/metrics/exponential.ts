/**
 * Base-2 exponential histograms: measurements -> counts between powers of a base that grows with their range.
 * https://opentelemetry.io/docs/specs/otel/metrics/sdk/#base2-exponential-bucket-histogram-aggregation
 */
import type { Attributes } from '@opentelemetry/api';
import type { ExponentialHistogram } from '@opentelemetry/sdk-metrics';
import { Reservoir } from './exemplars.ts';
import { Series } from './series.ts';
import type { Offer } from './types.ts';

const MAX_SCALE = 20;
/** "The smaller of the maximum number of buckets and twenty." */
const MAX_EXEMPLARS = 20;
const MIN_NORMAL = 2 ** -1022;
const bits = new DataView(new ArrayBuffer(8));

/** Index of the bucket that holds `value`, above 0 and finite: base^index < value <= base^(index+1), with base = 2^(2^-scale). */
export function bucketIndex(value: number, scale: number): number {
  if (scale <= 0) {
    if (value < MIN_NORMAL) return (-1022 >> -scale) - (-scale < 2 ? 1 : 0);
    return binaryExponent(value) >> -scale;
  }
  if (value <= MIN_NORMAL) return -1022 * 2 ** scale - 1;
  bits.setFloat64(0, value);
  const powerOfTwo = (bits.getUint32(0) & 0xfffff) === 0 && bits.getUint32(4) === 0;
  if (powerOfTwo) return (binaryExponent(value) + 1) * 2 ** scale - 1;
  return Math.min(Math.floor(Math.log(value) * Math.LOG2E * 2 ** scale), 1024 * 2 ** scale - 1);
}

/** The largest k with 2^k < value: exact powers belong to the bucket below. */
function binaryExponent(value: number): number {
  bits.setFloat64(0, value);
  const high = bits.getUint32(0);
  const exact = (high & 0xfffff) === 0 && bits.getUint32(4) === 0;
  return ((high & 0x7ff00000) >> 20) - 1023 - (exact ? 1 : 0);
}

/** Histogram instruments refuse negative values, so there are only positive buckets and zero. */
export class ExponentialSeries extends Series {
  readonly #size: number;
  #scale = MAX_SCALE;
  /** Index of the first count. */
  #offset = 0;
  #counts: number[] = [];
  #count = 0;
  #zeroCount = 0;
  #sum = 0;
  #min = Infinity;
  #max = -Infinity;

  constructor(key: string, attributes: Attributes, size: number) {
    super(key, attributes);
    this.#size = Math.max(size, 2);
  }

  override record(value: number, offer: Offer): void {
    this.#count++;
    this.#sum += value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
    if (value === 0) this.#zeroCount++;
    else this.#increment(value);
    if (offer !== undefined) (this.reservoir ??= new Reservoir(Math.min(MAX_EXEMPLARS, this.#size))).offer(value, offer);
  }

  #increment(value: number): void {
    const counts = this.#counts;
    let index = bucketIndex(value, this.#scale);
    if (counts.length === 0) this.#offset = index;
    let change = 0;
    let low = Math.min(index, this.#offset);
    let high = Math.max(index, this.#offset + counts.length - 1);
    for (; high - low >= this.#size; low >>= 1, high >>= 1) change++;
    if (change > 0) {
      this.#downscale(change);
      index >>= change;
    }
    for (; this.#offset > index; this.#offset--) this.#counts.unshift(0);
    while (this.#counts.length <= index - this.#offset) this.#counts.push(0);
    (this.#counts[index - this.#offset] as number)++;
  }

  /** Halves the resolution `change` times: neighbours become one. */
  #downscale(change: number): void {
    const offset = this.#offset >> change;
    const merged: number[] = [];
    this.#counts.forEach((count, i) => {
      const at = ((this.#offset + i) >> change) - offset;
      merged[at] = (merged[at] ?? 0) + count;
    });
    this.#counts = merged;
    this.#offset = offset;
    this.#scale -= change;
  }

  protected override value(): ExponentialHistogram {
    return {
      min: this.#min,
      max: this.#max,
      sum: this.#sum,
      positive: { offset: this.#offset, bucketCounts: [...this.#counts] },
      negative: { offset: 0, bucketCounts: [] },
      count: this.#count,
      scale: this.#counts.length === 0 ? 0 : this.#scale,
      zeroCount: this.#zeroCount,
    };
  }

  override reset(): void {
    this.#scale = MAX_SCALE;
    this.#offset = 0;
    this.#counts = [];
    this.#count = 0;
    this.#zeroCount = 0;
    this.#sum = 0;
    this.#min = Infinity;
    this.#max = -Infinity;
  }
}
