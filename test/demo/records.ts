/** Records made by hand, with only what a test cares about spelled out. */

import type { Attributes, LogRecord, MetricPoint, MetricRecord, Resource, Scope, SpanRecord } from '../../src/otlp/records.ts';

const startNano = 1_795_000_000_000_000_000n;
const scope: Scope = { name: 'test', version: '', attributes: {}, droppedAttributesCount: 0 };

export function atMs(ms: number): bigint {
  return startNano + BigInt(Math.round(ms * 1e6));
}

export function resource(service: string): Resource {
  return { attributes: { 'service.name': service }, droppedAttributesCount: 0 };
}

type SpanParts = Partial<Omit<SpanRecord, 'startTimeUnixNano' | 'endTimeUnixNano' | 'resource' | 'attributes'>> & {
  readonly attributes?: Attributes;
  readonly service?: string;
  readonly from?: number;
  readonly to?: number;
};

export function span({ service = 'shop-storefront', from = 0, to = 10, ...parts }: SpanParts): SpanRecord {
  return {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: 'a1',
    parentSpanId: '',
    traceState: '',
    flags: 1,
    name: 'span',
    kind: 'internal',
    startTimeUnixNano: atMs(from),
    endTimeUnixNano: atMs(to),
    attributes: {},
    events: [],
    links: [],
    status: { code: 'unset', message: '' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    resource: resource(service),
    scope,
    ...parts,
  };
}

type LogParts = Partial<Omit<LogRecord, 'timeUnixNano' | 'resource'>> & { readonly service?: string; readonly at?: number };

export function log({ service = 'shop-storefront', at = 5, ...parts }: LogParts): LogRecord {
  return {
    timeUnixNano: atMs(at),
    observedTimeUnixNano: atMs(at),
    severityNumber: 9,
    severityText: 'info',
    body: 'message',
    attributes: {},
    eventName: '',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: 'a1',
    flags: 1,
    droppedAttributesCount: 0,
    resource: resource(service),
    scope,
    ...parts,
  };
}

export function point(parts: Partial<MetricPoint>): MetricPoint {
  return { attributes: {}, startTimeUnixNano: atMs(0), timeUnixNano: atMs(10), exemplars: [], flags: 0, ...parts };
}

export function metric({ service = 'shop-storefront', ...parts }: Partial<MetricRecord> & { readonly service?: string }): MetricRecord {
  return {
    name: 'metric',
    description: '',
    unit: '',
    type: 'gauge',
    temporality: 'cumulative',
    monotonic: false,
    points: [],
    metadata: {},
    resource: resource(service),
    scope,
    ...parts,
  };
}

/** The trace of an order as the shop makes it: two services, two queries, a call between them. */
export function orderTrace(): { readonly spans: readonly SpanRecord[]; readonly logs: readonly LogRecord[]; readonly root: SpanRecord } {
  const post = { 'http.request.method': 'POST' };
  const root = span({
    spanId: 'a1',
    name: 'POST /orders',
    kind: 'server',
    to: 60,
    attributes: { ...post, 'http.route': '/orders', 'http.response.status_code': 201n },
  });
  const spans = [
    // Payments' batch came first: the order of arrival is not the order of time.
    span({
      spanId: 'b1',
      parentSpanId: 'a3',
      name: 'POST /payments',
      kind: 'server',
      service: 'shop-payments',
      from: 22,
      to: 48,
      attributes: { ...post, 'http.route': '/payments', 'http.response.status_code': 201n },
    }),
    span({
      spanId: 'a2',
      parentSpanId: 'a1',
      name: 'SELECT products',
      kind: 'client',
      from: 2,
      to: 4,
      attributes: { 'db.system.name': 'postgresql', 'db.query.text': 'SELECT *\n  FROM products' },
    }),
    span({
      spanId: 'a3',
      parentSpanId: 'a1',
      name: 'POST',
      kind: 'client',
      from: 20,
      to: 50,
      attributes: { ...post, 'url.full': 'http://127.0.0.1:8081/payments', 'http.response.status_code': 201n },
    }),
    span({
      spanId: 'a4',
      parentSpanId: 'a1',
      name: 'UPDATE orders',
      kind: 'client',
      from: 52,
      to: 55,
      attributes: { 'db.system.name': 'postgresql', 'db.operation.name': 'UPDATE' },
    }),
    root,
  ];
  const logs = [
    log({ spanId: 'a1', at: 57, body: 'order placed', attributes: { orderId: 1001n } }),
    log({ spanId: 'a1', at: 10, body: 'stock is low', severityNumber: 13, severityText: 'warn' }),
    log({ spanId: 'b1', at: 40, body: 'payment approved', service: 'shop-payments' }),
  ];
  return { spans, logs, root };
}
