/** What waits to be sent, in the order in which it came: the queue decides when, a backlog knows what. */

/** A part of a backlog that makes one request. */
export interface Batch {
  readonly count: number;
  /** What it counts for when it is told how much was exported: its items, or the data points of a collection of metrics. */
  readonly weight: number;
  /** The bytes of one Export*ServiceRequest and how many items are in it; undefined when none of them can be serialized. */
  encode(): { readonly body: Uint8Array; readonly count: number } | undefined;
}

export interface Backlog {
  /** Items waiting. */
  readonly size: number;
  /** Takes the oldest batch out; undefined when nothing waits. */
  take(): Batch | undefined;
  /** Puts a batch back before all others. */
  putBack(batch: Batch): void;
}

/** Turns items into the bytes of one Export*ServiceRequest; undefined when they cannot be serialized. May throw. */
export type Serialize<T> = (items: readonly T[]) => Uint8Array | undefined;

/** A backlog of finished items that are serialized when they are sent. */
export class ItemBacklog<T> implements Backlog {
  #items: T[] = [];
  readonly #returned: Batch[] = [];
  #returnedSize = 0;
  readonly #most: number;
  readonly #serialize: Serialize<T>;
  readonly #onUnfit: () => void;
  readonly #weigh: ((item: T) => number) | undefined;

  /**
   * @param most items of one batch
   * @param onUnfit called when an item has a value that no serializer takes and is left out
   * @param weigh what an item counts for, where that is not 1
   */
  constructor(most: number, serialize: Serialize<T>, onUnfit: () => void, weigh?: (item: T) => number) {
    this.#most = most;
    this.#serialize = serialize;
    this.#onUnfit = onUnfit;
    this.#weigh = weigh;
  }

  get size(): number {
    return this.#items.length + this.#returnedSize;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  take(): Batch | undefined {
    const returned = this.#returned.pop();
    if (returned) {
      this.#returnedSize -= returned.count;
      return returned;
    }
    const items = this.#items.splice(0, this.#most);
    if (items.length === 0) return undefined;
    const weigh = this.#weigh;
    const weight = weigh === undefined ? items.length : items.reduce((sum, item) => sum + weigh(item), 0);
    return { count: items.length, weight, encode: () => this.#encode(items) };
  }

  putBack(batch: Batch): void {
    this.#returned.push(batch);
    this.#returnedSize += batch.count;
  }

  /** One item with a value that no serializer takes (a cycle, a getter that throws) must not cost the others: without it, then. */
  #encode(items: readonly T[]): { body: Uint8Array; count: number } | undefined {
    const whole = this.#tryAll(items);
    if (whole) return { body: whole, count: items.length };
    const sound = items.filter((item) => this.#tryAll([item]) !== undefined);
    const body = sound.length > 0 ? this.#tryAll(sound) : undefined;
    if (!body) return undefined;
    this.#onUnfit();
    return { body, count: sound.length };
  }

  #tryAll(items: readonly T[]): Uint8Array | undefined {
    try {
      return this.#serialize(items);
    } catch {
      return undefined;
    }
  }
}
