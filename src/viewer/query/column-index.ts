/** The store's segments -> the columns of all rows in memory, brought up to date before each query. Lists, charts and counts are computed from them. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { createLogColumns, createSpanColumns, decodeLogColumns, decodeSpanColumns } from '../store/columns.ts';
import type { LogColumns, SpanColumns } from '../store/columns.ts';
import { epochOf, firstSegment } from '../store/meta.ts';
import { logColumnsSql, setLogRow, setSpanRow, spanColumnsSql } from '../store/replay-segment.ts';
import type { LogRow, SpanRow } from '../store/replay-segment.ts';
import { LOGS, SEGMENT_ROWS, SPANS } from '../store/schema.ts';

export interface Segment<C> {
  readonly number: number;
  /** Id of the row at position 0. */
  readonly firstId: number;
  readonly columns: C;
  /** Rows that are there, from position 0 on. */
  count: number;
  minMs: number;
  maxMs: number;
  /** Undefined while the segment is being filled: anything may be in it. */
  filter: Uint8Array | undefined;
}

interface Kind<C> {
  readonly signal: number;
  readonly create: () => C;
  readonly decode: (bytes: Uint8Array) => C;
  readonly timeOf: (columns: C) => Float64Array;
  readonly rowsSql: string;
  readonly setRow: (columns: C, position: number, row: never) => void;
}

const spanKind: Kind<SpanColumns> = {
  signal: SPANS,
  create: createSpanColumns,
  decode: decodeSpanColumns,
  timeOf: ({ startMs }) => startMs,
  rowsSql: spanColumnsSql,
  setRow: setSpanRow as (columns: SpanColumns, position: number, row: SpanRow) => void,
};
const logKind: Kind<LogColumns> = {
  signal: LOGS,
  create: createLogColumns,
  decode: decodeLogColumns,
  timeOf: ({ timeMs }) => timeMs,
  rowsSql: logColumnsSql,
  setRow: setLogRow as (columns: LogColumns, position: number, row: LogRow) => void,
};

/** One signal's segments, in order. */
class Rows<C extends SpanColumns | LogColumns> {
  readonly segments: Segment<C>[] = [];
  /** Grows when rows come, changes when rows go. */
  version = 0;
  readonly #database: DatabaseSync;
  readonly #kind: Kind<C>;
  readonly #whole: StatementSync;
  readonly #rows: StatementSync;

  constructor(database: DatabaseSync, kind: Kind<C>) {
    this.#database = database;
    this.#kind = kind;
    this.#whole = database.prepare('SELECT number, filter, columns FROM segment WHERE signal = ? AND number >= ? ORDER BY number');
    this.#rows = database.prepare(`${kind.rowsSql} WHERE id > ? ORDER BY id`);
    this.#rows.setReturnArrays(true);
  }

  get count(): number {
    return this.segments.reduce((sum, { count }) => sum + count, 0);
  }

  clear(): void {
    this.segments.length = 0;
    this.version++;
  }

  /** True when old rows went away. */
  refresh(): boolean {
    const { signal, decode } = this.#kind;
    const first = firstSegment(this.#database, signal);
    const gone = this.segments.findIndex(({ number }) => number >= first);
    const evicted = gone !== 0 && this.segments.length > 0;
    if (evicted) this.segments.splice(0, gone === -1 ? this.segments.length : gone);
    const open = this.segments.findIndex(({ filter }) => filter === undefined);
    const from = open >= 0 ? this.segments[open]!.number : (this.segments.at(-1)?.number ?? first - 1) + 1;
    for (const row of this.#whole.iterate(signal, from) as Iterable<Record<string, unknown>>) {
      const number = row['number'] as number;
      const at = this.segments.findIndex((segment) => segment.number === number);
      const segment = this.#segment(number, decode(row['columns'] as Uint8Array), SEGMENT_ROWS);
      segment.filter = (row['filter'] as Uint8Array).slice();
      if (at >= 0) this.segments[at] = segment;
      else this.segments.push(segment);
      this.version++;
    }
    this.#readRest(first);
    return evicted;
  }

  #segment(number: number, columns: C, count: number): Segment<C> {
    const segment = { number, firstId: number * SEGMENT_ROWS + 1, columns, count: 0, minMs: Infinity, maxMs: -Infinity, filter: undefined };
    this.#extend(segment, count);
    return segment;
  }

  #extend(segment: Segment<C>, count: number): void {
    const times = this.#kind.timeOf(segment.columns);
    for (let i = segment.count; i < count; i++) {
      const time = times[i]!;
      if (time < segment.minMs) segment.minMs = time;
      if (time > segment.maxMs) segment.maxMs = time;
    }
    segment.count = count;
  }

  /** Rows after the last whole segment. */
  #readRest(first: number): void {
    const { create, setRow } = this.#kind;
    let last = this.segments.at(-1);
    const lastId = last === undefined ? first * SEGMENT_ROWS : last.firstId + last.count - 1;
    for (const row of this.#rows.iterate(lastId) as Iterable<unknown>) {
      const id = (row as readonly number[])[0]!;
      const number = Math.floor((id - 1) / SEGMENT_ROWS);
      if (last?.number !== number) this.segments.push((last = this.#segment(number, create(), 0)));
      const position = id - last.firstId;
      setRow(last.columns, position, row as never);
      this.#extend(last, position + 1);
      this.version++;
    }
  }
}

export class ColumnIndex {
  readonly spans: Rows<SpanColumns>;
  readonly logs: Rows<LogColumns>;
  /** Changes when what was interned may mean something else. */
  epoch = -1;
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.spans = new Rows(database, spanKind);
    this.logs = new Rows(database, logKind);
  }

  /** To be called inside the transaction of the query. */
  refresh(): void {
    const epoch = epochOf(this.#database);
    if (epoch !== this.epoch) {
      this.spans.clear();
      this.logs.clear();
      this.epoch = epoch;
    }
    this.spans.refresh();
    this.logs.refresh();
  }
}
