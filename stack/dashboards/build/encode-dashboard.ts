/** A dashboard's source -> the JSON file that Grafana is provisioned with (schema v1, which Grafana 13 takes and migrates). */

import { ANNOTATIONS } from './annotations.ts';
import { encodeDatasource, encodePanel } from './encode-panel.ts';
import type { Json } from './json.ts';
import type { Annotation, Dashboard, Panel, Row, Variable } from './source.ts';

/** What all have, so that the menu of dashboards finds them. */
export const COMMON_TAG = 'otelier';

const COLUMNS = 24;

export function encodeDashboard(dashboard: Dashboard): string {
  const json: Json = {
    uid: dashboard.uid,
    title: dashboard.title,
    description: dashboard.description,
    tags: [COMMON_TAG, ...dashboard.tags],
    schemaVersion: 42,
    version: 1,
    editable: true,
    graphTooltip: 1,
    fiscalYearStartMonth: 0,
    weekStart: '',
    timezone: 'browser',
    refresh: '30s',
    time: { from: dashboard.from, to: 'now' },
    timepicker: { refresh_intervals: ['10s', '30s', '1m', '5m', '15m', '1h'] },
    links: [MENU],
    annotations: { list: [BUILT_IN_ANNOTATIONS, ...ANNOTATIONS.map(encodeAnnotation)] },
    templating: { list: dashboard.variables.map(encodeVariable) },
    panels: encodeRows(dashboard.rows),
  };
  return `${JSON.stringify(json, undefined, 2)}\n`;
}

/** The other dashboards, with what is chosen here and the time shown. */
const MENU: Json = {
  title: 'Dashboards',
  type: 'dashboards',
  tags: [COMMON_TAG],
  icon: 'external link',
  tooltip: 'The other dashboards, with the same choice and time',
  url: '',
  asDropdown: true,
  includeVars: true,
  keepTime: true,
  targetBlank: false,
};

const BUILT_IN_ANNOTATIONS: Json = {
  builtIn: 1,
  name: 'Annotations & Alerts',
  type: 'dashboard',
  datasource: { type: 'grafana', uid: '-- Grafana --' },
  enable: true,
  hide: true,
  iconColor: 'rgba(0, 211, 255, 1)',
};

function encodeAnnotation({ title, expr, text, colour, on }: Annotation): Json {
  return {
    name: title,
    datasource: encodeDatasource('prometheus'),
    enable: on,
    hide: false,
    iconColor: colour,
    target: { refId: 'Anno', expr, interval: '60s' },
    titleFormat: title,
    textFormat: text,
    useValueForTime: false,
  };
}

function encodeVariable({ name, title, label, of, all, hidden }: Variable): Json {
  const query = `label_values(${of}, ${label})`;
  return {
    type: 'query',
    name,
    label: title,
    datasource: encodeDatasource('prometheus'),
    definition: query,
    query: { query, refId: 'PrometheusVariableQueryEditor-VariableQuery' },
    // 2: at each change of the time shown, so that what no longer reports goes.
    refresh: 2,
    // 1: by name.
    sort: 1,
    regex: '',
    multi: true,
    includeAll: true,
    allValue: all,
    allowCustomValue: true,
    current: { selected: true, text: ['All'], value: ['$__all'] },
    options: [],
    hide: hidden ? 2 : 0,
    skipUrlSync: false,
  };
}

/** Rows one below the other; panels fill a line from the left and begin the next when it is full. */
function encodeRows(rows: readonly Row[]): Json {
  const encoded: Json[] = [];
  let id = 0;
  let y = 0;
  for (const row of rows) {
    const head = { id: ++id, type: 'row', title: `${row.title}: ${row.purpose}`, gridPos: { h: 1, w: COLUMNS, x: 0, y } };
    const { panels, bottom } = layPanels(row.panels, y + 1);
    const children = panels.map(({ panel, x, y: top }) => encodePanel(panel, ++id, { x, y: top }));
    if (row.collapsed) encoded.push({ ...head, collapsed: true, panels: children });
    else encoded.push({ ...head, collapsed: false, panels: [] }, ...children);
    y = row.collapsed ? y + 1 : bottom;
  }
  return encoded;
}

interface Laid {
  readonly panels: readonly { readonly panel: Panel; readonly x: number; readonly y: number }[];
  readonly bottom: number;
}

function layPanels(panels: readonly Panel[], top: number): Laid {
  let x = 0;
  let y = top;
  let lineHeight = 0;
  const laid = panels.map((panel) => {
    if (x + panel.width > COLUMNS) {
      x = 0;
      y += lineHeight;
      lineHeight = 0;
    }
    const place = { panel, x, y };
    x += panel.width;
    lineHeight = Math.max(lineHeight, panel.height);
    return place;
  });
  return { panels: laid, bottom: y + lineHeight };
}
