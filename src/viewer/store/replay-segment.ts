/** Rows after the last whole segment -> the columns and the filter of the segment that they began; both were in the memory of a process that is no more. */
import type { DatabaseSync } from 'node:sqlite';
import type { Attributes } from '../../otlp/records.ts';
import type { LogColumns, SpanColumns } from './columns.ts';
import { lastFourBytes } from './numbers.ts';
import { LOGS, SPANS, ms } from './schema.ts';
import type { SegmentWriter } from './segment-writer.ts';

/** The columns of a row as they stand in `span` and `log`; times are milliseconds here. */
export const spanColumnsSql = `SELECT id, ${ms('start_ns')}, ${ms('duration_ns')}, trace, resource, name, peer, span_id, parent_id, kind * 4 + status FROM span`;
export const logColumnsSql = `SELECT id, ${ms('time_ns')}, trace, resource, severity FROM log`;

export type SpanRow = readonly [number, number, number, number, number, number, number, Uint8Array, Uint8Array | null, number];
export type LogRow = readonly [number, number, number | null, number, number];

export function setSpanRow(columns: SpanColumns, position: number, row: SpanRow): void {
  columns.startMs[position] = row[1];
  columns.durationMs[position] = row[2];
  columns.trace[position] = row[3];
  columns.resource[position] = row[4];
  columns.name[position] = row[5];
  columns.peer[position] = row[6];
  columns.spanId[position] = lastFourBytes(Buffer.from(row[7]));
  columns.parentId[position] = row[8] === null ? 0 : lastFourBytes(Buffer.from(row[8]));
  columns.kindStatus[position] = row[9];
}

export function setLogRow(columns: LogColumns, position: number, row: LogRow): void {
  columns.timeMs[position] = row[1];
  columns.trace[position] = row[2] ?? 0;
  columns.resource[position] = row[3];
  columns.severity[position] = row[4];
}

export function replaySpans(database: DatabaseSync, segments: SegmentWriter<SpanColumns>): void {
  replay(database, segments, SPANS, 'span', spanColumnsSql, (position, row) =>
    setSpanRow(segments.columns, position, row as unknown as SpanRow),
  );
}

export function replayLogs(database: DatabaseSync, segments: SegmentWriter<LogColumns>): void {
  replay(database, segments, LOGS, 'log', logColumnsSql, (position, row) =>
    setLogRow(segments.columns, position, row as unknown as LogRow),
  );
}

function replay(
  database: DatabaseSync,
  segments: SegmentWriter<SpanColumns> | SegmentWriter<LogColumns>,
  signal: number,
  table: 'span' | 'log',
  columnsSql: string,
  setRow: (position: number, row: readonly unknown[]) => void,
): void {
  const rows = database.prepare(`${columnsSql} WHERE id > ? ORDER BY id`);
  rows.setReturnArrays(true);
  const attributesOf = database.prepare(
    `SELECT t.attributes AS own, r.attributes AS resource FROM ${table} t JOIN resource r ON r.id = t.resource WHERE t.id = ?`,
  );
  for (const row of rows.all(segments.lastId) as unknown as readonly unknown[][]) {
    setRow(segments.position, row);
    const { own, resource } = attributesOf.get(row[0] as number) as { own: string; resource: string };
    segments.push(JSON.parse(own) as Attributes, row[signal === SPANS ? 4 : 3] as number, JSON.parse(resource) as Attributes);
  }
  segments.forgetCounts();
}
