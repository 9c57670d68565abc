/** Requests whose trace id the test has chosen, so that it can ask every backend for exactly this request. */
import { randomBytes } from 'node:crypto';

export function newTraceId(): string {
  return randomBytes(16).toString('hex');
}

export interface Visit {
  readonly traceId: string;
  readonly method?: string;
  readonly body?: string;
  readonly tenant?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer, its body read to the end. */
export async function visit(
  baseUrl: string,
  path: string,
  { traceId, method = 'GET', body, tenant = 'acme', headers }: Visit,
): Promise<Response> {
  const response = await fetch(baseUrl + path, {
    method,
    headers: {
      traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`,
      'x-tenant-id': tenant,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
    signal: AbortSignal.timeout(15_000),
  });
  await response.clone().arrayBuffer();
  return response;
}
