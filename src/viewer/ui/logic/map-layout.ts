/** Turns services and their calls into boxes and lines on a plane: callers left of those they call, no line through a box. */
import { keepApart } from './apart.ts';
import { layerGraph, type LayeredEdge, type Slot } from './map-layers.ts';

export interface MapNode {
  readonly id: string;
}
export interface MapEdge {
  readonly from: string;
  readonly to: string;
}
export interface Point {
  readonly x: number;
  readonly y: number;
}
export interface MapPlaces {
  /** Upper left corners. */
  readonly places: ReadonlyMap<string, Point>;
  /** By `keyOfEdge`: from the caller to the called; between two points the line is drawn by `linePath`. */
  readonly lines: ReadonlyMap<string, readonly Point[]>;
  readonly width: number;
  readonly height: number;
}

export interface MapMeasures {
  readonly nodeWidth: number;
  readonly nodeHeight: number;
  readonly gapX: number;
  readonly gapY: number;
  /** Height of the lane in which a line passes a layer. */
  readonly lane: number;
  /** Between the ends of lines at one side of a box. */
  readonly port: number;
}

/** How often each layer is drawn to its neighbours. */
const rounds = 40;

export const keyOfEdge = ({ from, to }: MapEdge): string => JSON.stringify([from, to]);

export function layMap(nodes: readonly MapNode[], edges: readonly MapEdge[], measures: MapMeasures): MapPlaces {
  const ids = nodes.map(({ id }) => id).sort();
  const known = new Set(ids);
  const drawn = edges
    .filter(({ from, to }) => from !== to && known.has(from) && known.has(to))
    .toSorted((a, b) => (keyOfEdge(a) < keyOfEdge(b) ? -1 : 1));
  const { layers, edges: layered } = layerGraph(ids, drawn);
  const { nodeWidth, nodeHeight, gapX } = measures;
  const middles = placeSlots(layers, measures);
  const left = (slot: Slot): number => slot.layer * (nodeWidth + gapX);
  const places = new Map<string, Point>();
  let bottom = nodeHeight;
  for (const [slot, middle] of middles) {
    bottom = Math.max(bottom, middle + (slot.id === undefined ? 0 : nodeHeight / 2));
    if (slot.id !== undefined) places.set(slot.id, { x: left(slot), y: middle - nodeHeight / 2 });
  }
  const [leaving, arriving] = [portsOf(layered, 'leaving', middles, measures), portsOf(layered, 'arriving', middles, measures)];
  const lines = new Map<string, readonly Point[]>();
  for (const edge of layered) {
    const [first, last] = [edge.slots[0]!, edge.slots.at(-1)!];
    const points: Point[] = [{ x: left(first) + nodeWidth, y: middles.get(first)! + leaving.get(edge)! }];
    for (const slot of edge.slots.slice(1, -1)) {
      const y = middles.get(slot)!;
      points.push({ x: left(slot), y }, { x: left(slot) + nodeWidth, y });
    }
    points.push({ x: left(last), y: middles.get(last)! + arriving.get(edge)! });
    lines.set(keyOfEdge(edge), first.id === edge.from ? points : points.reverse());
  }
  return { places, lines, width: Math.max(1, layers.length) * (nodeWidth + gapX) - gapX, height: bottom };
}

/** The middle of each slot: near those it is bound to, lanes as straight as can be, nothing nearer than it may be. The uppermost begins at 0. */
function placeSlots(layers: readonly (readonly Slot[])[], { nodeHeight, gapY, lane }: MapMeasures): ReadonlyMap<Slot, number> {
  const room = (slot: Slot): number => (slot.id === undefined ? lane : nodeHeight + gapY);
  const gaps = layers.map((layer) => layer.slice(1).map((slot, i) => (room(layer[i]!) + room(slot)) / 2));
  const middles = new Map<Slot, number>();
  for (const layer of layers) {
    let at = -layer.reduce((sum, slot) => sum + room(slot), 0) / 2;
    for (const slot of layer) {
      middles.set(slot, at + room(slot) / 2);
      at += room(slot);
    }
  }
  const pull = (a: Slot, b: Slot): number => (a.id === undefined ? 3 : 1) * (b.id === undefined ? 3 : 1);
  for (let round = 0; round < rounds; round++) {
    for (const index of round % 2 === 0 ? layers.keys() : [...layers.keys()].reverse()) {
      const layer = layers[index]!;
      const wishes = layer.map((slot) => {
        // A little of its own place keeps what is bound to nothing where it is.
        let [sum, weight] = [middles.get(slot)! * 0.01, 0.01];
        for (const other of [...slot.before, ...slot.after]) {
          sum += middles.get(other)! * pull(slot, other);
          weight += pull(slot, other);
        }
        return { at: sum / weight, weight };
      });
      for (const [i, at] of keepApart(wishes, gaps[index]!).entries()) middles.set(layer[i]!, at);
    }
  }
  let top = Infinity;
  for (const [slot, middle] of middles) top = Math.min(top, middle - (slot.id === undefined ? 0 : nodeHeight / 2));
  for (const [slot, middle] of middles) middles.set(slot, middle - top);
  return middles;
}

/** Where a line leaves or reaches its box, from the box's middle: side by side in the order of where they lead. */
function portsOf(
  edges: readonly LayeredEdge[],
  side: 'leaving' | 'arriving',
  middles: ReadonlyMap<Slot, number>,
  { nodeHeight, port }: MapMeasures,
): ReadonlyMap<LayeredEdge, number> {
  const ends = ({ slots }: LayeredEdge): readonly [Slot, Slot] =>
    side === 'leaving' ? [slots[0]!, slots[1]!] : [slots.at(-1)!, slots.at(-2)!];
  const ports = new Map<LayeredEdge, number>();
  for (const group of Map.groupBy(edges, (edge) => ends(edge)[0]).values()) {
    const step = Math.min(port, (nodeHeight - 16) / group.length);
    group.sort((a, b) => middles.get(ends(a)[1])! - middles.get(ends(b)[1])!);
    for (const [i, edge] of group.entries()) ports.set(edge, (i - (group.length - 1) / 2) * step);
  }
  return ports;
}

/** A point of a line between two of its points, `part` from 0 to 1: level at both ends, and straight where they are at one height. */
export function pointBetween(a: Point, b: Point, part: number): Point {
  const smooth = part * part * (3 - 2 * part);
  // The cubic of `linePath`, whose middle points stand at half the way.
  const along = 1.5 * part * (1 - part) + part ** 3;
  return { x: a.x + (b.x - a.x) * along, y: a.y + (b.y - a.y) * smooth };
}

export function linePath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  let from = first!;
  let path = `M${from.x} ${from.y}`;
  for (const to of rest) {
    const half = (from.x + to.x) / 2;
    path += from.y === to.y ? `L${to.x} ${to.y}` : `C${half} ${from.y} ${half} ${to.y} ${to.x} ${to.y}`;
    from = to;
  }
  return path;
}
