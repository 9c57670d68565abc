/** All queries of all dashboards, with the variables filled in as they are before anything is chosen: ready to be parsed, or asked of a server. */

import { DASHBOARDS } from './all.ts';
import { ANNOTATIONS } from './build/annotations.ts';
import { BUILT_IN_VARIABLES } from './build/selectors.ts';
import type { Dashboard, Datasource, Panel, Variable } from './build/source.ts';

export interface DashboardQuery {
  readonly dashboard: string;
  /** The panel's title, or `variable x`, `annotation x`. */
  readonly panel: string;
  readonly datasource: Datasource;
  readonly expr: string;
  /** One value at the end instead of a curve. */
  readonly instant: boolean;
  /** True where no data may be right; `why` tells when. */
  readonly optional: boolean;
  readonly why?: string;
}

export function dashboardQueries(dashboards: readonly Dashboard[] = DASHBOARDS): readonly DashboardQuery[] {
  return dashboards.flatMap((dashboard) => [...variableQueries(dashboard), ...annotationQueries(dashboard), ...panelQueries(dashboard)]);
}

/**
 * `$name`, `${name}` and `${name:format}` -> the value of that name. `$1` of a replacement stays.
 * @throws Error for a variable that neither Grafana nor the dashboard has.
 */
export function fillVariables(expr: string, values: Readonly<Record<string, string>>): string {
  return expr.replace(/\$(?:\{([A-Za-z_]\w*)(?::\w+)?\}|([A-Za-z_]\w*))/gu, (text, braced?: string, bare?: string) => {
    const filled = values[braced ?? bare ?? ''];
    if (filled === undefined) throw new Error(`Nobody fills in ${text} of: ${expr}`);
    return filled;
  });
}

/** Variables as they are before anything is chosen. */
export function defaultVariables({ variables }: Dashboard): Readonly<Record<string, string>> {
  return { ...BUILT_IN_VARIABLES, ...Object.fromEntries(variables.map(({ name, all }) => [name, all])) };
}

function panelQueries(dashboard: Dashboard): readonly DashboardQuery[] {
  const values = defaultVariables(dashboard);
  return dashboard.rows.flatMap(({ panels }) => panels).flatMap((panel) => queriesOf(dashboard, panel, values));
}

function queriesOf({ uid }: Dashboard, panel: Panel, values: Readonly<Record<string, string>>): readonly DashboardQuery[] {
  return panel.queries.map(({ expr, datasource, instant, optional }) => ({
    dashboard: uid,
    panel: panel.title,
    datasource,
    expr: fillVariables(expr, values),
    instant: instant === true,
    optional: optional !== undefined,
    ...(optional !== undefined && { why: optional }),
  }));
}

/** What Grafana asks as `label_values(of, label)`, in PromQL. */
function variableQueries(dashboard: Dashboard): readonly DashboardQuery[] {
  const values = defaultVariables(dashboard);
  return dashboard.variables.map((variable: Variable) => ({
    dashboard: dashboard.uid,
    panel: `variable ${variable.name}`,
    datasource: 'prometheus',
    expr: `count by (${variable.label}) (${fillVariables(variable.of, values)})`,
    instant: true,
    optional: false,
  }));
}

function annotationQueries(dashboard: Dashboard): readonly DashboardQuery[] {
  const values = defaultVariables(dashboard);
  return ANNOTATIONS.map(({ title, expr }) => ({
    dashboard: dashboard.uid,
    panel: `annotation ${title}`,
    datasource: 'prometheus',
    expr: fillVariables(expr, values),
    instant: false,
    optional: true,
    why: 'nothing of the kind happened',
  }));
}
