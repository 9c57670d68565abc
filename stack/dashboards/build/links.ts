/** Addresses that a click on a value opens: another dashboard, or Explore with a query. All keep the time shown. */

import type { Link } from './source.ts';

const CHOICE = '${namespace:queryparam}&${environment:queryparam}';
const TIME = '${__url_time_range}';

/** A dashboard for the service that `field` names; `field` is Grafana's, such as `__data.fields.service_name`. */
export function toDashboard(title: string, uid: string, field: string): Link {
  return { title, url: `/d/${uid}?var-service=\${${field}:percentencode}&${CHOICE}&${TIME}` };
}

/** Explore with the log lines of a LogQL query. */
export function toLogs(title: string, expr: string): Link {
  return toExplore(title, 'loki', { refId: 'A', expr, queryType: 'range' });
}

/** Explore with the traces of the service that `field` names. `tags` are Jaeger's, such as `error=true`. */
export function toTraces(title: string, field: string, tags?: string): Link {
  const service = `\${${field}}`;
  return toExplore(title, 'jaeger', { refId: 'A', queryType: 'search', service, limit: 50, ...(tags !== undefined && { tags }) });
}

function toExplore(title: string, datasource: string, query: Record<string, unknown>): Link {
  const pane = {
    datasource,
    queries: [{ ...query, datasource: { type: datasource, uid: datasource } }],
    range: { from: '${__from}', to: '${__to}' },
  };
  return { title, url: `/explore?schemaVersion=1&panes=${encodeKeepingVariables(JSON.stringify({ a: pane }))}` };
}

/** Percent-encodes all but `${...}`, which Grafana fills in; the value it puts there is encoded by the variable's own format. */
function encodeKeepingVariables(text: string): string {
  return text
    .split(/(\$\{[^}]+\})/u)
    .map((part, index) => (index % 2 === 1 ? part.replace(/^\$\{([^:}]+)\}$/u, '${$1:percentencode}') : encodeURIComponent(part)))
    .join('');
}
