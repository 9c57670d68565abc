/** GET /api/traces/:traceId: one trace, whole. */
import { msOf } from '../store/numbers.ts';
import { ms } from '../store/schema.ts';
import type { Attributes, Span, SpanEvent, SpanLink, Trace } from '../api.ts';
import { kindName, statusName } from './codes.ts';
import { criticalPath } from './critical-path.ts';
import { readLogsOfTrace } from './log-rows.ts';
import type { Reader, Row } from './reader.ts';
import { readSummaries } from './trace-summary.ts';

/** What a page can hold. The first ones by start, and of these all attributes. */
export const MAX_SPANS = 50_000;
export const MAX_LOGS = 10_000;

/** Undefined when there is no such trace. */
export function readTrace(reader: Reader, traceId: string): Trace | undefined {
  const found = reader.get('SELECT id FROM trace WHERE trace_id = ? AND spans > 0', Buffer.from(traceId, 'hex'));
  if (found === undefined) return undefined;
  const id = found['id'] as number;
  const [summary] = readSummaries(reader, [id]);
  if (summary === undefined) return undefined;
  const spans = reader.all(spansSql, id, MAX_SPANS).map((row) => toSpan(reader, traceId, row));
  return { summary, spans, logs: readLogsOfTrace(reader, id, MAX_LOGS), criticalPath: criticalPath(spans) };
}

const spansSql = `SELECT lower(hex(s.span_id)) AS span_id, coalesce(lower(hex(s.parent_id)), '') AS parent_id, s.name AS name, s.kind AS kind,
    s.resource AS resource, s.scope AS scope, ${ms('s.start_ns')} AS start_ms, ${ms('s.duration_ns')} AS duration_ms, CAST(s.start_ns AS TEXT) AS start_nano,
    CAST(s.start_ns + s.duration_ns AS TEXT) AS end_nano, s.status AS status, s.status_message AS status_message, s.attributes AS attributes,
    s.events AS events, s.links AS links, s.extra AS extra, e.fingerprint AS fingerprint
  FROM span s LEFT JOIN error_group e ON e.id = s.error WHERE s.trace = ? ORDER BY s.start_ns, s.id LIMIT ?`;

interface StoredEvent {
  readonly name: string;
  readonly timeNano: string;
  readonly attributes: Attributes;
}

function toSpan(reader: Reader, traceId: string, row: Row): Span {
  const resource = reader.names.resource(row['resource'] as number);
  const message = row['status_message'] as string | null;
  const extra = row['extra'] === null ? {} : (JSON.parse(row['extra'] as string) as { readonly dropped?: NonNullable<Span['dropped']> });
  return {
    traceId,
    spanId: row['span_id'] as string,
    parentSpanId: row['parent_id'] as string,
    name: reader.names.string(row['name'] as number),
    kind: kindName(row['kind'] as number),
    service: resource.service,
    scope: reader.names.scope(row['scope'] as number),
    startMs: row['start_ms'] as number,
    durationMs: row['duration_ms'] as number,
    startNano: row['start_nano'] as string,
    endNano: row['end_nano'] as string,
    status: { code: statusName(row['status'] as number), ...(message === null ? {} : { message }) },
    attributes: JSON.parse(row['attributes'] as string) as Attributes,
    resource: resource.attributes,
    events: row['events'] === null ? [] : (JSON.parse(row['events'] as string) as StoredEvent[]).map(toEvent),
    links:
      row['links'] === null ? [] : (JSON.parse(row['links'] as string) as Omit<SpanLink, 'known'>[]).map((link) => toLink(reader, link)),
    ...(extra.dropped === undefined ? {} : { dropped: extra.dropped }),
    ...(row['fingerprint'] === null ? {} : { errorGroup: row['fingerprint'] as string }),
  };
}

function toEvent({ name, timeNano, attributes }: StoredEvent): SpanEvent {
  return { name, timeMs: msOf(BigInt(timeNano)), attributes };
}

function toLink(reader: Reader, link: Omit<SpanLink, 'known'>): SpanLink {
  const known = reader.get('SELECT 1 FROM trace WHERE trace_id = ? AND spans > 0', Buffer.from(link.traceId, 'hex')) !== undefined;
  return { ...link, known };
}
