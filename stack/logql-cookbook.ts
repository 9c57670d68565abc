/** docs/logql.md -> its queries, ready to be parsed or asked of Loki. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DashboardQuery } from './dashboards/queries.ts';
import { isMetricQuery } from './grammar.ts';

const COOKBOOK = join(import.meta.dirname, '..', 'docs', 'logql.md');

/** The `logql` blocks, in the shape of the dashboards' queries; `panel` is what the text above says of it. */
export function cookbookQueries(markdown: string = readFileSync(COOKBOOK, 'utf8')): readonly DashboardQuery[] {
  const blocks = markdown.matchAll(/(?:^|\n)([^\n]*)\n+```logql(?: optional="([^"]*)")?\n([\s\S]*?)\n```/gu);
  return [...blocks].map(([, before = '', why, expr = '']) => ({
    dashboard: 'docs/logql.md',
    panel: before.replace(/:$/u, ''),
    datasource: 'loki',
    expr,
    instant: isMetricQuery(expr),
    optional: why !== undefined,
    ...(why !== undefined && { why }),
  }));
}
