/** Units, limits, words and links of a panel -> `fieldConfig`, with one override for each column of a table that has its own. */

import type { PanelFields } from './grafana-types.ts';
import type { Json } from './json.ts';
import type { Column, Limits, Link, Panel, Word } from './source.ts';

export function encodeFieldConfig(panel: Panel): Json {
  return {
    defaults: {
      ...(panel.unit !== undefined && { unit: panel.unit }),
      ...(panel.min !== undefined && { min: panel.min }),
      ...(panel.max !== undefined && { max: panel.max }),
      ...(panel.decimals !== undefined && { decimals: panel.decimals }),
      ...(panel.empty !== undefined && { noValue: panel.empty }),
      color: { mode: colourMode(panel) },
      thresholds: encodeThresholds(panel.limits),
      mappings: panel.words ? [encodeWords(panel.words)] : [],
      links: (panel.links ?? []).map(encodeLink),
      custom: encodeCustom(panel),
    },
    overrides: panel.kind === 'table' ? columnsOf(panel).map(encodeColumn) : [],
  };
}

function colourMode({ kind, limits, words }: Panel): string {
  const oneColour = kind === 'stat' || kind === 'bargauge' || kind === 'table' || kind === 'state-timeline';
  return oneColour && (limits !== undefined || words !== undefined || kind !== 'state-timeline') ? 'thresholds' : 'palette-classic';
}

/** Without limits one neutral step: green would claim that all is well. */
function encodeThresholds(limits: Limits | undefined): Json {
  if (!limits) return { mode: 'absolute', steps: [{ color: 'text', value: null }] };
  const { yellow, red } = limits;
  const steps =
    yellow <= red
      ? [step('green', null), step('yellow', yellow), step('red', red)]
      : [step('red', null), step('yellow', red), step('green', yellow)];
  return { mode: 'absolute', steps };
}

function step(color: string, value: number | null): Json {
  return { color, value };
}

function encodeWords(words: Readonly<Record<string, Word>>): Json {
  const options = Object.entries(words).map(([text, word], index) => [text, { text: word.text, color: word.colour, index }] as const);
  return { type: 'value', options: Object.fromEntries(options) };
}

/** What is peculiar to each kind. */
const CUSTOM: { readonly [Kind in keyof PanelFields]: (panel: Panel) => PanelFields[Kind] } = {
  'state-timeline': () => ({ lineWidth: 0, fillOpacity: 80 }),
  table: () => ({ align: 'auto', inspect: true, filterable: true, cellOptions: { type: 'auto' } }),
  timeseries: ({ stacked, limits }) => ({
    drawStyle: 'line',
    lineInterpolation: 'linear',
    lineWidth: 1,
    fillOpacity: stacked ? 40 : 8,
    gradientMode: 'none',
    showPoints: 'auto',
    pointSize: 4,
    // A gap of one lost push is drawn through; a longer one is shown as what it is.
    spanNulls: 180_000,
    stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
    thresholdsStyle: { mode: limits ? 'dashed' : 'off' },
    axisPlacement: 'auto',
  }),
};

function encodeCustom(panel: Panel): Json {
  const kind = panel.kind;
  return kind === 'timeseries' || kind === 'table' || kind === 'state-timeline' ? (CUSTOM[kind](panel) as Json) : {};
}

function columnsOf(panel: Panel): readonly Column[] {
  const labels = Object.values(panel.labels ?? {}).filter((label): label is Column => typeof label !== 'string');
  return [...labels, ...panel.queries.flatMap(({ column }) => (column ? [column] : []))];
}

function encodeColumn({ title, unit, limits, links }: Column): Json {
  const properties: Json[] = [];
  if (unit !== undefined) properties.push({ id: 'unit', value: unit });
  if (limits !== undefined)
    properties.push(
      { id: 'thresholds', value: encodeThresholds(limits) },
      { id: 'custom.cellOptions', value: { type: 'color-text', wrapText: false } },
    );
  if (links !== undefined) properties.push({ id: 'links', value: links.map(encodeLink) });
  return { matcher: { id: 'byName', options: title }, properties };
}

function encodeLink({ title, url }: Link): Json {
  return { title, url, targetBlank: false };
}
