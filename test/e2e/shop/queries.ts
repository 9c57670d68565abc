/** Every expression of every dashboard panel, rule and cookbook page runs against the real servers, and those which the shop feeds return data. */
import { describe, it } from 'node:test';
import { ruleQueries } from '../../../stack/alerts.ts';
import { dashboardQueries } from '../../../stack/dashboards/queries.ts';
import { cookbookQueries } from '../../../stack/logql-cookbook.ts';
import { poll } from '../support/poll.ts';
import type { World } from '../support/world.ts';

interface Query {
  readonly group: string;
  readonly name: string;
  readonly backend: 'prometheus' | 'loki';
  readonly expr: string;
  readonly needsData: boolean;
}

/** Until the slowest source has been asked twice, and rates have two samples in their window. */
const dataMs = 300_000;

export function testQueries(world: () => World): void {
  describe('every expression', () => {
    const queries = allQueries();
    for (const group of new Set(queries.map((query) => query.group))) {
      const ofGroup = queries.filter((query) => query.group === group);
      it(`of ${group} runs, and returns data where the shop gives cause (${ofGroup.length})`, () => assertAnswers(world(), ofGroup));
    }
  });
}

function allQueries(): readonly Query[] {
  return [
    ...dashboardQueries().flatMap(({ dashboard, panel, datasource, expr, optional }) =>
      datasource === 'prometheus' || datasource === 'loki'
        ? [{ group: `the dashboard ${dashboard}`, name: panel, backend: datasource, expr, needsData: !optional }]
        : [],
    ),
    // An alert's expression is true in bad times only; a recording rule's is a figure.
    ...ruleQueries().map(({ file, name, expr, kind }) => ({
      group: file,
      name,
      backend: file.includes('loki') ? ('loki' as const) : ('prometheus' as const),
      expr,
      needsData: kind === 'record',
    })),
    ...cookbookQueries().map(({ panel, expr, optional }) => ({
      group: 'docs/logql.md',
      name: panel,
      backend: 'loki' as const,
      expr,
      needsData: !optional,
    })),
  ];
}

/** An expression that a server refuses fails at once, in the server's own words; one that returns nothing is asked again until the deadline. */
async function assertAnswers({ prometheus, loki }: World, queries: readonly Query[]): Promise<void> {
  const waiting = new Set(queries);
  let refusal: Error | undefined;
  const all = await poll(
    'data',
    async () => {
      for (const query of waiting) {
        try {
          const answers = query.backend === 'loki' ? await loki.results(query.expr) : await prometheus.curves(query.expr);
          if (answers > 0 || !query.needsData) waiting.delete(query);
        } catch (error) {
          refusal = new Error(`${query.name}: ${query.expr}`, { cause: error });
          return true;
        }
      }
      return waiting.size === 0;
    },
    dataMs,
  ).catch(() => false);
  if (refusal !== undefined) throw refusal;
  if (!all)
    throw new Error(
      `${waiting.size} of ${queries.length} return nothing:${[...waiting].map(({ name, expr }) => `\n  ${name}: ${expr}`).join('')}`,
    );
}
