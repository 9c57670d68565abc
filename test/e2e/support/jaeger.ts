/** Jaeger's HTTP API: traces, services and the Monitor's metrics. */
import { getJson } from './poll.ts';

export interface JaegerTag {
  readonly key: string;
  readonly value: unknown;
}
export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly refType: string; readonly spanID: string }[];
  readonly tags: readonly JaegerTag[];
  readonly logs: readonly { readonly fields: readonly JaegerTag[] }[];
  readonly processID: string;
}
export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string; readonly tags: readonly JaegerTag[] }>>;
}

export interface Jaeger {
  services(): Promise<readonly string[]>;
  /** Undefined when Jaeger does not know it. */
  trace(traceId: string): Promise<JaegerTrace | undefined>;
  search(query: Readonly<Record<string, string>>): Promise<readonly JaegerTrace[]>;
  /** Values of one of the Monitor's metrics, all series together. */
  monitor(metric: 'calls' | 'latencies' | 'errors', query: Readonly<Record<string, string>>): Promise<readonly number[]>;
}

export function connectJaeger(baseUrl: string): Jaeger {
  const url = (path: string, query: Readonly<Record<string, string>> = {}): string => `${baseUrl}${path}?${new URLSearchParams(query)}`;
  return {
    services: async () => (await getJson<{ data: string[] | null }>(url('/api/services'))).data ?? [],
    async trace(traceId) {
      const response = await fetch(url(`/api/traces/${traceId}`), { signal: AbortSignal.timeout(20_000) });
      if (response.status === 404) return undefined;
      return ((await response.json()) as { data: JaegerTrace[] | null }).data?.[0];
    },
    search: async (query) => (await getJson<{ data: JaegerTrace[] | null }>(url('/api/traces', query))).data ?? [],
    async monitor(metric, query) {
      interface Answer {
        readonly metrics?: readonly { readonly metricPoints: readonly { readonly gaugeValue?: { readonly doubleValue?: number } }[] }[];
      }
      const answer = await getJson<Answer>(url(`/api/metrics/${metric}`, query));
      return (answer.metrics ?? []).flatMap(({ metricPoints }) =>
        metricPoints.map(({ gaugeValue }) => Number(gaugeValue?.doubleValue ?? NaN)),
      );
    },
  };
}

export function serviceOf(trace: JaegerTrace, span: JaegerSpan): string {
  return trace.processes[span.processID]?.serviceName ?? '';
}

export function tagOf(span: JaegerSpan, key: string): unknown {
  return span.tags.find((tag) => tag.key === key)?.value;
}
