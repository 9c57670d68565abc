/** Spans and log records of a trace, as they come -> one row of `trace` that sums them up. Rows touched last are held here until the transaction ends. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Attributes } from '../../otlp/records.ts';

interface Held {
  readonly id: number;
  readonly traceId: Uint8Array;
  isNew: boolean;
  isDirty: boolean;
  /** Of the root, or of the earliest span as long as there is no root: what a list shows. */
  name: number | null;
  service: number | null;
  kind: number | null;
  method: string | null;
  route: string | null;
  httpStatus: number | null;
  headNs: bigint | null;
  complete: boolean;
  startNs: bigint | null;
  endNs: bigint | null;
  spans: number;
  errors: number;
  logs: number;
  services: Map<number, number>;
  lastSpan: number;
  lastLog: number;
}

/** What a span adds to its trace. */
export interface SpanPart {
  readonly id: number;
  readonly isRoot: boolean;
  readonly name: number;
  readonly service: number;
  readonly kind: number;
  readonly isError: boolean;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Attributes;
}

/** Traces held between transactions: enough for those that are still going on. */
const HELD = 5000;

export class TraceWriter {
  readonly #held = new Map<string, Held>();
  readonly #dirty = new Set<Held>();
  readonly #find: StatementSync;
  readonly #add: StatementSync;
  readonly #change: StatementSync;
  #lastId: number;
  #withSpans: number;

  constructor(database: DatabaseSync) {
    this.#withSpans = (database.prepare('SELECT count(*) AS count FROM trace WHERE spans > 0').get() as { count: number }).count;
    this.#lastId = (database.prepare('SELECT coalesce(max(id), 0) AS id FROM trace').get() as { id: number }).id;
    this.#find = database.prepare('SELECT * FROM trace WHERE trace_id = ?');
    this.#find.setReadBigInts(true);
    this.#add = database.prepare('INSERT INTO trace VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#change = database.prepare(
      `UPDATE trace SET name = ?, service = ?, kind = ?, method = ?, route = ?, http_status = ?, start_ns = ?, end_ns = ?, spans = ?, errors = ?,
       logs = ?, complete = ?, head_ns = ?, services = ?, last_span = ?, last_log = ? WHERE id = ?`,
    );
  }

  /** Traces of which spans are here. */
  get count(): number {
    return this.#withSpans;
  }

  /** So many of them are gone. */
  evicted(traces: number): void {
    this.#withSpans -= traces;
  }

  /** Traces that have changed since the last `flush`. */
  *changed(): Generator<number> {
    for (const { id } of this.#dirty) yield id;
  }

  /** The row id of a trace, which is made when it is new. */
  idOf(traceId: string): number {
    return this.#get(traceId).id;
  }

  addSpan(traceId: string, span: SpanPart): void {
    const held = this.#touch(traceId);
    if (held.spans === 0) this.#withSpans++;
    held.spans++;
    if (span.isError) held.errors++;
    if (held.startNs === null || span.startNs < held.startNs) held.startNs = span.startNs;
    if (held.endNs === null || span.endNs > held.endNs) held.endNs = span.endNs;
    held.services.set(span.service, (held.services.get(span.service) ?? 0) + 1);
    held.lastSpan = span.id;
    const isHead = held.headNs === null || (span.isRoot === held.complete ? span.startNs < held.headNs : span.isRoot);
    if (isHead) setHead(held, span);
  }

  addLog(traceId: string, id: number): void {
    const held = this.#touch(traceId);
    held.logs++;
    held.lastLog = id;
  }

  /** Writes what has changed. */
  flush(): void {
    for (const held of this.#dirty) {
      const services = JSON.stringify([...held.services].sort((a, b) => b[1] - a[1]));
      const head = [held.name, held.service, held.kind, held.method, held.route, held.httpStatus, held.startNs, held.endNs] as const;
      const rest = [held.spans, held.errors, held.logs, held.complete ? 1 : 0, held.headNs, services, held.lastSpan, held.lastLog] as const;
      if (held.isNew) this.#add.run(held.id, held.traceId, ...head, ...rest);
      else this.#change.run(...head, ...rest, held.id);
      held.isNew = false;
      held.isDirty = false;
    }
    this.#dirty.clear();
    let surplus = this.#held.size - HELD;
    for (const traceId of this.#held.keys()) {
      if (surplus-- <= 0) break;
      this.#held.delete(traceId);
    }
  }

  /** Takes all spans of a trace off its row: those that are left are to be added again. */
  reset(traceId: string): void {
    const held = this.#touch(traceId);
    if (held.spans > 0) this.#withSpans--;
    const { id, isNew, isDirty, logs, lastLog } = held;
    Object.assign(held, createHeld(id, held.traceId), { isNew, isDirty, logs, lastLog });
  }

  /** Forgets what is held, because rows were deleted or rewritten. Nothing may be waiting for `flush`. */
  forget(): void {
    this.#held.clear();
  }

  #touch(traceId: string): Held {
    const held = this.#get(traceId);
    if (!held.isDirty) {
      held.isDirty = true;
      this.#dirty.add(held);
      // To the end of the order in which the held ones are given up.
      this.#held.delete(traceId);
      this.#held.set(traceId, held);
    }
    return held;
  }

  #get(traceId: string): Held {
    let held = this.#held.get(traceId);
    if (held === undefined) {
      const bytes = Buffer.from(traceId, 'hex');
      const row = this.#find.get(bytes) as Row | undefined;
      held = row === undefined ? createHeld(++this.#lastId, bytes) : fromRow(row, bytes);
      this.#held.set(traceId, held);
    }
    return held;
  }
}

type Row = Readonly<Record<string, bigint | string | null>>;

function createHeld(id: number, traceId: Uint8Array): Held {
  return {
    ...{ id, traceId, isNew: true, isDirty: false, name: null, service: null, kind: null, method: null, route: null, httpStatus: null },
    ...{
      headNs: null,
      complete: false,
      startNs: null,
      endNs: null,
      spans: 0,
      errors: 0,
      logs: 0,
      services: new Map(),
      lastSpan: 0,
      lastLog: 0,
    },
  };
}

function fromRow(row: Row, traceId: Uint8Array): Held {
  const number = (name: string): number => Number(row[name]);
  const optional = (name: string): number | null => (row[name] === null ? null : Number(row[name]));
  return {
    id: number('id'),
    traceId,
    isNew: false,
    isDirty: false,
    name: optional('name'),
    service: optional('service'),
    kind: optional('kind'),
    method: row['method'] as string | null,
    route: row['route'] as string | null,
    httpStatus: optional('http_status'),
    headNs: row['head_ns'] as bigint | null,
    complete: row['complete'] === 1n,
    startNs: row['start_ns'] as bigint | null,
    endNs: row['end_ns'] as bigint | null,
    spans: number('spans'),
    errors: number('errors'),
    logs: number('logs'),
    services: new Map(JSON.parse(row['services'] as string) as [number, number][]),
    lastSpan: number('last_span'),
    lastLog: number('last_log'),
  };
}

function setHead(held: Held, { name, service, kind, startNs, isRoot, attributes }: SpanPart): void {
  held.name = name;
  held.service = service;
  held.kind = kind;
  held.headNs = startNs;
  held.complete = isRoot;
  const method = attributes['http.request.method'] ?? attributes['http.method'];
  const route = attributes['http.route'];
  const status = attributes['http.response.status_code'] ?? attributes['http.status_code'];
  held.method = typeof method === 'string' ? method : null;
  held.route = typeof route === 'string' ? route : null;
  held.httpStatus = typeof status === 'number' && Number.isInteger(status) ? status : null;
}
