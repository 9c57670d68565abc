/** GET /api/traces/:traceId/otlp.json: a trace's rows -> OTLP/JSON, with every value of the type with which it was sent. */
import { MAX_LOGS, MAX_SPANS } from './trace.ts';
import { parseTyped, Leaf, type Typed, type TypedObject } from './typed-json.ts';
import type { Reader, Row } from './reader.ts';

/** Undefined when there is no such trace. */
export function exportOtlp(reader: Reader, traceId: string): object | undefined {
  const trace = reader.get('SELECT id FROM trace WHERE trace_id = ? AND spans > 0', Buffer.from(traceId, 'hex'))?.['id'] as
    | number
    | undefined;
  if (trace === undefined) return undefined;
  const spans = reader.all(spansSql, trace, MAX_SPANS);
  const logs = reader.all(logsSql, trace, MAX_LOGS);
  return {
    resourceSpans: group(spans, 'scopeSpans', 'spans', (row) => toSpan(traceId, row)),
    ...(logs.length === 0 ? {} : { resourceLogs: group(logs, 'scopeLogs', 'logRecords', (row) => toLog(traceId, row)) }),
  };
}

const around = `r.attributes AS resource, sc.name AS scope, sc.version AS version, sc.attributes AS scope_attributes`;
const spansSql = `SELECT lower(hex(s.span_id)) AS span_id, lower(hex(s.parent_id)) AS parent_id, n.text AS name, s.kind AS kind,
    CAST(s.start_ns AS TEXT) AS start_nano, CAST(s.start_ns + s.duration_ns AS TEXT) AS end_nano, s.status AS status,
    s.status_message AS status_message, s.attributes AS attributes, s.events AS events, s.links AS links, s.extra AS extra, ${around}
  FROM span s JOIN strings n ON n.id = s.name JOIN resource r ON r.id = s.resource JOIN scope sc ON sc.id = s.scope
  WHERE s.trace = ? ORDER BY s.start_ns, s.id LIMIT ?`;
const logsSql = `SELECT CAST(l.time_ns AS TEXT) AS time_nano, l.severity AS severity, l.severity_text AS severity_text, l.body AS body,
    lower(hex(l.span_id)) AS span_id, l.event_name AS event_name, l.attributes AS attributes, l.extra AS extra, ${around}
  FROM log l JOIN resource r ON r.id = l.resource JOIN scope sc ON sc.id = l.scope WHERE l.trace = ? ORDER BY l.time_ns, l.id LIMIT ?`;

/** Rows by resource, and these by scope, in the order of their first row. */
function group(rows: readonly Row[], scopesName: string, itemsName: string, convert: (row: Row) => object): readonly object[] {
  return [...Map.groupBy(rows, ({ resource }) => resource as string)].map(([resource, ofResource]) => ({
    resource: { attributes: keyValuesOf(resource) },
    [scopesName]: [
      ...Map.groupBy(ofResource, ({ scope, version, scope_attributes }) => JSON.stringify([scope, version, scope_attributes])).values(),
    ].map((ofScope) => ({ scope: toScope(ofScope[0]!), [itemsName]: ofScope.map(convert) })),
  }));
}

function toScope({ scope, version, scope_attributes }: Row): object {
  const attributes = keyValuesOf(scope_attributes as string);
  return { name: scope, ...(version === '' ? {} : { version }), ...(attributes.length === 0 ? {} : { attributes }) };
}

interface Extra {
  readonly traceState?: string;
  readonly dropped?: { readonly attributes: number; readonly events: number; readonly links: number };
}

function toSpan(traceId: string, row: Row): object {
  const { traceState, dropped } = (row['extra'] === null ? {} : JSON.parse(row['extra'] as string)) as Extra;
  return {
    traceId,
    spanId: row['span_id'],
    ...(row['parent_id'] === null ? {} : { parentSpanId: row['parent_id'] }),
    ...(traceState === undefined ? {} : { traceState }),
    name: row['name'],
    kind: row['kind'],
    startTimeUnixNano: row['start_nano'],
    endTimeUnixNano: row['end_nano'],
    attributes: keyValuesOf(row['attributes'] as string),
    events: listOf(row['events']).map(({ name, timeNano, attributes }) => ({
      name,
      timeUnixNano: timeNano,
      attributes: toKeyValues(attributes as TypedObject),
    })),
    links: listOf(row['links']).map(({ traceId: linked, spanId, attributes }) => ({
      traceId: linked,
      spanId,
      attributes: toKeyValues(attributes as TypedObject),
    })),
    status: { code: row['status'], ...(row['status_message'] === null ? {} : { message: row['status_message'] }) },
    ...(dropped === undefined
      ? {}
      : { droppedAttributesCount: dropped.attributes, droppedEventsCount: dropped.events, droppedLinksCount: dropped.links }),
  };
}

function toLog(traceId: string, row: Row): object {
  return {
    timeUnixNano: row['time_nano'],
    severityNumber: row['severity'],
    severityText: row['severity_text'],
    body: toBody(row['body'] as string, row['extra'] as string | null),
    attributes: keyValuesOf(row['attributes'] as string),
    ...(row['event_name'] === null ? {} : { eventName: row['event_name'] }),
    traceId,
    ...(row['span_id'] === null ? {} : { spanId: row['span_id'] }),
  };
}

/** What is no text stands in `extra`, if it is not JSON as it is. */
function toBody(text: string, extra: string | null): object {
  if (extra === null) return { stringValue: text };
  const { structured, body = null } = parseTyped(extra) as TypedObject;
  return toAnyValue(structured === true ? parseTyped(text) : body);
}

const listOf = (json: unknown): readonly TypedObject[] => (json === null ? [] : (parseTyped(json as string) as readonly TypedObject[]));

const keyValuesOf = (json: string): readonly object[] => toKeyValues(parseTyped(json) as TypedObject);

function toKeyValues(attributes: TypedObject): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toAnyValue(value) }));
}

function toAnyValue(value: Typed): object {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return { intValue: String(value) };
  if (value instanceof Leaf) return value.value;
  if (Array.isArray(value)) return { arrayValue: { values: (value as readonly Typed[]).map(toAnyValue) } };
  return { kvlistValue: { values: toKeyValues(value as TypedObject) } };
}
