/** The options of each kind of panel, as Grafana 13 knows them. */

import type { PanelOptions } from './grafana-types.ts';
import type { Json } from './json.ts';
import type { Panel, PanelKind } from './source.ts';

const LAST_VALUE = { calcs: ['lastNotNull'], fields: '', values: false };
const HIDDEN_LEGEND = { showLegend: false, displayMode: 'list', placement: 'bottom', calcs: [] };
const TOOLTIP = { mode: 'multi', sort: 'desc', hideZeros: false };

const OPTIONS: { readonly [Kind in PanelKind]: (panel: Panel) => PanelOptions[Kind] } = {
  // Grafana knows the rules of a data source by its name.
  alertlist: () => ({
    viewMode: 'list',
    groupMode: 'default',
    groupBy: [],
    maxItems: 20,
    sortOrder: 1,
    dashboardAlerts: false,
    alertName: '',
    alertInstanceLabelFilter: '',
    datasource: 'Loki',
    showInstances: true,
    showInactiveAlerts: false,
    stateFilter: { firing: true, pending: true, recovering: true, noData: false, normal: false, error: true },
    folder: null,
  }),
  bargauge: () => ({
    displayMode: 'basic',
    orientation: 'horizontal',
    valueMode: 'text',
    namePlacement: 'left',
    showUnfilled: true,
    sizing: 'auto',
    minVizWidth: 8,
    minVizHeight: 16,
    maxVizHeight: 32,
    legend: HIDDEN_LEGEND,
    reduceOptions: LAST_VALUE,
  }),
  heatmap: ({ unit = 'short' }) => ({
    calculate: false,
    color: { mode: 'scheme', scheme: 'Oranges', fill: 'dark-orange', scale: 'exponential', exponent: 0.5, steps: 64, reverse: false },
    filterValues: { le: 1e-9 },
    rowsFrame: { layout: 'auto' },
    showValue: 'never',
    cellGap: 1,
    cellValues: { unit: 'reqps' },
    yAxis: { unit, axisPlacement: 'left', reverse: false },
    legend: { show: true },
    tooltip: { mode: 'single', yHistogram: true, showColorScale: false },
    exemplars: { color: 'rgba(255,0,255,0.7)' },
  }),
  logs: () => ({
    showTime: true,
    showLabels: false,
    showCommonLabels: false,
    showLogContextToggle: true,
    wrapLogMessage: true,
    prettifyLogMessage: false,
    enableLogDetails: true,
    sortOrder: 'Descending',
    dedupStrategy: 'none',
  }),
  nodeGraph: () => ({ nodes: { mainStatUnit: 'reqps' }, edges: { mainStatUnit: 'reqps' }, zoomMode: 'cooperative' }),
  stat: ({ limits, queries }) => ({
    graphMode: queries[0]?.instant ? 'none' : 'area',
    colorMode: limits ? 'background' : 'value',
    justifyMode: 'auto',
    orientation: 'auto',
    textMode: 'auto',
    wideLayout: true,
    showPercentChange: false,
    percentChangeColorMode: 'standard',
    reduceOptions: LAST_VALUE,
  }),
  'state-timeline': () => ({
    showValue: 'auto',
    rowHeight: 0.8,
    mergeValues: true,
    alignValue: 'left',
    perPage: 20,
    legend: HIDDEN_LEGEND,
    tooltip: TOOLTIP,
  }),
  table: ({ queries }) => ({
    showHeader: true,
    cellHeight: 'sm',
    frameIndex: 0,
    sortBy: queries[0]?.column ? [{ displayName: queries[0].column.title, desc: true }] : [],
  }),
  timeseries: ({ width }) => ({
    legend:
      width >= 12
        ? { showLegend: true, displayMode: 'table', placement: 'bottom', calcs: ['mean', 'max', 'lastNotNull'] }
        : { showLegend: true, displayMode: 'list', placement: 'bottom', calcs: [] },
    tooltip: TOOLTIP,
  }),
};

export function encodeOptions(panel: Panel): Json {
  return OPTIONS[panel.kind](panel) as Json;
}
