/**
 * Labels and queries of a table -> the transformations that make its columns. Grafana names the values of several queries `Value #A`, `Value #B` and
 * those of a single one `Value`; Loki adds the time and the type of each.
 */

import type { Json } from './json.ts';
import type { Panel } from './source.ts';

/** The title of each column, by the name that Grafana gives it. */
export function columnTitles(panel: Panel): ReadonlyMap<string, string> {
  const titles = new Map<string, string>();
  for (const [label, column] of Object.entries(panel.labels ?? {})) titles.set(label, typeof column === 'string' ? column : column.title);
  for (const [index, query] of panel.queries.entries()) {
    const title = query.column?.title;
    if (title === undefined) continue;
    titles.set(`Value #${String.fromCharCode(65 + index)}`, title);
    if (panel.queries.length === 1) titles.set('Value', title);
  }
  return titles;
}

export function encodeTransformations(panel: Panel): Json {
  const titles = columnTitles(panel);
  const organize: Json = {
    id: 'organize',
    options: {
      excludeByName: { Time: true },
      indexByName: Object.fromEntries([...titles.keys()].map((name, index) => [name, index])),
      renameByName: Object.fromEntries(titles),
    },
  };
  return [{ id: 'merge', options: {} }, organize];
}

/**
 * A node graph writes the value of the field `mainstat` beside each edge. It goes by the name that a field was made with, which renaming does not
 * change (it only sets what is displayed); a field that is calculated, here as the sum of one value, is made anew.
 */
export const GRAPH_TRANSFORMATIONS: Json = [
  {
    id: 'calculateField',
    options: { mode: 'reduceRow', reduce: { reducer: 'sum' }, alias: 'mainstat', timeSeries: false, replaceFields: false },
  },
];
