/** Short words for the dashboards' files: one function for each kind of panel and of query, with the sizes that fit. */

import type { Column, Limits, Link, Panel, Query, Word } from './source.ts';

type Options = Partial<Omit<Panel, 'kind' | 'title' | 'description' | 'queries'>>;
type Queries = Query | readonly Query[];

/** A curve of PromQL. */
export function curve(expr: string, legend: string, rest: Partial<Query> = {}): Query {
  return { datasource: 'prometheus', expr, legend, ...rest };
}

/** A curve of LogQL. */
export function logCurve(expr: string, legend: string, rest: Partial<Query> = {}): Query {
  return { datasource: 'loki', expr, legend, ...rest };
}

/** One value of PromQL for each series, at the end of the time shown. */
export function value(expr: string, rest: Partial<Query> = {}): Query {
  return { datasource: 'prometheus', expr, instant: true, ...rest };
}

/** One value of LogQL for each series. */
export function logValue(expr: string, rest: Partial<Query> = {}): Query {
  return { datasource: 'loki', expr, instant: true, ...rest };
}

/** A column of a table, from PromQL. */
export function column(title: string, unit: string, expr: string, rest: Partial<Query> & Pick<Column, 'limits' | 'links'> = {}): Query {
  const { limits, links, ...query } = rest;
  return value(expr, { column: { title, unit, ...(limits && { limits }), ...(links && { links }) }, ...query });
}

export function timeseries(title: string, description: string, unit: string, queries: Queries, options: Options = {}): Panel {
  return { kind: 'timeseries', title, description, unit, queries: list(queries), width: 12, height: 8, ...options };
}

export function stat(title: string, description: string, unit: string, queries: Queries, options: Options = {}): Panel {
  return { kind: 'stat', title, description, unit, queries: list(queries), width: 4, height: 4, ...options };
}

export function bars(title: string, description: string, unit: string, queries: Queries, options: Options = {}): Panel {
  return { kind: 'bargauge', title, description, unit, queries: list(queries), width: 8, height: 8, ...options };
}

export function heatmap(title: string, description: string, unit: string, query: Query, options: Options = {}): Panel {
  return { kind: 'heatmap', title, description, unit, queries: [query], width: 12, height: 8, ...options };
}

/** One row for each set of labels, one column for each query. */
export function table(
  title: string,
  description: string,
  labels: Readonly<Record<string, string | Column>>,
  queries: Queries,
  options: Options = {},
): Panel {
  return { kind: 'table', title, description, labels, unit: 'short', queries: list(queries), width: 24, height: 9, ...options };
}

/** Which state held when. */
export function states(
  title: string,
  description: string,
  words: Readonly<Record<string, Word>>,
  query: Query,
  options: Options = {},
): Panel {
  return { kind: 'state-timeline', title, description, words, unit: 'none', queries: [query], width: 24, height: 7, ...options };
}

/** The log lines themselves. */
export function logs(title: string, description: string, expr: string, options: Options & Pick<Query, 'optional'> = {}): Panel {
  const { optional, ...rest } = options;
  const query: Query = { datasource: 'loki', expr, ...(optional !== undefined && { optional }) };
  return { kind: 'logs', title, description, queries: [query], width: 24, height: 10, ...rest };
}

/** Yellow from `yellow` on, red from `red` on; where more is better, `yellow` is the greater of the two. */
export function limits(yellow: number, red: number): Limits {
  return { yellow, red };
}

export function link(title: string, url: string): Link {
  return { title, url };
}

function list(queries: Queries): readonly Query[] {
  return Array.isArray(queries) ? (queries as readonly Query[]) : [queries as Query];
}
