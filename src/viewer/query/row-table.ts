/** Rows by a trace and an id in it, through a hash table: several rows may have the same, and no object is made for any of them. */
import { releaseBytes } from '../../otlp/release-bytes.ts';

export class RowTable {
  readonly #trace: Uint32Array<ArrayBuffer>;
  readonly #id: Uint32Array<ArrayBuffer>;
  readonly #row: Uint32Array<ArrayBuffer>;
  /** The entry with the same trace and id that was added before; 0: none. */
  readonly #before: Uint32Array<ArrayBuffer>;
  /** The latest entry of each trace and id; 0: free. */
  readonly #slots: Uint32Array<ArrayBuffer>;
  readonly #mask: number;
  #length = 0;

  /** Room for so many rows. */
  constructor(capacity: number) {
    let size = 64;
    while (size < capacity * 2) size *= 2;
    this.#mask = size - 1;
    this.#slots = new Uint32Array(size);
    this.#trace = new Uint32Array(capacity + 1);
    this.#id = new Uint32Array(capacity + 1);
    this.#row = new Uint32Array(capacity + 1);
    this.#before = new Uint32Array(capacity + 1);
  }

  add(trace: number, id: number, row: number): void {
    const entry = ++this.#length;
    this.#trace[entry] = trace;
    this.#id[entry] = id;
    this.#row[entry] = row;
    const slot = this.#slotOf(trace, id);
    this.#before[entry] = this.#slots[slot]!;
    this.#slots[slot] = entry;
  }

  /** The entry that was added last; 0: none. */
  latest(trace: number, id: number): number {
    return this.#slots[this.#slotOf(trace, id)]!;
  }

  /** The entry with the same trace and id that was added before this one; 0: none. */
  before(entry: number): number {
    return this.#before[entry]!;
  }

  rowOf(entry: number): number {
    return this.#row[entry]!;
  }

  /** Ends its use. */
  release(): void {
    for (const { buffer } of [this.#trace, this.#id, this.#row, this.#before, this.#slots]) releaseBytes(new Uint8Array(buffer));
  }

  /** Where the entries of this trace and id stand, or would stand. */
  #slotOf(trace: number, id: number): number {
    let slot = hash(trace, id) & this.#mask;
    for (let entry = this.#slots[slot]!; entry !== 0; entry = this.#slots[slot]!) {
      if (this.#id[entry] === id && this.#trace[entry] === trace) break;
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }
}

/** Of both: where ids are counted within a trace, many traces have the same. */
function hash(trace: number, id: number): number {
  const both = id ^ Math.imul(trace, 0x9e3779b1);
  const mixed = Math.imul(both ^ (both >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
