/** GET /api/status: what is running, what is in the store, and what a newcomer does next. */
import type { Status } from '../api.ts';
import type { Limits } from '../store/evict.ts';
import type { Committed } from '../store/writer.ts';

/** What does not change while the server runs. */
export interface About {
  readonly version: string;
  readonly startedAt: number;
  readonly endpoints: Status['endpoints'];
  readonly dataDirectory?: string;
  readonly limits: Limits;
}

export interface Rejections {
  requests: number;
  latest?: string;
}

export function createStatus(about: About, { counts, evicted, bytes }: Committed, rejected: Rejections, span: object): Status {
  return { ...about, counts, evicted, bytes, rejected: { ...rejected }, ...span, hint: hintFor(about.endpoints.http) };
}

/** The preload sends to port 4318 by itself. */
export function hintFor(http: string): string {
  const variable = http.endsWith(':4318') ? '' : `OTEL_EXPORTER_OTLP_ENDPOINT=${http} `;
  return `${variable}node --import otelier/register app.js`;
}
