/** GET /api/errors, /api/errors/:fingerprint: errors by group, counted over a range. */
import { nanoOf } from '../store/numbers.ts';
import { ms } from '../store/schema.ts';
import type { ErrorDetail, ErrorGroup, Page } from '../api.ts';
import { readLogs } from './log-rows.ts';
import type { Reader, Row } from './reader.ts';
import { formatCursor, parseCursor } from './traces.ts';

export interface ErrorQuery {
  readonly from?: number;
  readonly to?: number;
  readonly service?: string;
  readonly limit?: number;
  readonly before?: string;
}

const PARTS = 24;
const MAX_SAMPLES = 50;
const MAX_LOGS = 50;
/** SQLite compares nanoseconds; these are beyond all times. */
const EVER = { from: -(2n ** 62n), to: 2n ** 62n };

interface Span {
  readonly from: number;
  readonly to: number;
}

export function listErrors(reader: Reader, query: ErrorQuery): Page<ErrorGroup> {
  const { limit = 100, service } = query;
  const range = nanosOf(query);
  const before = query.before === undefined ? undefined : parseCursor(query.before);
  const serviceId = service === undefined ? undefined : reader.get('SELECT id FROM strings WHERE text = ?', service)?.['id'];
  if (service !== undefined && serviceId === undefined) return { items: [] };
  const rows = reader.all(
    `SELECT error, count(*) AS count, ${ms('min(time_ns)')} AS first_ms, ${ms('max(time_ns)')} AS last_ms FROM error_event
     WHERE time_ns >= ?1 AND time_ns < ?2 AND (?3 IS NULL OR service = ?3) GROUP BY error
     HAVING ?4 IS NULL OR ${ms('max(time_ns)')} < ?4 OR (${ms('max(time_ns)')} = ?4 AND error < ?5) ORDER BY last_ms DESC, error DESC LIMIT ?6`,
    range.from,
    range.to,
    (serviceId as number | undefined) ?? null,
    before?.key ?? null,
    before?.row ?? null,
    limit + 1,
  );
  const spread = spreadOf(reader, query);
  const items = rows.slice(0, limit).map((row) => toGroup(reader, row, spread));
  const last = rows[limit - 1];
  if (rows.length <= limit || last === undefined) return { items };
  return { items, next: formatCursor({ key: last['last_ms'] as number, row: last['error'] as number }) };
}

/** Undefined when there is no such group in the range. */
export function readError(reader: Reader, query: ErrorQuery & { readonly fingerprint: string }): ErrorDetail | undefined {
  const group = reader.get('SELECT id, stack FROM error_group WHERE fingerprint = ?', query.fingerprint);
  if (group === undefined) return undefined;
  const id = group['id'] as number;
  const range = nanosOf(query);
  const row = reader.get(
    `SELECT error, count(*) AS count, ${ms('min(time_ns)')} AS first_ms, ${ms('max(time_ns)')} AS last_ms FROM error_event
     WHERE error = ? AND time_ns >= ? AND time_ns < ? GROUP BY error`,
    ...[id, range.from, range.to],
  );
  if (row === undefined) return undefined;
  const samples = reader.all(
    // A log line may tell of an error before its span does: what failed is the span all the same.
    `SELECT ${ms('e.time_ns')} AS time_ms, e.service AS service, coalesce(sn.text, e.name) AS name, e.message AS message,
       coalesce(lower(hex(t.trace_id)), '') AS trace_id, coalesce(lower(hex(e.span_id)), '') AS span_id
     FROM error_event e LEFT JOIN trace t ON t.id = e.trace
     LEFT JOIN span s ON s.trace = e.trace AND s.span_id = e.span_id LEFT JOIN strings sn ON sn.id = s.name
     WHERE e.error = ? AND e.time_ns >= ? AND e.time_ns < ? ORDER BY e.time_ns DESC LIMIT ?`,
    ...[id, range.from, range.to, MAX_SAMPLES],
  );
  const logs = reader.all(
    'SELECT id FROM log WHERE error = ? AND time_ns >= ? AND time_ns < ? ORDER BY id DESC LIMIT ?',
    ...[id, range.from, range.to, MAX_LOGS],
  );
  return {
    ...toGroup(reader, row, spreadOf(reader, query)),
    ...(group['stack'] === null ? {} : { stack: group['stack'] as string }),
    samples: samples.map((sample) => ({
      timeMs: sample['time_ms'] as number,
      service: reader.names.string(sample['service'] as number),
      name: sample['name'] as string,
      message: sample['message'] as string,
      traceId: sample['trace_id'] as string,
      spanId: sample['span_id'] as string,
    })),
    logs: readLogs(
      reader,
      logs.map((log) => log['id'] as number),
    ),
  };
}

function nanosOf({ from, to }: ErrorQuery): { readonly from: bigint; readonly to: bigint } {
  return { from: from === undefined ? EVER.from : nanoOf(from), to: to === undefined ? EVER.to : nanoOf(to) };
}

/** What the spark lines span: the range, or from the first error to the last one where it is open. */
function spreadOf(reader: Reader, { from, to }: ErrorQuery): Span {
  if (from !== undefined && to !== undefined) return { from, to };
  const all = reader.get(`SELECT ${ms('min(time_ns)')} AS first_ms, ${ms('max(time_ns)')} AS last_ms FROM error_event`);
  return { from: from ?? (all?.['first_ms'] as number | null) ?? 0, to: to ?? ((all?.['last_ms'] as number | null) ?? 0) + 1 };
}

function toGroup(reader: Reader, row: Row, spread: Span): ErrorGroup {
  const id = row['error'] as number;
  const group = reader.get('SELECT fingerprint, type, message FROM error_group WHERE id = ?', id)!;
  const stepMs = Math.max((spread.to - spread.from) / PARTS, 1e-6);
  const trend = Array.from({ length: PARTS }, () => 0);
  const services = new Set<string>();
  const sql = `SELECT ${ms('time_ns')}, service FROM error_event WHERE error = ? AND time_ns >= ? AND time_ns < ?`;
  for (const [timeMs, service] of reader.iterate(sql, id, nanoOf(spread.from), nanoOf(spread.to))) {
    const part = Math.min(Math.floor(((timeMs as number) - spread.from) / stepMs), PARTS - 1);
    trend[Math.max(part, 0)]! += 1;
    services.add(reader.names.string(service as number));
  }
  return {
    fingerprint: group['fingerprint'] as string,
    type: group['type'] as string,
    message: group['message'] as string,
    services: [...services].sort(),
    count: row['count'] as number,
    firstSeen: row['first_ms'] as number,
    lastSeen: row['last_ms'] as number,
    trend,
  };
}
