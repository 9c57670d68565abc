/** One reading connection with what is computed from it: what every query starts from. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { ColumnIndex } from './column-index.ts';
import { Names } from './names.ts';
import { SpanLinks } from './span-links.ts';
import { TraceIndex } from './trace-index.ts';

export type Row = Readonly<Record<string, unknown>>;

export class Reader {
  readonly database: DatabaseSync;
  readonly index: ColumnIndex;
  readonly traces = new TraceIndex();
  readonly links = new SpanLinks();
  readonly names: Names;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.database = database;
    this.index = new ColumnIndex(database);
    this.names = new Names(database);
  }

  /** Runs a query on one state of the store, whatever is written meanwhile. */
  read<T>(query: (reader: this) => T): T {
    this.database.exec('BEGIN');
    try {
      const { epoch } = this.index;
      this.index.refresh();
      if (this.index.epoch !== epoch) for (const known of [this.names, this.traces, this.links]) known.clear();
      this.traces.refresh(this.index.spans.segments);
      return query(this);
    } finally {
      this.database.exec('COMMIT');
    }
  }

  all(sql: string, ...values: readonly SQLInputValue[]): readonly Row[] {
    return this.#statement(sql).all(...values) as readonly Row[];
  }

  get(sql: string, ...values: readonly SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }

  /** Rows as arrays, one at a time. */
  iterate(sql: string, ...values: readonly SQLInputValue[]): Iterable<readonly unknown[]> {
    const statement = this.#statement(sql);
    statement.setReturnArrays(true);
    return statement.iterate(...values) as unknown as Iterable<readonly unknown[]>;
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.database.prepare(sql);
      if (this.#statements.size >= 200) this.#statements.clear();
      this.#statements.set(sql, statement);
    } else statement.setReturnArrays(false);
    return statement;
  }
}
