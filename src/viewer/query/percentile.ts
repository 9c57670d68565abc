/**
 * Numbers as they come -> percentiles by nearest rank: the least value that so large a share of all does not exceed. Exact for up to KEPT numbers;
 * of more, a random choice of KEPT stands for all.
 */
import { releaseBytes } from '../../otlp/release-bytes.ts';

const KEPT = 8192;
/** 32 bits as a number from 0 to 1. */
const TO_SHARE = 2 ** -32;

export class Samples {
  #values = new Float64Array(16);
  #kept = 0;
  #length = 0;
  /** Of a generator of random numbers (xorshift32); the same numbers in the same order give the same percentiles. */
  #random = 0x9e3779b9;

  /** Numbers that were added. */
  get length(): number {
    return this.#length;
  }

  add(value: number): void {
    const length = ++this.#length;
    if (this.#kept < KEPT) {
      if (this.#kept === this.#values.length) this.#grow();
      this.#values[this.#kept++] = value;
      return;
    }
    // Each number so far is kept with the same chance (algorithm R).
    let random = this.#random;
    random ^= random << 13;
    random ^= random >>> 17;
    random ^= random << 5;
    this.#random = random;
    const at = (random >>> 0) * TO_SHARE * length;
    if (at < KEPT) this.#values[Math.floor(at)] = value;
  }

  /** `share` from 0 to 1; 0 when there are no values. */
  percentile(share: number): number {
    return this.#kept === 0 ? 0 : select(this.#values, this.#kept, Math.max(Math.ceil(share * this.#kept) - 1, 0));
  }

  #grow(): void {
    const larger = new Float64Array(Math.min(this.#values.length * 4, KEPT));
    larger.set(this.#values);
    releaseBytes(new Uint8Array(this.#values.buffer));
    this.#values = larger;
  }
}

/** The value that stands at `rank` when the first `length` are sorted; moves only what it must (Hoare's FIND), which takes a tenth of sorting them. */
function select(values: Float64Array, length: number, rank: number): number {
  let left = 0;
  let right = length - 1;
  while (left < right) {
    const pivot = values[rank]!;
    let low = left;
    let high = right;
    while (low <= high) {
      while (values[low]! < pivot) low++;
      while (values[high]! > pivot) high--;
      if (low > high) break;
      const moved = values[low]!;
      values[low++] = values[high]!;
      values[high--] = moved;
    }
    if (high < rank) left = low;
    if (low > rank) right = high;
  }
  return values[rank]!;
}
