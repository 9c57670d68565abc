/**
 * Numbers as they come -> percentiles by nearest rank: the least value that so large a share of all does not exceed. Exact for up to KEPT numbers;
 * of more, a random choice of KEPT stands for all.
 */

const KEPT = 8192;

export class Samples {
  #values = new Float64Array(16);
  #kept = 0;
  #length = 0;
  #sorted = true;
  /** Of a generator of random numbers (xorshift32); the same numbers in the same order give the same percentiles. */
  #random = 0x9e3779b9;

  /** Numbers that were added. */
  get length(): number {
    return this.#length;
  }

  add(value: number): void {
    this.#length++;
    this.#sorted = false;
    if (this.#kept < KEPT) {
      if (this.#kept === this.#values.length) this.#grow();
      this.#values[this.#kept++] = value;
      return;
    }
    // Each number so far is kept with the same chance (algorithm R).
    this.#random ^= this.#random << 13;
    this.#random ^= this.#random >>> 17;
    this.#random ^= this.#random << 5;
    const at = (this.#random >>> 0) % this.#length;
    if (at < KEPT) this.#values[at] = value;
  }

  /** `share` from 0 to 1; 0 when there are no values. */
  percentile(share: number): number {
    if (this.#kept === 0) return 0;
    if (!this.#sorted) this.#values.subarray(0, this.#kept).sort();
    this.#sorted = true;
    return this.#values[Math.max(Math.ceil(share * this.#kept) - 1, 0)]!;
  }

  #grow(): void {
    const larger = new Float64Array(Math.min(this.#values.length * 4, KEPT));
    larger.set(this.#values);
    this.#values = larger;
  }
}
