/** GET /api/traces/:traceId/jaeger.json: a trace as Jaeger's UI takes it in ("JSON File"). Times are whole microseconds there. */
import type { Attributes, Span, Trace, Value } from '../api.ts';

export function toJaeger({ summary, spans }: Trace): object {
  const processes = new Map<string, { readonly id: string; readonly serviceName: string; readonly tags: readonly object[] }>();
  const processOf = ({ resource, service }: Span): string => {
    const key = JSON.stringify(resource);
    const { 'service.name': _, ...others } = resource;
    const known = processes.get(key) ?? { id: `p${processes.size + 1}`, serviceName: service, tags: toTags(others) };
    processes.set(key, known);
    return known.id;
  };
  const converted = spans.map((span) => toSpan(span, processOf(span)));
  const byId = [...processes.values()].map(({ id, serviceName, tags }) => [id, { serviceName, tags }] as const);
  const data = [{ traceID: summary.traceId, spans: converted, processes: Object.fromEntries(byId), warnings: null }];
  return { data, total: 0, limit: 0, offset: 0, errors: null };
}

function toSpan(span: Span, processID: string): object {
  const { traceId, spanId, parentSpanId, kind, scope, status, links, events } = span;
  const reference = (refType: string, trace: string, id: string): object => ({ refType, traceID: trace, spanID: id });
  return {
    traceID: traceId,
    spanID: spanId,
    operationName: span.name,
    references: [
      ...(parentSpanId === '' ? [] : [reference('CHILD_OF', traceId, parentSpanId)]),
      ...links.map((link) => reference('FOLLOWS_FROM', link.traceId, link.spanId)),
    ],
    startTime: Math.round(span.startMs * 1000),
    duration: Math.round(span.durationMs * 1000),
    tags: toTags({
      ...span.attributes,
      'span.kind': kind,
      'otel.scope.name': scope.name,
      ...(scope.version === undefined ? {} : { 'otel.scope.version': scope.version }),
      ...(status.code === 'unset' ? {} : { 'otel.status_code': status.code.toUpperCase() }),
      ...(status.message === undefined ? {} : { 'otel.status_description': status.message }),
      ...(status.code === 'error' ? { error: true } : {}),
    }),
    logs: events.map(({ name, timeMs, attributes }) => ({
      timestamp: Math.round(timeMs * 1000),
      fields: toTags({ event: name, ...attributes }),
    })),
    processID,
    warnings: null,
  };
}

function toTags(attributes: Attributes): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, ...typed(value) }));
}

function typed(value: Value): object {
  if (typeof value === 'boolean') return { type: 'bool', value };
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'int64' : 'float64', value };
  return { type: 'string', value: typeof value === 'string' ? value : JSON.stringify(value) };
}
