/** Turns questions to the server into typed answers. Every fault becomes an ApiFault whose message a person can act on. */
import type {
  AttributeKeys,
  ErrorDetail,
  ErrorGroup,
  Facets,
  Imported,
  Latency,
  Log,
  LogHistogram,
  LogQuery,
  MetricInfo,
  MetricSeries,
  Overview,
  Page,
  Range,
  SeriesQuery,
  Service,
  ServiceMap,
  Status,
  Trace,
  TraceQuery,
  TraceSummary,
} from '../../api.ts';

export class ApiFault extends Error {
  /** 0 when the server did not answer at all. */
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

type Parameters = Readonly<Record<string, string | number | readonly string[] | undefined>>;

function formatQuery(query: object): string {
  const parts = new URLSearchParams();
  for (const [key, value] of Object.entries(query as Parameters)) {
    if (value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value]) parts.append(key, String(one));
  }
  const text = parts.toString();
  return text === '' ? '' : `?${text}`;
}

async function ask<T>(url: string, init?: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiFault('The server does not answer. Is `otelier dev` still running?', 0);
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as T;
  const told = (body as { readonly error?: unknown } | undefined)?.error;
  throw new ApiFault(typeof told === 'string' ? told : `The server answered ${response.status}.`, response.status);
}

const get = <T>(path: string, query: object, signal?: AbortSignal): Promise<T> =>
  ask<T>(`/api/${path}${formatQuery(query)}`, { ...(signal && { signal }) });
/** No foreign page can send this header, so no foreign page can change anything here. */
const post = <T>(path: string, body: string): Promise<T> =>
  ask<T>(`/api/${path}`, { method: 'POST', body, headers: { 'x-otelier': '1', 'content-type': 'application/json' } });

export const api = {
  status: (signal?: AbortSignal) => get<Status>('status', {}, signal),
  services: (signal?: AbortSignal) => get<Page<Service> | readonly Service[]>('services', {}, signal),
  traces: (query: TraceQuery, signal?: AbortSignal) => get<Page<TraceSummary>>('traces', query, signal),
  latency: (query: TraceQuery, signal?: AbortSignal) => get<Latency>('latency', query, signal),
  trace: (id: string, signal?: AbortSignal) => get<Trace>(`traces/${encodeURIComponent(id)}`, {}, signal),
  logs: (query: LogQuery, signal?: AbortSignal) => get<Page<Log>>('logs', query, signal),
  facets: (query: LogQuery, signal?: AbortSignal) => get<Facets>('logs/facets', query, signal),
  histogram: (query: LogQuery & { readonly buckets?: number }, signal?: AbortSignal) => get<LogHistogram>('logs/histogram', query, signal),
  metrics: (query: { readonly service?: string }, signal?: AbortSignal) => get<Page<MetricInfo>>('metrics', query, signal),
  series: (query: SeriesQuery, signal?: AbortSignal) => get<MetricSeries>('metrics/series', query, signal),
  map: (query: Range, signal?: AbortSignal) => get<ServiceMap>('map', query, signal),
  errors: (query: Range & { readonly service?: string }, signal?: AbortSignal) => get<Page<ErrorGroup>>('errors', query, signal),
  error: (fingerprint: string, query: Range, signal?: AbortSignal) =>
    get<ErrorDetail>(`errors/${encodeURIComponent(fingerprint)}`, query, signal),
  overview: (query: Range, signal?: AbortSignal) => get<Overview>('overview', query, signal),
  attributes: (query: { readonly signal: 'traces' | 'logs'; readonly prefix?: string; readonly key?: string }, signal?: AbortSignal) =>
    get<AttributeKeys>('attributes', query, signal),
  clear: () => post<{ readonly cleared: true }>('clear', '{}'),
  import: (json: string) => post<Imported>('import', json),
} as const;

export const readExport = (traceId: string, signal?: AbortSignal): Promise<unknown> =>
  get(`traces/${encodeURIComponent(traceId)}/otlp.json`, {}, signal);
