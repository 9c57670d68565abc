/** OTLP requests -> the store, a few in one transaction. The only one who writes. */
import type { DatabaseSync } from 'node:sqlite';
import { decodeLogs, decodeLogsJson, decodeMetrics, decodeMetricsJson, decodeTraces, decodeTracesJson } from '../../otlp/decode.ts';
import type { Signal } from '../../otlp/signal.ts';
import { Evictor } from './evict.ts';
import { firstSegment } from './meta.ts';
import type { Limits } from './evict.ts';
import { Interner } from './interner.ts';
import { LOGS, SEGMENT_ROWS, SPANS } from './schema.ts';
import { replayLogs, replaySpans } from './replay-segment.ts';
import { TraceWriter } from './trace-writer.ts';
import { ErrorWriter } from './write-errors.ts';
import { LogWriter } from './write-logs.ts';
import { MetricWriter } from './write-metrics.ts';
import { SpanWriter } from './write-spans.ts';

export interface Ingest {
  readonly signal: Signal;
  readonly encoding: 'protobuf' | 'json';
  readonly bytes: Uint8Array;
}

export interface Counts {
  spans: number;
  traces: number;
  logs: number;
  metricPoints: number;
}

/** What one request added. */
export interface Added {
  readonly spans: number;
  readonly logs: number;
  readonly metricPoints: number;
  /** Of the spans, each once. */
  readonly traceIds: readonly string[];
}

/** What came with one transaction. */
export interface Committed {
  readonly counts: Counts;
  readonly evicted: Omit<Counts, 'traces'>;
  readonly bytes: number;
  /** Row ids, the latest last, at most MAX_TOUCHED. */
  readonly traces: readonly number[];
  readonly moreTraces: number;
  readonly lastLog: number;
  readonly metrics: readonly string[];
}

const MAX_TOUCHED = 200;

export interface Parts {
  readonly traces: TraceWriter;
  readonly spans: SpanWriter;
  readonly logs: LogWriter;
  readonly metrics: MetricWriter;
  readonly errors: ErrorWriter;
}

export class Writer {
  readonly #database: DatabaseSync;
  readonly #evictor: Evictor;
  #parts: Parts;
  readonly #metricNames = new Set<string>();
  #open = false;

  constructor(database: DatabaseSync, limits: Limits) {
    this.#database = database;
    this.#evictor = new Evictor(database, limits);
    this.#parts = createParts(database);
    this.#repair();
  }

  /**
   * Adds one request to the transaction, which begins with the first one.
   * @throws OtlpDecodeError, before anything is written, when the bytes are not OTLP
   */
  take({ signal, encoding, bytes }: Ingest, nowMs: number): Added {
    const text = encoding === 'json' ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString() : undefined;
    if (signal === 'traces') {
      const spans = text === undefined ? decodeTraces(bytes) : decodeTracesJson(text);
      this.#begin();
      let added = 0;
      for (const span of spans) if (this.#parts.spans.write(span)) added++;
      return { spans: added, logs: 0, metricPoints: 0, traceIds: [...new Set(spans.map(({ traceId }) => traceId))] };
    }
    if (signal === 'logs') {
      const logs = text === undefined ? decodeLogs(bytes) : decodeLogsJson(text);
      this.#begin();
      for (const log of logs) this.#parts.logs.write(log, nowMs);
      return { spans: 0, logs: logs.length, metricPoints: 0, traceIds: [] };
    }
    const metrics = text === undefined ? decodeMetrics(bytes) : decodeMetricsJson(text);
    this.#begin();
    let points = 0;
    for (const metric of metrics) {
      this.#parts.metrics.write(metric, nowMs);
      this.#metricNames.add(metric.name);
      points += metric.points.length;
    }
    return { spans: 0, logs: 0, metricPoints: points, traceIds: [] };
  }

  /** Ends the transaction: what was taken is in the file. @throws the error of SQLite, after which nothing of the transaction is there */
  commit(nowMs: number): Committed {
    const { traces, spans, logs } = this.#parts;
    const touched = [...traces.changed()];
    this.#begin();
    traces.flush();
    spans.segments.flush();
    logs.segments.flush();
    this.#database.exec('COMMIT');
    this.#open = false;
    this.evict(nowMs);
    const metrics = [...this.#metricNames];
    this.#metricNames.clear();
    return {
      counts: this.counts(),
      evicted: { ...this.#evictor.evicted },
      bytes: this.#evictor.bytes(),
      traces: touched.slice(-MAX_TOUCHED),
      moreTraces: Math.max(0, touched.length - MAX_TOUCHED),
      lastLog: logs.segments.lastId,
      metrics,
    };
  }

  /** Gives the transaction up. */
  rollback(): void {
    if (this.#open) this.#database.exec('ROLLBACK');
    this.#open = false;
    // What is known by heart may have been of the transaction.
    this.#parts = createParts(this.#database);
    this.#repair();
  }

  /** Drops the oldest until the limits are kept. */
  evict(nowMs: number): void {
    if (this.#evictor.run(nowMs, this.#parts) === 'swept') {
      this.#parts = createParts(this.#database);
      this.#repair();
    }
  }

  counts(): Counts {
    const { spans, logs, metrics } = this.#parts;
    return {
      spans: spans.segments.lastId - firstSegment(this.#database, SPANS) * SEGMENT_ROWS,
      logs: logs.segments.lastId - firstSegment(this.#database, LOGS) * SEGMENT_ROWS,
      metricPoints: metrics.points,
      traces: this.#parts.traces.count,
    };
  }

  /** Deletes everything. */
  clear(): void {
    if (this.#open) this.commit(Date.now());
    this.#evictor.clear();
    this.#parts = createParts(this.#database);
  }

  #begin(): void {
    if (this.#open) return;
    this.#database.exec('BEGIN IMMEDIATE');
    this.#open = true;
  }

  /** Rows after the last whole segment are noted again: their filter was in the memory of a process that is no more. */
  #repair(): void {
    replaySpans(this.#database, this.#parts.spans.segments);
    replayLogs(this.#database, this.#parts.logs.segments);
  }
}

function createParts(database: DatabaseSync): Parts {
  const interner = new Interner(database);
  const traces = new TraceWriter(database);
  const errors = new ErrorWriter(database);
  return {
    traces,
    errors,
    spans: new SpanWriter(database, interner, traces, errors, wholeSegments(database, SPANS) * SEGMENT_ROWS),
    logs: new LogWriter(database, interner, traces, errors, wholeSegments(database, LOGS) * SEGMENT_ROWS),
    metrics: new MetricWriter(database, interner),
  };
}

/** How many segments there have been, the evicted ones included. */
function wholeSegments(database: DatabaseSync, signal: number): number {
  const { last } = database.prepare('SELECT max(number) AS last FROM segment WHERE signal = ?').get(signal) as { last: number | null };
  return last === null ? firstSegment(database, signal) : last + 1;
}
