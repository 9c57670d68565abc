/** Turns a decoded traces message into one record per span. */
import { toAttributes, toOptionalId, toResource, toScope } from './attributes.ts';
import type { Resource, Scope, SpanKind, SpanRecord } from './records.ts';
import type { Message } from './schema.ts';

const spanKinds: readonly SpanKind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const statusCodes = ['unset', 'ok', 'error'] as const;

/** In the order sent. Spans of one resource share its object, and so do spans of one scope. Unknown kinds are `unspecified`. */
export function toSpanRecords(traces: Message<'TracesData'>): SpanRecord[] {
  const records: SpanRecord[] = [];
  for (const { resource: rawResource, schemaUrl, scopeSpans = [] } of traces.resourceSpans ?? []) {
    const resource = toResource(rawResource, schemaUrl);
    for (const { scope: rawScope, schemaUrl: scopeSchemaUrl, spans = [] } of scopeSpans) {
      const scope = toScope(rawScope, scopeSchemaUrl);
      for (const span of spans) records.push(toSpanRecord(span, resource, scope));
    }
  }
  return records;
}

function toSpanRecord(span: Message<'Span'>, resource: Resource, scope: Scope): SpanRecord {
  return {
    traceId: span.traceId ?? '',
    spanId: span.spanId ?? '',
    parentSpanId: toOptionalId(span.parentSpanId),
    traceState: span.traceState ?? '',
    flags: span.flags ?? 0,
    name: span.name ?? '',
    kind: spanKinds[span.kind ?? 0] ?? 'unspecified',
    startTimeUnixNano: span.startTimeUnixNano ?? 0n,
    endTimeUnixNano: span.endTimeUnixNano ?? 0n,
    attributes: toAttributes(span.attributes),
    events: (span.events ?? []).map(toSpanEvent),
    links: (span.links ?? []).map(toSpanLink),
    status: { code: statusCodes[span.status?.code ?? 0] ?? 'unset', message: span.status?.message ?? '' },
    droppedAttributesCount: span.droppedAttributesCount ?? 0,
    droppedEventsCount: span.droppedEventsCount ?? 0,
    droppedLinksCount: span.droppedLinksCount ?? 0,
    resource,
    scope,
  };
}

function toSpanEvent(event: Message<'SpanEvent'>): SpanRecord['events'][number] {
  return {
    timeUnixNano: event.timeUnixNano ?? 0n,
    name: event.name ?? '',
    attributes: toAttributes(event.attributes),
    droppedAttributesCount: event.droppedAttributesCount ?? 0,
  };
}

function toSpanLink(link: Message<'SpanLink'>): SpanRecord['links'][number] {
  return {
    traceId: link.traceId ?? '',
    spanId: link.spanId ?? '',
    traceState: link.traceState ?? '',
    flags: link.flags ?? 0,
    attributes: toAttributes(link.attributes),
    droppedAttributesCount: link.droppedAttributesCount ?? 0,
  };
}
