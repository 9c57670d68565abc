/** The limits -> the oldest rows deleted, whole segments at a time, until size and age are kept. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Attributes } from '../../otlp/records.ts';
import { nextEpoch, setFirstSegment } from './meta.ts';
import { LOGS, SEGMENT_ROWS, SPANS } from './schema.ts';
import type { TraceWriter } from './trace-writer.ts';
import type { Counts, Parts } from './writer.ts';

export interface Limits {
  readonly bytes: number;
  readonly ageMs: number;
}

/** What a trace is that only log records tell of. */
const FORGET_SPANS = `UPDATE trace SET spans = 0, errors = 0, complete = 0, services = '[]', name = NULL, service = NULL, kind = NULL, method = NULL,
  route = NULL, http_status = NULL, head_ns = NULL, start_ns = NULL, end_ns = NULL WHERE last_span <= ? AND spans > 0`;

/** Steps after one transaction: senders wait meanwhile. */
const STEPS = 4;
/** Between two looks at the age. */
const AGE_CHECK_MS = 1000;
/** Interned texts that nobody uses any more are looked for when there are this many more than at the last look. */
const SWEEP_STRINGS = 100_000;

type Tables = readonly ['span' | 'log', number];
const segmented: readonly Tables[] = [
  ['span', SPANS],
  ['log', LOGS],
];

export class Evictor {
  /** Since the start. */
  readonly evicted: Omit<Counts, 'traces'> = { spans: 0, logs: 0, metricPoints: 0 };
  readonly #database: DatabaseSync;
  readonly #limits: Limits;
  readonly #pages: StatementSync;
  readonly #freePages: StatementSync;
  readonly #pageBytes: number;
  #sweptStrings: number;
  #nextAgeCheckMs = 0;

  constructor(database: DatabaseSync, limits: Limits) {
    this.#database = database;
    this.#limits = limits;
    this.#pages = database.prepare('PRAGMA page_count');
    this.#freePages = database.prepare('PRAGMA freelist_count');
    this.#pageBytes = this.#number('PRAGMA page_size');
    this.#sweptStrings = this.#number('SELECT count(*) FROM strings');
  }

