/** Loki's HTTP API: log lines with their structured metadata, and metric queries. */
import { getJson } from './poll.ts';
import type { Sample } from './prometheus.ts';

export interface LokiLine {
  /** Stream labels and structured metadata together, as Loki returns them. */
  readonly labels: Readonly<Record<string, string>>;
  readonly timeNano: string;
  readonly line: string;
}

export interface Loki {
  /** Lines of the last `seconds` (default 1800), newest first, at most `limit` (default 1000). */
  lines(query: string, options?: { readonly seconds?: number; readonly limit?: number }): Promise<readonly LokiLine[]>;
  /** How many streams or curves it gives over the last 10 minutes. @throws Error with Loki's own words when the expression is wrong. */
  results(expression: string): Promise<number>;
  /** An instant metric query. */
  query(expression: string): Promise<readonly Sample[]>;
}

interface Streams {
  readonly resultType: 'streams';
  readonly result: readonly { readonly stream: Record<string, string>; readonly values: readonly (readonly [string, string])[] }[];
}
interface Vector {
  readonly resultType: 'vector' | 'matrix';
  readonly result: readonly { readonly metric: Record<string, string>; readonly value?: readonly [number, string] }[];
}

export function connectLoki(baseUrl: string): Loki {
  const get = async <T>(path: string, query: Readonly<Record<string, string>>): Promise<T> =>
    (await getJson<{ data: T }>(`${baseUrl}/loki/api/v1/${path}?${new URLSearchParams(query)}`)).data;
  return {
    async lines(query, { seconds = 1800, limit = 1000 } = {}) {
      const end = Date.now() + 60_000;
      const data = await get<Streams>('query_range', {
        query,
        limit: String(limit),
        start: `${end - seconds * 1000}000000`,
        end: `${end}000000`,
      });
      return data.result.flatMap(({ stream, values }) => values.map(([timeNano, line]) => ({ labels: stream, timeNano, line })));
    },
    async results(expression) {
      const end = Date.now();
      const range = { start: `${end - 600_000}000000`, end: `${end}000000`, step: '10', limit: '10' };
      return (await get<{ result: readonly unknown[] }>('query_range', { query: expression, ...range })).result.length;
    },
    async query(expression) {
      const data = await get<Vector>('query', { query: expression });
      return data.result.map(({ metric, value }) => ({ metric, value: Number(value?.[1]) }));
    },
  };
}
