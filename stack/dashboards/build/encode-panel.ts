/** One panel of a dashboard -> Grafana's JSON of it. Every setting that the source leaves out is written, so that no default of a release matters. */

import { encodeFieldConfig } from './encode-fields.ts';
import { encodeOptions } from './encode-options.ts';
import { encodeTransformations, GRAPH_TRANSFORMATIONS } from './encode-table.ts';
import type { Json } from './json.ts';
import type { Datasource, Panel, Query } from './source.ts';

export interface Place {
  readonly x: number;
  readonly y: number;
}

/**
 * Metrics are pushed once a minute (OTEL_METRIC_EXPORT_INTERVAL). With this step `$__rate_interval` is four minutes at least, which holds enough points
 * for a rate; with a shorter one, a panel over the last hour would be empty.
 */
const PUSH_INTERVAL = '1m';

export function encodePanel(panel: Panel, id: number, { x, y }: Place): Json {
  return {
    id,
    type: panel.kind,
    title: panel.title,
    description: panel.description,
    datasource: encodeDatasourceOf(panel.queries),
    gridPos: { h: panel.height, w: panel.width, x, y },
    targets: panel.queries.map((query, index) => encodeQuery(query, panel, refId(index))),
    fieldConfig: encodeFieldConfig(panel),
    options: encodeOptions(panel),
    ...(panel.kind === 'table' && { transformations: encodeTransformations(panel) }),
    ...(panel.kind === 'nodeGraph' && { transformations: GRAPH_TRANSFORMATIONS }),
  };
}

export function encodeDatasource(datasource: Datasource): Json {
  return { type: datasource, uid: datasource };
}

/** That of its queries; where they go to several, Grafana wants a name of its own for that. */
function encodeDatasourceOf(queries: readonly Query[]): Json {
  const [first = 'prometheus', second] = new Set(queries.map(({ datasource }) => datasource));
  return second === undefined ? encodeDatasource(first) : { type: 'datasource', uid: '-- Mixed --' };
}

/** A, B, C ... as Grafana names the queries of a panel. */
export function refId(index: number): string {
  return String.fromCharCode(65 + index);
}

function encodeQuery(query: Query, panel: Panel, id: string): Json {
  const common = { refId: id, datasource: encodeDatasource(query.datasource), expr: query.expr, editorMode: 'code' };
  const legend = query.legend === undefined ? {} : { legendFormat: query.legend };
  if (query.datasource === 'loki') return { ...common, ...legend, queryType: query.instant ? 'instant' : 'range' };
  return {
    ...common,
    ...legend,
    format:
      panel.kind === 'heatmap' ? 'heatmap' : query.instant && panel.kind !== 'stat' && panel.kind !== 'bargauge' ? 'table' : 'time_series',
    instant: query.instant === true,
    range: query.instant !== true,
    exemplar: query.exemplars === true,
    interval: PUSH_INTERVAL,
  };
}
