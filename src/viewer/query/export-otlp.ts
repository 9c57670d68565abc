/** GET /api/traces/:traceId/otlp.json: a trace as OTLP/JSON. Whole numbers come out as integers, also where a double was sent. */
import { nanoOf } from '../store/numbers.ts';
import type { Attributes, Log, Span, Trace, Value } from '../api.ts';

const kinds: Readonly<Record<Span['kind'], number>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
const statuses: Readonly<Record<Span['status']['code'], number>> = { unset: 0, ok: 1, error: 2 };

export function toOtlp({ spans, logs }: Trace): object {
  return {
    resourceSpans: group(spans, 'scopeSpans', 'spans', toSpan),
    ...(logs.length === 0 ? {} : { resourceLogs: group(logs, 'scopeLogs', 'logRecords', toLog) }),
  };
}

/** Items by resource, and these by scope, in the order of their first item. */
function group<T extends Span | Log>(
  items: readonly T[],
  scopesName: string,
  itemsName: string,
  convert: (item: T) => object,
): readonly object[] {
  const resources = new Map<
    string,
    { readonly resource: Attributes; readonly scopes: Map<string, { readonly scope: T['scope']; readonly items: object[] }> }
  >();
  for (const item of items) {
    const key = JSON.stringify(item.resource);
    const known = resources.get(key) ?? { resource: item.resource, scopes: new Map() };
    resources.set(key, known);
    const scopeKey = JSON.stringify(item.scope);
    const scope = known.scopes.get(scopeKey) ?? { scope: item.scope, items: [] };
    known.scopes.set(scopeKey, scope);
    scope.items.push(convert(item));
  }
  return [...resources.values()].map(({ resource, scopes }) => ({
    resource: { attributes: toKeyValues(resource) },
    [scopesName]: [...scopes.values()].map(({ scope, items: converted }) => ({ scope, [itemsName]: converted })),
  }));
}

function toSpan(span: Span): object {
  const { dropped } = span;
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === '' ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: kinds[span.kind],
    startTimeUnixNano: span.startNano,
    endTimeUnixNano: span.endNano,
    attributes: toKeyValues(span.attributes),
    events: span.events.map(({ name, timeMs, attributes }) => ({
      name,
      timeUnixNano: String(nanoOf(timeMs)),
      attributes: toKeyValues(attributes),
    })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({ traceId, spanId, attributes: toKeyValues(attributes) })),
    status: { code: statuses[span.status.code], ...(span.status.message === undefined ? {} : { message: span.status.message }) },
    ...(dropped === undefined
      ? {}
      : { droppedAttributesCount: dropped.attributes, droppedEventsCount: dropped.events, droppedLinksCount: dropped.links }),
  };
}

function toLog(log: Log): object {
  return {
    timeUnixNano: log.timeNano,
    severityNumber: log.severityNumber,
    severityText: log.severityText,
    body: { stringValue: log.body },
    attributes: toKeyValues(log.attributes),
    ...(log.eventName === undefined ? {} : { eventName: log.eventName }),
    traceId: log.traceId,
    spanId: log.spanId,
  };
}

function toKeyValues(attributes: Attributes): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: toAnyValue(value) }));
}

function toAnyValue(value: Value): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (value === null) return {};
  if (Array.isArray(value)) return { arrayValue: { values: (value as readonly Value[]).map(toAnyValue) } };
  return { kvlistValue: { values: toKeyValues(value as Attributes) } };
}
