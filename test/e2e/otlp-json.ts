/** Spans, log records and metrics as OTLP/JSON, sent as an app would send them: what is not acknowledged is the sender's to keep. */

export type Value = string | number | readonly Value[] | { readonly [key: string]: Value };
export type Fields = Readonly<Record<string, Value>>;
type Encoded = Record<string, unknown>;

export function encodeValue(value: Value): Encoded {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: value } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(encodeValue) } };
  return { kvlistValue: { values: encodeAttributes(value as Fields) } };
}

export const encodeAttributes = (attributes: Fields): Encoded[] =>
  Object.entries(attributes).map(([key, value]) => ({ key, value: encodeValue(value) }));

export const nanoseconds = (milliseconds: number): string => String(BigInt(Math.round(milliseconds * 1000)) * 1000n);

const scope = { name: 'test' };
const resource = (service: string, attributes: Fields = {}): Encoded => ({
  attributes: encodeAttributes({ 'service.name': service, ...attributes }),
});

export const tracesOf = (service: string, spans: readonly Encoded[], attributes?: Fields): Encoded => ({
  resourceSpans: [{ resource: resource(service, attributes), scopeSpans: [{ scope, spans }] }],
});
export const logsOf = (service: string, logRecords: readonly Encoded[], attributes?: Fields): Encoded => ({
  resourceLogs: [{ resource: resource(service, attributes), scopeLogs: [{ scope, logRecords }] }],
});
export const metricsOf = (service: string, metrics: readonly Encoded[], attributes?: Fields): Encoded => ({
  resourceMetrics: [{ resource: resource(service, attributes), scopeMetrics: [{ scope, metrics }] }],
});

/** The status of the answer; 0 when there was none. */
export async function post(url: string, signal: 'traces' | 'logs' | 'metrics', body: Encoded): Promise<number> {
  try {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${url}/v1/${signal}`, init);
    await response.arrayBuffer();
    return response.status;
  } catch {
    return 0;
  }
}