  /** What the rows take; the file may be larger, with room for rows to come. */
  bytes(): number {
    return (firstNumber(this.#pages.get()) - firstNumber(this.#freePages.get())) * this.#pageBytes;
  }

  /** 'swept': interned ids may have changed their meaning. */
  run(nowMs: number, parts: Parts): 'kept' | 'evicted' | 'swept' {
    if (this.bytes() <= this.#limits.bytes && nowMs < this.#nextAgeCheckMs) return 'kept';
    let steps = 0;
    for (; steps < STEPS; steps++) {
      const tooMuch = this.bytes() > this.#limits.bytes;
      const oldest = this.#oldest();
      if (!tooMuch && (oldest === undefined || oldest.receivedMs >= nowMs - this.#limits.ageMs)) break;
      if (oldest === undefined && !this.#tail(parts)) break;
      if (oldest !== undefined) this.#transaction(() => oldest.evict(parts));
      parts.traces.forget();
      parts.errors.forget();
      parts.metrics.forget();
    }
    // Whatever is too old waits for the next look, unless there is more of it.
    if (steps < STEPS) this.#nextAgeCheckMs = nowMs + AGE_CHECK_MS;
    if (steps === 0) return 'kept';
    return this.#sweep() ? 'swept' : 'evicted';
  }

  clear(): void {
    this.#transaction(() => {
      const names = [
        'strings',
        'resource',
        'scope',
        'trace',
        'span',
        'log',
        'segment',
        'attribute_key',
        'metric',
        'series',
        'point',
        'exemplar',
      ];
      for (const name of [...names, 'error_group', 'error_event']) this.#database.exec(`DELETE FROM ${name}`);
      this.#database.exec(`INSERT INTO log_text (log_text) VALUES ('delete-all')`);
      this.#database.exec(`DELETE FROM meta WHERE key LIKE 'first:%'`);
      nextEpoch(this.#database);
    });
    try {
      this.#database.exec('VACUUM');
    } catch {
      // a reader is at work: the file keeps its size, and its pages are used again
    }
  }

  #oldest(): { readonly receivedMs: number; evict(parts: Parts): void } | undefined {
    const candidates = segmented.flatMap(([table, signal]) => {
      const row = this.#database.prepare('SELECT number, received_ms FROM segment WHERE signal = ? ORDER BY number LIMIT 1').get(signal) as
        | { number: number; received_ms: number }
        | undefined;
      if (row === undefined) return [];
      const evict = (parts: Parts): void => {
        this.#database.prepare('DELETE FROM segment WHERE signal = ? AND number = ?').run(signal, row.number);
        this.#rows(table, (row.number + 1) * SEGMENT_ROWS, parts);
        setFirstSegment(this.#database, signal, row.number + 1);
      };
      return [{ receivedMs: row.received_ms, evict }];
    });
    const point = this.#database.prepare('SELECT id, received_ms FROM point ORDER BY id LIMIT 1 OFFSET ?').get(SEGMENT_ROWS - 1) as
      | { id: number; received_ms: number }
      | undefined;
    if (point !== undefined) candidates.push({ receivedMs: point.received_ms, evict: (parts) => this.#points(point.id, parts) });
    return candidates.sort((a, b) => a.receivedMs - b.receivedMs)[0];
  }

  /** Rows so large that the limit is passed within one segment: the segment that was begun goes. */
  #tail(parts: Parts): boolean {
    const [table, signal] = segmented.find(([name]) => this.#number(`SELECT count(*) FROM ${name}`) > 1) ?? [undefined, 0];
    if (table === undefined) return false;
    const segments = table === 'span' ? parts.spans.segments : parts.logs.segments;
    this.#transaction(() => {
      this.#rows(table, segments.lastId, parts);
      segments.skip();
      setFirstSegment(this.#database, signal, segments.lastId / SEGMENT_ROWS);
    });
    return true;
  }

  #rows(table: 'span' | 'log', last: number, parts: Parts): void {
    if (table === 'span') this.#spans(last, parts.traces);
    else this.#logs(last);
    const signal = table === 'span' ? SPANS : LOGS;
    const groups = this.#database.prepare('SELECT DISTINCT error FROM error_event WHERE source = ? AND row <= ?').all(signal, last);
    this.#database.prepare('DELETE FROM error_event WHERE source = ? AND row <= ?').run(signal, last);
    const drop = this.#database.prepare(
      'DELETE FROM error_group WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM error_event WHERE error = ?1)',
    );
    for (const { error } of groups as unknown as { error: number }[]) drop.run(error);
    this.#orphans();
  }

  /** Traces of which some spans stay get a row that tells of those. */
  #spans(last: number, traces: TraceWriter): void {
    const ids = this.#database
      .prepare(`SELECT lower(hex(trace_id)) AS hex FROM trace WHERE last_span > ?1 AND id IN (SELECT trace FROM span WHERE id <= ?1)`)
      .all(last) as unknown as { hex: string }[];
    const whole = this.#database.prepare(FORGET_SPANS).run(last).changes;
    traces.evicted(Number(whole));
    this.evicted.spans += Number(this.#database.prepare('DELETE FROM span WHERE id <= ?').run(last).changes);
    const left = this.#database.prepare(
      `SELECT s.id AS id, s.parent_id IS NULL AS is_root, s.name AS name, r.service AS service, s.kind AS kind, s.status AS status,
         s.start_ns AS start_ns, s.duration_ns AS duration_ns, s.attributes AS attributes
       FROM span s JOIN resource r ON r.id = s.resource WHERE s.trace = (SELECT id FROM trace WHERE trace_id = ?) ORDER BY s.id`,
    );
    left.setReadBigInts(true);
    for (const { hex } of ids) {
      traces.reset(hex);
      for (const row of left.all(Buffer.from(hex, 'hex')) as Record<string, bigint | string>[]) {
        const [start, duration] = [row['start_ns'] as bigint, row['duration_ns'] as bigint];
        traces.addSpan(hex, {
          ...{ id: Number(row['id']), isRoot: row['is_root'] === 1n, name: Number(row['name']), service: Number(row['service']) },
          ...{ kind: Number(row['kind']), isError: row['status'] === 2n, startNs: start, endNs: start + duration },
          attributes: JSON.parse(row['attributes'] as string) as Attributes,
        });
      }
    }
    traces.flush();
  }

  #logs(last: number): void {
    this.#database
      .prepare(
        `UPDATE trace SET logs = logs - gone.count
         FROM (SELECT trace, count(*) AS count FROM log WHERE id <= ? AND trace IS NOT NULL GROUP BY trace) AS gone WHERE trace.id = gone.trace`,
      )
      .run(last);
    this.#database.prepare('DELETE FROM log_text WHERE rowid <= ?').run(last);
    this.evicted.logs += Number(this.#database.prepare('DELETE FROM log WHERE id <= ?').run(last).changes);
  }

  #points(last: number, { metrics }: Parts): void {
    const { newest } = this.#database.prepare('SELECT CAST(max(time_ns) AS TEXT) AS newest FROM point WHERE id <= ?').get(last) as {
      newest: string;
    };
    const points = Number(this.#database.prepare('DELETE FROM point WHERE id <= ?').run(last).changes);
    this.#database.prepare('DELETE FROM exemplar WHERE time_ns < CAST(? AS INTEGER)').run(newest);
    this.evicted.metricPoints += points;
    metrics.evicted(points);
  }

  #orphans(): void {
    this.#database.exec('DELETE FROM trace WHERE spans = 0 AND logs = 0');
  }

  #sweep(): boolean {
    const count = this.#number('SELECT count(*) FROM strings');
    if (count < this.#sweptStrings + SWEEP_STRINGS) return false;
    this.#transaction(() => {
      this.#database
        .exec(`DELETE FROM strings WHERE id NOT IN (SELECT name FROM span UNION SELECT peer FROM span UNION SELECT service FROM resource
        UNION SELECT coalesce(name, 0) FROM trace UNION SELECT coalesce(service, 0) FROM trace UNION SELECT service FROM error_event)`);
      nextEpoch(this.#database);
    });
    this.#sweptStrings = this.#number('SELECT count(*) FROM strings');
    return true;
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #number(sql: string): number {
    return firstNumber(this.#database.prepare(sql).get());
  }
}

function firstNumber(row: Record<string, unknown> | undefined): number {
  return Number(Object.values(row ?? {})[0] ?? 0);
}
