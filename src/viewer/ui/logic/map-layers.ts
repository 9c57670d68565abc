/** Turns calls into layers: callers left of those they call, a call over several layers led through a lane in each, crossings few. */

export interface LayerEdge {
  readonly from: string;
  readonly to: string;
}

/** A service in its layer, or the lane in which a long call passes that layer. */
export interface Slot {
  /** Undefined for a lane. */
  readonly id: string | undefined;
  readonly layer: number;
  /** Place within the layer, from above. */
  order: number;
  readonly before: Slot[];
  readonly after: Slot[];
}

/** A call and the slots through which it passes, from left to right: a call that leads back begins at the one that is called. */
export interface LayeredEdge {
  readonly from: string;
  readonly to: string;
  readonly slots: readonly Slot[];
}

export interface Layers {
  readonly layers: readonly (readonly Slot[])[];
  readonly edges: readonly LayeredEdge[];
}

/** How often the order within the layers is improved. */
const sweeps = 24;

/** `edges` have both ends among `ids`, and these differ. */
export function layerGraph(ids: readonly string[], edges: readonly LayerEdge[]): Layers {
  const back = findBackEdges(ids, edges);
  const forward = (edge: LayerEdge): LayerEdge => (back.has(edge) ? { from: edge.to, to: edge.from } : edge);
  const depths = assignLayers(ids, edges.map(forward));
  const layers: Slot[][] = [];
  const add = (id: string | undefined, layer: number): Slot => {
    const row = (layers[layer] ??= []);
    const slot: Slot = { id, layer, order: row.length, before: [], after: [] };
    row.push(slot);
    return slot;
  };
  for (let layer = 0; layer <= Math.max(0, ...depths.values()); layer++) layers[layer] = [];
  const nodes = new Map(ids.map((id) => [id, add(id, depths.get(id) ?? 0)]));
  const layered = edges.map((edge): LayeredEdge => {
    const { from, to } = forward(edge);
    const [first, last] = [nodes.get(from)!, nodes.get(to)!];
    const slots = [first];
    for (let layer = first.layer + 1; layer < last.layer; layer++) slots.push(add(undefined, layer));
    slots.push(last);
    for (const [i, slot] of slots.entries()) {
      if (i > 0) slot.before.push(slots[i - 1]!);
      if (i < slots.length - 1) slot.after.push(slots[i + 1]!);
    }
    return { from: edge.from, to: edge.to, slots };
  });
  return { layers: orderLayers(layers), edges: layered };
}

/** Edges that lead back, as seen by a walk in depth that begins at those that call most and are called least. */
function findBackEdges(ids: readonly string[], edges: readonly LayerEdge[]): ReadonlySet<LayerEdge> {
  const next = Map.groupBy(edges, ({ from }) => from);
  const lead = new Map(ids.map((id) => [id, 0]));
  for (const { from, to } of edges) {
    lead.set(from, (lead.get(from) ?? 0) + 1);
    lead.set(to, (lead.get(to) ?? 0) - 1);
  }
  const called = new Set(edges.map(({ to }) => to));
  const starts = ids.toSorted((a, b) => (lead.get(b) ?? 0) - (lead.get(a) ?? 0));
  const state = new Map<string, 'open' | 'done'>();
  const back = new Set<LayerEdge>();
  const walk = (id: string): void => {
    state.set(id, 'open');
    for (const edge of next.get(id) ?? []) {
      const seen = state.get(edge.to);
      if (seen === 'open') back.add(edge);
      else if (seen === undefined) walk(edge.to);
    }
    state.set(id, 'done');
  };
  for (const id of [...starts.filter((one) => !called.has(one)), ...starts]) if (!state.has(id)) walk(id);
  return back;
}

/** The layer of a node is the longest way to it; one that nobody calls stands just before the first that it calls. */
function assignLayers(ids: readonly string[], edges: readonly LayerEdge[]): ReadonlyMap<string, number> {
  const before = Map.groupBy(edges, ({ to }) => to);
  const after = Map.groupBy(edges, ({ from }) => from);
  const depths = new Map<string, number>();
  const depthOf = (id: string): number => {
    const known = depths.get(id);
    if (known !== undefined) return known;
    const own = Math.max(-1, ...(before.get(id) ?? []).map(({ from }) => depthOf(from))) + 1;
    depths.set(id, own);
    return own;
  };
  for (const id of ids) depthOf(id);
  for (const id of ids) {
    const calls = after.get(id);
    if (calls !== undefined && !before.has(id)) depths.set(id, Math.min(...calls.map(({ to }) => depths.get(to) ?? 1)) - 1);
  }
  return depths;
}

/** Each slot moves to the mean place of its neighbours in the layer before, then in the layer after, and so on; the best order seen is kept. */
function orderLayers(layers: readonly Slot[][]): readonly (readonly Slot[])[] {
  let best = { crossings: countCrossings(layers), orders: layers.map((layer) => [...layer]) };
  for (let sweep = 0; sweep < sweeps && best.crossings > 0; sweep++) {
    const down = sweep % 2 === 0;
    for (const layer of down ? layers : layers.toReversed()) {
      const centre = new Map(layer.map((slot) => [slot, meanOrder(down ? slot.before : slot.after) ?? slot.order]));
      layer.sort((a, b) => centre.get(a)! - centre.get(b)! || a.order - b.order);
      number(layer);
      swapNeighbours(layer);
    }
    const crossings = countCrossings(layers);
    if (crossings < best.crossings) best = { crossings, orders: layers.map((layer) => [...layer]) };
  }
  for (const layer of best.orders) number(layer);
  return best.orders;
}

function meanOrder(slots: readonly Slot[]): number | undefined {
  return slots.length === 0 ? undefined : slots.reduce((sum, { order }) => sum + order, 0) / slots.length;
}

function number(layer: readonly Slot[]): void {
  for (const [i, slot] of layer.entries()) slot.order = i;
}

/** Two that stand beside each other change places where that makes fewer crossings. */
function swapNeighbours(layer: Slot[]): void {
  for (let i = 0; i + 1 < layer.length; i++) {
    const [upper, lower] = [layer[i]!, layer[i + 1]!];
    const now = crossed(upper.before, lower.before) + crossed(upper.after, lower.after);
    const then = crossed(lower.before, upper.before) + crossed(lower.after, upper.after);
    if (then >= now) continue;
    [layer[i], layer[i + 1]] = [lower, upper];
    [upper.order, lower.order] = [i + 1, i];
  }
}

/** Crossings of the lines to `upper` with those to `lower`. */
function crossed(upper: readonly Slot[], lower: readonly Slot[]): number {
  let count = 0;
  for (const one of upper) for (const other of lower) if (one.order > other.order) count++;
  return count;
}

function countCrossings(layers: readonly (readonly Slot[])[]): number {
  let count = 0;
  for (const layer of layers)
    for (let i = 0; i < layer.length; i++) for (let j = i + 1; j < layer.length; j++) count += crossed(layer[i]!.after, layer[j]!.after);
  return count;
}
