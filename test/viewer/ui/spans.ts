/** Makes spans and log records of the viewer's API with few words. */
import type { Log, Span } from '../../../src/viewer/api.ts';

export function span(spanId: string, parentSpanId: string, startMs: number, durationMs: number, rest: Partial<Span> = {}): Span {
  return {
    traceId: 't1',
    spanId,
    parentSpanId,
    name: spanId,
    kind: 'internal',
    service: 'shop',
    scope: { name: 'test' },
    startMs,
    durationMs,
    startNano: String(Math.round(startMs * 1e6)).padStart(20, '0'),
    endNano: String(Math.round((startMs + durationMs) * 1e6)).padStart(20, '0'),
    status: { code: 'unset' },
    attributes: {},
    resource: {},
    events: [],
    links: [],
    ...rest,
  };
}

export function log(id: string, spanId: string, timeMs: number): Log {
  return {
    id,
    spanId,
    timeMs,
    timeNano: String(Math.round(timeMs * 1e6)).padStart(20, '0'),
    traceId: 't1',
    service: 'shop',
    severity: 'info',
    severityNumber: 9,
    severityText: 'info',
    body: id,
    attributes: {},
    resource: {},
    scope: { name: 'test' },
  };
}
