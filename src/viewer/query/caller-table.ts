/** Spans that look for their parent -> the resource of each parent, through a hash table of those that look and no object for any span. */
import { releaseBytes } from '../../otlp/release-bytes.ts';

export class CallerTable {
  readonly #parentId: Uint32Array<ArrayBuffer>;
  readonly #trace: Uint32Array<ArrayBuffer>;
  /** Resource of the parent; 0: not found. */
  readonly #caller: Uint32Array<ArrayBuffer>;
  /** One past the child of the same parent that came before; 0: none. */
  readonly #before: Uint32Array<ArrayBuffer>;
  /** One past the latest child of a parent; 0: free. */
  readonly #slots: Uint32Array<ArrayBuffer>;
  readonly #mask: number;
  #length = 0;

  /** Room for so many children. */
  constructor(capacity: number) {
    let size = 1024;
    while (size < capacity * 2) size *= 2;
    this.#mask = size - 1;
    this.#slots = new Uint32Array(size);
    this.#parentId = new Uint32Array(capacity);
    this.#trace = new Uint32Array(capacity);
    this.#caller = new Uint32Array(capacity);
    this.#before = new Uint32Array(capacity);
  }

  /** Children are numbered as they come. */
  addChild(trace: number, parentId: number): void {
    const child = this.#length++;
    this.#trace[child] = trace;
    this.#parentId[child] = parentId;
    const slot = this.#slotOf(trace, parentId);
    this.#before[child] = this.#slots[slot]!;
    this.#slots[slot] = child + 1;
  }

  /** To be called of every span that may be a parent, after all children have come; true when it is one. Of parents with one id the first counts. */
  addParent(trace: number, spanId: number, resource: number): boolean {
    const latest = this.#slots[this.#slotOf(trace, spanId)]!;
    for (let child = latest; child !== 0; child = this.#before[child - 1]!)
      if (this.#caller[child - 1] === 0) this.#caller[child - 1] = resource;
    return latest !== 0;
  }

  /** 0 where the parent is not here. */
  callerOf(child: number): number {
    return this.#caller[child]!;
  }

  /** Ends its use. */
  release(): void {
    for (const { buffer } of [this.#parentId, this.#trace, this.#caller, this.#before, this.#slots]) releaseBytes(new Uint8Array(buffer));
  }

  /** Where the children of this parent stand, or would stand. */
  #slotOf(trace: number, parentId: number): number {
    let slot = hash(parentId) & this.#mask;
    for (let latest = this.#slots[slot]!; latest !== 0; latest = this.#slots[slot]!) {
      if (this.#parentId[latest - 1] === parentId && this.#trace[latest - 1] === trace) break;
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }
}

function hash(id: number): number {
  const mixed = Math.imul(id ^ (id >>> 15), 0x2c1b3c6d);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
