/** The rows of one signal, in order -> a row of `segment` whenever one is full: their narrow columns and the filter of their attributes. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AttributeValue, Attributes } from '../../otlp/records.ts';
import { encodeColumns } from './columns.ts';
import type { LogColumns, SpanColumns } from './columns.ts';
import { toJsonValue } from './attribute-json.ts';
import { encodeFilter, hashKey, hashPair } from './key-filter.ts';
import { SEGMENT_ROWS } from './schema.ts';

interface Key {
  readonly hash: number;
  /** Occurrences that are not yet written to `attribute_key`. */
  fresh: number;
}

/** Keys come from code and are few; where they do not, completion does without the surplus. */
const MAX_KEYS = 5000;

export class SegmentWriter<C extends SpanColumns | LogColumns> {
  /** Of the segment that is being filled. */
  columns: C;
  readonly #signal: number;
  readonly #createColumns: () => C;
  readonly #keys = new Map<string, Key>();
  readonly #fresh = new Set<string>();
  #hashes = new Set<number>();
  /** Resources whose attributes are in the filter. */
  #resources = new Set<number>();
  readonly #add: StatementSync;
  readonly #count: StatementSync;
  #lastId: number;

  constructor(database: DatabaseSync, signal: number, lastId: number, createColumns: () => C) {
    this.#signal = signal;
    this.#lastId = lastId;
    this.#createColumns = createColumns;
    this.columns = createColumns();
    this.#add = database.prepare('INSERT INTO segment VALUES (?, ?, ?, ?, ?)');
    this.#count = database.prepare(
      'INSERT INTO attribute_key VALUES (?, ?, ?) ON CONFLICT (signal, key) DO UPDATE SET count = count + excluded.count',
    );
  }

  get lastId(): number {
    return this.#lastId;
  }

  /** Where in `columns` the row that comes next stands. */
  get position(): number {
    return this.#lastId % SEGMENT_ROWS;
  }

  /** The row that `columns` was filled in for exists; writes the segment when that row was its last. */
  push(attributes: Attributes, resource: number, resourceAttributes: Attributes): void {
    this.#note(attributes);
    if (!this.#resources.has(resource)) {
      this.#resources.add(resource);
      this.#note(resourceAttributes);
    }
    if (++this.#lastId % SEGMENT_ROWS === 0) this.#close();
  }

  /** Writes how often each key came. */
  flush(): void {
    for (const key of this.#fresh) {
      const known = this.#keys.get(key)!;
      this.#count.run(this.#signal, key, known.fresh);
      known.fresh = 0;
    }
    this.#fresh.clear();
  }

  /** What was noted so far was counted before. */
  forgetCounts(): void {
    for (const key of this.#fresh) this.#keys.get(key)!.fresh = 0;
    this.#fresh.clear();
  }

  /** Gives up the segment that was begun; its rows are deleted. The next row begins the next one. */
  skip(): void {
    this.#lastId = Math.ceil(this.#lastId / SEGMENT_ROWS) * SEGMENT_ROWS;
    this.#begin();
  }

  #close(): void {
    const number = this.#lastId / SEGMENT_ROWS - 1;
    this.#add.run(this.#signal, number, Date.now(), encodeFilter(this.#hashes), encodeColumns(this.columns));
    this.#begin();
  }

  #begin(): void {
    this.columns = this.#createColumns();
    this.#hashes = new Set();
    this.#resources = new Set();
  }

  #note(attributes: Attributes): void {
    for (const key in attributes) {
      let known = this.#keys.get(key);
      if (known === undefined) {
        known = { hash: hashKey(key), fresh: 0 };
        if (this.#keys.size < MAX_KEYS) this.#keys.set(key, known);
      }
      if (known.fresh++ === 0 && this.#keys.has(key)) this.#fresh.add(key);
      this.#hashes.add(known.hash);
      this.#noteValue(known.hash, attributes[key] as AttributeValue);
    }
  }

  #noteValue(keyHash: number, value: AttributeValue): void {
    if (typeof value === 'string') this.#hashes.add(hashPair(keyHash, value));
    else if (Array.isArray(value)) for (const item of value as readonly AttributeValue[]) this.#noteValue(keyHash, item);
    else if (typeof value !== 'object' || value instanceof Uint8Array) this.#hashes.add(hashPair(keyHash, String(toJsonValue(value))));
    else this.#hashes.add(hashPair(keyHash, JSON.stringify(toJsonValue(value))));
  }
}
