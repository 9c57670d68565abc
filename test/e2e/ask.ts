/** A query of a dashboard -> what the real Prometheus or Loki says to it. */
import type { DashboardQuery } from '../../stack/dashboards/queries.ts';

export interface Answer {
  /** How many series or streams hold something; NaN counts as nothing. */
  readonly filled: number;
  /** What the server has against the query. */
  readonly refused?: string;
}

/** Curves are asked for over the last quarter of an hour, as a panel would. */
export async function askQuery({ datasource, expr, instant }: DashboardQuery, urls: { prometheus: string; loki: string }): Promise<Answer> {
  const api = datasource === 'prometheus' ? `${urls.prometheus}/api/v1` : `${urls.loki}/loki/api/v1`;
  const now = Date.now() / 1000;
  const when = instant ? { time: String(now) } : { start: String(now - 900), end: String(now), step: '15' };
  const response = await fetch(`${api}/${instant ? 'query' : 'query_range'}?${new URLSearchParams({ query: expr, ...when })}`);
  const text = await response.text();
  if (!response.ok) return { filled: 0, refused: `${response.status} ${text}` };
  const { data } = JSON.parse(text) as { readonly data: { readonly result: readonly Result[] } };
  return { filled: data.result.filter(holdsSomething).length };
}

interface Result {
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number | string, string])[];
}

function holdsSomething({ value, values = [] }: Result): boolean {
  return [...(value ? [value] : []), ...values].some(([, text]) => text !== 'NaN');
}
