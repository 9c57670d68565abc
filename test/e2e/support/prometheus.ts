/** Prometheus' HTTP API: instant queries, exemplars and alerts. */
import { getJson } from './poll.ts';

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}
export interface Exemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly timestamp: number;
}
export interface FiringAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

export interface Prometheus {
  /** A vector, or a scalar as one sample without labels. @throws Error with Prometheus' own words when the expression is wrong. */
  query(expression: string): Promise<readonly Sample[]>;
  /** How many curves it gives over the last 10 minutes. @throws as `query`. */
  curves(expression: string): Promise<number>;
  /** Of the last `seconds` (default 600). */
  exemplars(expression: string, seconds?: number): Promise<readonly Exemplar[]>;
  alerts(): Promise<readonly FiringAlert[]>;
  /** The names of all metrics, and of all values of all labels: what a search through everything stored looks at. */
  labelNames(): Promise<readonly string[]>;
  labelValues(label: string): Promise<readonly string[]>;
}

export function connectPrometheus(baseUrl: string): Prometheus {
  const get = async <T>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T> =>
    (await getJson<{ data: T }>(`${baseUrl}/api/v1/${path}?${new URLSearchParams(query)}`)).data;
  return {
    async query(expression) {
      interface Vector {
        readonly resultType: 'vector';
        readonly result: readonly { readonly metric: Record<string, string>; readonly value: readonly [number, string] }[];
      }
      interface Scalar {
        readonly resultType: 'scalar';
        readonly result: readonly [number, string];
      }
      const data = await get<Vector | Scalar>('query', { query: expression });
      if (data.resultType === 'scalar') return [{ metric: {}, value: Number(data.result[1]) }];
      return data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    async curves(expression) {
      const end = Date.now() / 1000;
      const range = { start: String(end - 600), end: String(end), step: '10' };
      return (await get<{ result: readonly unknown[] }>('query_range', { query: expression, ...range })).result.length;
    },
    async exemplars(expression, seconds = 600) {
      interface Series {
        readonly exemplars: readonly { readonly labels: Record<string, string>; readonly value: string; readonly timestamp: number }[];
      }
      const end = Date.now() / 1000 + 60;
      const series = await get<readonly Series[]>('query_exemplars', {
        query: expression,
        start: String(end - seconds - 60),
        end: String(end),
      });
      return series.flatMap(({ exemplars }) => exemplars.map((exemplar) => ({ ...exemplar, value: Number(exemplar.value) })));
    },
    alerts: async () => (await get<{ alerts: readonly FiringAlert[] }>('alerts')).alerts,
    labelNames: () => get<readonly string[]>('labels'),
    labelValues: (label) => get<readonly string[]>(`label/${encodeURIComponent(label)}/values`),
  };
}
