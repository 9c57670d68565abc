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
  readonly needsToken: boolean;
}

export interface Rejections {
  requests: number;
  latest?: string;
}

export function createStatus(
  { needsToken, ...about }: About,
  { counts, evicted, bytes }: Committed,
  rejected: Rejections,
  span: object,
): Status {
  return {
    ...about,
    counts,
    evicted,
    bytes,
    rejected: { ...rejected },
    ...span,
    hint: hintFor(about.endpoints.http, needsToken ? 'TOKEN' : undefined),
  };
}

/** The preload sends to port 4318 by itself. The page never shows the token itself, which is kept from its scripts. */
export function hintFor(http: string, token: string | undefined): string {
  const endpoint = http.endsWith(':4318') ? '' : `OTEL_EXPORTER_OTLP_ENDPOINT=${http} `;
  const headers = token === undefined ? '' : `OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20${token} `;
  return `${endpoint}${headers}node --import otelier/register app.js`;
}
