/** Numbers as they come -> percentiles by nearest rank: the least value that so large a share of all does not exceed. */

export class Samples {
  #values = new Float64Array(16);
  #length = 0;
  #sorted = true;

  get length(): number {
    return this.#length;
  }

  add(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
    this.#sorted = false;
  }

  addAll(other: Samples): void {
    for (let i = 0; i < other.#length; i++) this.add(other.#values[i]!);
  }

  /** `share` from 0 to 1; 0 when there are no values. */
  percentile(share: number): number {
    if (this.#length === 0) return 0;
    if (!this.#sorted) this.#values.subarray(0, this.#length).sort();
    this.#sorted = true;
    return this.#values[Math.max(Math.ceil(share * this.#length) - 1, 0)]!;
  }
}
