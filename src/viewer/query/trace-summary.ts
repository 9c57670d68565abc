/** Row ids of traces -> their summaries, in the order of the ids. */
import { ms } from '../store/schema.ts';
import type { TraceSummary } from '../api.ts';
import { kindName } from './codes.ts';
import type { Reader, Row } from './reader.ts';

export function readSummaries(reader: Reader, ids: readonly number[]): readonly TraceSummary[] {
  const rows = reader.all(
    `SELECT id, lower(hex(trace_id)) AS trace_id, name, service, kind, method, route, http_status, ${ms('start_ns')} AS start_ms,
       ${ms('(end_ns - start_ns)')} AS duration_ms, spans, errors, logs, complete, services
     FROM trace WHERE spans > 0 AND id IN (SELECT value FROM json_each(?))`,
    JSON.stringify(ids),
  );
  const byId = new Map(rows.map((row) => [row['id'] as number, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row === undefined ? [] : [toSummary(reader, row)];
  });
}

function toSummary({ names }: Reader, row: Row): TraceSummary {
  const services = (JSON.parse(row['services'] as string) as [number, number][]).map(([id, spans]) => ({ name: names.string(id), spans }));
  return {
    traceId: row['trace_id'] as string,
    name: names.string(row['name'] as number),
    service: names.string(row['service'] as number),
    kind: kindName(row['kind'] as number),
    ...(row['method'] === null ? {} : { method: row['method'] as string }),
    ...(row['route'] === null ? {} : { route: row['route'] as string }),
    ...(row['http_status'] === null ? {} : { httpStatus: row['http_status'] as number }),
    startMs: row['start_ms'] as number,
    durationMs: row['duration_ms'] as number,
    spanCount: row['spans'] as number,
    errorCount: row['errors'] as number,
    logCount: row['logs'] as number,
    services,
    complete: row['complete'] === 1,
  };
}
