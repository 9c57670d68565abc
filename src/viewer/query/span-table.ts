/** The spans of some segments -> a hash table that finds a span's parent, without an object for any of them. */
import type { SpanColumns } from '../store/columns.ts';
import type { Segment } from './column-index.ts';

export class SpanTable {
  /** One past the index of a span; 0: free. */
  readonly #slots: Int32Array;
  readonly #spanId: Uint32Array;
  readonly #trace: Uint32Array;
  readonly #resource: Uint32Array;
  readonly #mask: number;

  /** Spans are numbered through the segments, in their order. */
  constructor(segments: readonly Segment<SpanColumns>[]) {
    const total = segments.reduce((sum, { count }) => sum + count, 0);
    let size = 1024;
    while (size < total * 2) size *= 2;
    this.#mask = size - 1;
    this.#slots = new Int32Array(size);
    this.#spanId = new Uint32Array(total);
    this.#trace = new Uint32Array(total);
    this.#resource = new Uint32Array(total);
    let index = 0;
    for (const { columns, count } of segments) {
      this.#spanId.set(columns.spanId.subarray(0, count), index);
      this.#trace.set(columns.trace.subarray(0, count), index);
      this.#resource.set(columns.resource.subarray(0, count), index);
      for (let i = 0; i < count; i++) this.#insert(index++);
    }
  }

  get length(): number {
    return this.#spanId.length;
  }

  /** -1 without a parent, and where the parent is not among them. */
  parentOf({ parentId, trace }: SpanColumns, position: number): number {
    const wanted = parentId[position]!;
    if (wanted === 0) return -1;
    for (let slot = hash(wanted) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const index = this.#slots[slot]! - 1;
      if (index < 0) return -1;
      if (this.#spanId[index] === wanted && this.#trace[index] === trace[position]) return index;
    }
  }

  resource(index: number): number {
    return this.#resource[index]!;
  }

  #insert(index: number): void {
    let slot = hash(this.#spanId[index]!) & this.#mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = index + 1;
  }
}

function hash(id: number): number {
  const mixed = Math.imul(id ^ (id >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
