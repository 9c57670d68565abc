/** Many rows -> the first few by a key, the greatest first, without sorting them all. */

export interface Ranked {
  readonly row: number;
  readonly key: number;
}

/** True when `a` comes before `b`: greater key first, then the later row. */
export function precedes(a: Ranked, b: Ranked): boolean {
  return a.key > b.key || (a.key === b.key && a.row > b.row);
}

/** A heap whose first item is the last of those that are kept. */
export class Top {
  readonly #limit: number;
  readonly #heap: Ranked[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(item: Ranked): void {
    const heap = this.#heap;
    if (heap.length < this.#limit) {
      heap.push(item);
      this.#up(heap.length - 1);
    } else if (heap.length > 0 && precedes(item, heap[0]!)) {
      heap[0] = item;
      this.#down();
    }
  }

  /** The greatest first. */
  sorted(): readonly Ranked[] {
    return this.#heap.toSorted((a, b) => (precedes(a, b) ? -1 : 1));
  }

  #up(from: number): void {
    const heap = this.#heap;
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!precedes(heap[parent]!, heap[at]!)) return;
      [heap[parent], heap[at]] = [heap[at]!, heap[parent]!];
      at = parent;
    }
  }

  #down(): void {
    const heap = this.#heap;
    for (let at = 0; ;) {
      const left = at * 2 + 1;
      if (left >= heap.length) return;
      const child = left + 1 < heap.length && precedes(heap[left]!, heap[left + 1]!) ? left + 1 : left;
      if (!precedes(heap[at]!, heap[child]!)) return;
      [heap[at], heap[child]] = [heap[child]!, heap[at]!];
      at = child;
    }
  }
}
