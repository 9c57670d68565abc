/** Rows of `log` -> log records of the API. */
import { ms } from '../store/schema.ts';
import type { Attributes, Log } from '../api.ts';
import { severityName } from './codes.ts';
import type { Reader, Row } from './reader.ts';

const columns = `l.id AS id, ${ms('l.time_ns')} AS time_ms, CAST(l.time_ns AS TEXT) AS time_nano, l.severity AS severity, l.severity_text AS severity_text,
  l.resource AS resource, l.scope AS scope, lower(hex(t.trace_id)) AS trace_id, lower(hex(l.span_id)) AS span_id, l.event_name AS event_name,
  l.body AS body, l.attributes AS attributes, e.fingerprint AS fingerprint`;
const from = 'FROM log l LEFT JOIN trace t ON t.id = l.trace LEFT JOIN error_group e ON e.id = l.error';

/** In the order of the ids. */
export function readLogs(reader: Reader, ids: readonly number[]): readonly Log[] {
  const rows = reader.all(`SELECT ${columns} ${from} WHERE l.id IN (SELECT value FROM json_each(?))`, JSON.stringify(ids));
  const byId = new Map(rows.map((row) => [row['id'] as number, row]));
  return ids.flatMap((id) => (byId.has(id) ? [toLog(reader, byId.get(id)!)] : []));
}

/** By time, the oldest first. */
export function readLogsOfTrace(reader: Reader, trace: number, limit: number): readonly Log[] {
  return reader
    .all(`SELECT ${columns} ${from} WHERE l.trace = ? ORDER BY l.time_ns, l.id LIMIT ?`, trace, limit)
    .map((row) => toLog(reader, row));
}

function toLog({ names }: Reader, row: Row): Log {
  const resource = names.resource(row['resource'] as number);
  const severityNumber = row['severity'] as number;
  return {
    id: String(row['id']),
    timeMs: row['time_ms'] as number,
    timeNano: row['time_nano'] as string,
    service: resource.service,
    severity: severityName(severityNumber),
    severityNumber,
    severityText: row['severity_text'] as string,
    body: row['body'] as string,
    ...(row['event_name'] === null ? {} : { eventName: row['event_name'] as string }),
    attributes: JSON.parse(row['attributes'] as string) as Attributes,
    resource: resource.attributes,
    scope: names.scope(row['scope'] as number),
    traceId: (row['trace_id'] as string | null) ?? '',
    spanId: (row['span_id'] as string | null) ?? '',
    ...(row['fingerprint'] === null ? {} : { errorGroup: row['fingerprint'] as string }),
  };
}
