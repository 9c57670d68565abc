/** Log records -> rows of `log`, of the text index, of the trace and the error they belong to, and the columns of their segment. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { isWholeDouble } from '../../otlp/attributes.ts';
import type { LogRecord } from '../../otlp/records.ts';
import { attributesJson, bodyText, valueText } from './attribute-json.ts';
import { createLogColumns } from './columns.ts';
import type { LogColumns } from './columns.ts';
import { errorOfLog } from './error-facts.ts';
import type { Interner } from './interner.ts';
import { clampNano, idBytes, msOf } from './numbers.ts';
import { LOGS } from './schema.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { TraceWriter } from './trace-writer.ts';
import type { ErrorWriter } from './write-errors.ts';

/** Of a longer body only the beginning can be found by its words. */
const INDEXED_UNITS = 4000;

export class LogWriter {
  readonly segments: SegmentWriter<LogColumns>;
  readonly #interner: Interner;
  readonly #traces: TraceWriter;
  readonly #errors: ErrorWriter;
  readonly #add: StatementSync;
  readonly #addText: StatementSync;
  readonly #setError: StatementSync;

  constructor(database: DatabaseSync, interner: Interner, traces: TraceWriter, errors: ErrorWriter, lastId: number) {
    this.#interner = interner;
    this.#traces = traces;
    this.#errors = errors;
    this.segments = new SegmentWriter(database, LOGS, lastId, createLogColumns);
    this.#add = database.prepare('INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, ?, ?, ?)');
    this.#addText = database.prepare('INSERT INTO log_text (rowid, body) VALUES (?, ?)');
    this.#setError = database.prepare('UPDATE log SET error = ? WHERE id = ?');
  }

  write(log: LogRecord, nowMs: number): void {
    const resource = this.#interner.resource(log.resource);
    const trace = log.traceId === '' ? null : this.#traces.idOf(log.traceId);
    const spanId = log.spanId === '' ? null : idBytes(log.spanId);
    const id = this.segments.lastId + 1;
    const timeNs = clampNano(log.timeUnixNano || log.observedTimeUnixNano || BigInt(Math.floor(nowMs)) * 1_000_000n);
    const severity = log.severityNumber >= 1 && log.severityNumber <= 24 ? log.severityNumber : severityOfText(log.severityText);
    const body = bodyText(log.body);
    this.#add.run(
      ...[id, timeNs, severity, log.severityText, resource.id, this.#interner.scope(log.scope), trace, spanId],
      ...[log.eventName || null, body, attributesJson(log.attributes), bodyExtra(log)],
    );
    this.#addText.run(id, body.length > INDEXED_UNITS ? body.slice(0, INDEXED_UNITS) : body);

    const { columns, position } = this.segments;
    columns.timeMs[position] = msOf(timeNs);
    columns.trace[position] = trace ?? 0;
    columns.resource[position] = resource.id;
    columns.severity[position] = severity;
    this.segments.push(log.attributes, resource.id, resource.attributes);

    if (trace !== null) this.#traces.addLog(log.traceId, id);
    const error = errorOfLog(log);
    if (error !== undefined) {
      const name = log.eventName || body.split('\n', 1)[0]!.slice(0, 200);
      const place = { timeNs, service: resource.service, source: LOGS, row: id, trace, spanId, name };
      this.#setError.run(this.#errors.write(error, place), id);
    }
  }
}

/** What tells a body that is no text from its text. */
function bodyExtra(log: LogRecord): string | null {
  const { body } = log;
  if (typeof body === 'string') return null;
  const isStructured = typeof body === 'object' && body !== null && !(body instanceof Uint8Array);
  return isStructured ? '{"structured":true}' : `{"body":${valueText(body, isWholeDouble(log, 'body'))}}`;
}

const levels: readonly (readonly [RegExp, number])[] = [
  [/^(fatal|crit|emerg|alert|panic)/i, 21],
  [/^err/i, 17],
  [/^warn/i, 13],
  [/^debug/i, 5],
  [/^(trace|silly|verbose)/i, 1],
];

/** A sender that gives no number may give a text; without either it is information. */
function severityOfText(text: string): number {
  return levels.find(([pattern]) => pattern.test(text))?.[1] ?? 9;
}
