/** Turns services and their calls into places on a plane: callers left of those they call, crossings few. */

export interface MapNode {
  readonly id: string;
}
export interface MapEdge {
  readonly from: string;
  readonly to: string;
}
export interface MapPlaces {
  /** Upper left corners. */
  readonly places: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  readonly width: number;
  readonly height: number;
}

export interface MapMeasures {
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  readonly gapX: number;
  readonly gapY: number;
}

/** How often the order within the layers is improved. */
const sweeps = 6;

export function layMap(nodes: readonly MapNode[], edges: readonly MapEdge[], measures: MapMeasures): MapPlaces {
  const ids = nodes.map(({ id }) => id).sort();
  const known = new Set(ids);
  const forward = breakCycles(
    ids,
    edges.filter(({ from, to }) => from !== to && known.has(from) && known.has(to)),
  );
  const layers = orderLayers(assignLayers(ids, forward), forward);
  const { nodeWidth, nodeHeight, gapX, gapY } = measures;
  const tallest = Math.max(1, ...layers.map((layer) => layer.length));
  const height = tallest * (nodeHeight + gapY) - gapY;
  const places = new Map<string, { readonly x: number; readonly y: number }>();
  for (const [column, layer] of layers.entries()) {
    const own = layer.length * (nodeHeight + gapY) - gapY;
    for (const [row, id] of layer.entries())
      places.set(id, { x: column * (nodeWidth + gapX), y: (height - own) / 2 + row * (nodeHeight + gapY) });
  }
  return { places, width: Math.max(1, layers.length) * (nodeWidth + gapX) - gapX, height };
}

/** Edges that lead back are turned around, as seen by a walk in depth that begins at those that call most and are called least. */
function breakCycles(ids: readonly string[], edges: readonly MapEdge[]): readonly MapEdge[] {
  const next = groupBy(edges, ({ from }) => from);
  const lead = new Map(ids.map((id) => [id, 0]));
  for (const { from, to } of edges) {
    lead.set(from, (lead.get(from) ?? 0) + 1);
    lead.set(to, (lead.get(to) ?? 0) - 1);
  }
  const called = new Set(edges.map(({ to }) => to));
  const starts = ids.toSorted((a, b) => (lead.get(b) ?? 0) - (lead.get(a) ?? 0));
  const state = new Map<string, 'open' | 'done'>();
  const result: MapEdge[] = [];
  const walk = (id: string): void => {
    state.set(id, 'open');
    for (const edge of next.get(id) ?? []) {
      const seen = state.get(edge.to);
      result.push(seen === 'open' ? { from: edge.to, to: edge.from } : edge);
      if (seen === undefined) walk(edge.to);
    }
    state.set(id, 'done');
  };
  for (const id of [...starts.filter((one) => !called.has(one)), ...starts]) if (!state.has(id)) walk(id);
  return result;
}

/** The layer of a node is the longest way to it. */
function assignLayers(ids: readonly string[], edges: readonly MapEdge[]): readonly (readonly string[])[] {
  const before = groupBy(edges, ({ to }) => to);
  const depth = new Map<string, number>();
  const depthOf = (id: string): number => {
    const known = depth.get(id);
    if (known !== undefined) return known;
    const own = Math.max(-1, ...(before.get(id) ?? []).map(({ from }) => depthOf(from))) + 1;
    depth.set(id, own);
    return own;
  };
  const layers: string[][] = [];
  for (const id of ids) (layers[depthOf(id)] ??= []).push(id);
  return layers;
}

/** Each node moves to the mean place of its neighbours in the layer before, then in the layer after, and so on. */
function orderLayers(layers: readonly (readonly string[])[], edges: readonly MapEdge[]): readonly (readonly string[])[] {
  const before = groupBy(edges, ({ to }) => to);
  const after = groupBy(edges, ({ from }) => from);
  const ordered = layers.map((layer) => [...layer]);
  const place = new Map<string, number>();
  const note = (layer: readonly string[]): void => {
    for (const [index, id] of layer.entries()) place.set(id, index - (layer.length - 1) / 2);
  };
  for (const layer of ordered) note(layer);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const down = sweep % 2 === 0;
    for (const layer of down ? ordered : [...ordered].reverse()) {
      const neighbours = (id: string): readonly string[] =>
        down ? (before.get(id) ?? []).map(({ from }) => from) : (after.get(id) ?? []).map(({ to }) => to);
      const centre = new Map(
        layer.map((id) => {
          const around = neighbours(id);
          return [
            id,
            around.length === 0 ? (place.get(id) ?? 0) : around.reduce((sum, one) => sum + (place.get(one) ?? 0), 0) / around.length,
          ];
        }),
      );
      layer.sort((a, b) => (centre.get(a) ?? 0) - (centre.get(b) ?? 0) || (a < b ? -1 : 1));
      note(layer);
    }
  }
  return ordered;
}

function groupBy(edges: readonly MapEdge[], keyOf: (edge: MapEdge) => string): ReadonlyMap<string, readonly MapEdge[]> {
  return Map.groupBy(edges, keyOf);
}
