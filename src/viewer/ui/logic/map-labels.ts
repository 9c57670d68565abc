/** Turns lines between boxes, and the sizes of their labels, into places for the labels: at their line, apart from each other and from the boxes. */
import { pointBetween, type Point } from './map-layout.ts';

export interface Size {
  readonly width: number;
  readonly height: number;
}
export interface Box extends Point, Size {}

export interface LabelledLine {
  readonly key: string;
  readonly points: readonly Point[];
  /** Of its label. */
  readonly size: Size;
}

export interface LabelRules {
  readonly boxes: readonly Box[];
  /** Labels that stand already. */
  readonly taken?: readonly Box[];
  /** All lines of the plane; a label rather covers none but its own. */
  readonly lines: readonly LabelledLine[];
  /** How many other lines a label may cover; Infinity: it may cover boxes as well, where there is no other room. */
  readonly mayCover: number;
}

/** Between what stands beside each other. */
const margin = 3;
/** Between two places that are tried. */
const step = 10;
/** So much of the line's end stays free: the arrow. */
const arrow = 12;
/** A label that is not at its line would seem to be of another. */
const reach = 7;
const cell = 48;
/** What it costs to cover another line, a box, or a part of its own line. */
const costs = { line: 3, box: 20, own: 0.12 } as const;
/** Where a label stands to its line: so many of its heights away, and what that costs. */
const sides = [
  { shift: -0.5, cost: 0 },
  { shift: 0.5, cost: 0.1 },
  { shift: 0, cost: 0.1 },
  { shift: -1.2, cost: 0.25 },
  { shift: 1.2, cost: 0.35 },
] as const;

/** Upper left corners of the labels that have room, by key. Those that come first choose first; the same lines give the same places. */
export function placeLabels(wanted: readonly LabelledLine[], rules: LabelRules): ReadonlyMap<string, Box> {
  const { boxes, taken = [], mayCover } = rules;
  const trails = indexTrails(rules.lines);
  const placed = [...taken];
  const result = new Map<string, Box>();
  for (const line of wanted) {
    let best: { readonly box: Box; readonly cost: number } | undefined;
    for (const { box, cost } of candidatesOf(line)) {
      if (best !== undefined && cost >= best.cost) continue;
      if (placed.some((other) => overlap(box, other))) continue;
      const coveredBoxes = boxes.filter((other) => overlap(box, other)).length;
      if (coveredBoxes > 0 && mayCover !== Infinity) continue;
      const covered = trails(grow(box, margin), line.key);
      if (covered > mayCover) continue;
      const whole = cost + covered * costs.line + coveredBoxes * costs.box;
      if (best === undefined || whole < best.cost) best = { box, cost: whole };
    }
    if (best === undefined) continue;
    placed.push(best.box);
    result.set(line.key, best.box);
  }
  return result;
}

/** Rather near the middle of the line, above it, and not across it. */
function* candidatesOf({ points, size }: LabelledLine): Generator<{ readonly box: Box; readonly cost: number }> {
  const { width, height } = size;
  const trail = trailOf(points, step);
  const last = points.at(-1)!;
  const head = { x: last.x - arrow, y: last.y - 1, width: 2 * arrow, height: 2 };
  for (const [i, { x, y }] of trail.entries()) {
    const away = Math.abs(i / Math.max(1, trail.length - 1) - 0.5) * 2;
    for (const { shift, cost } of sides) {
      const box = { x: x - width / 2, y: y - height / 2 + shift * (height + 2 * margin), width, height };
      if (overlap(box, head) || !trail.some((point) => contains(grow(box, reach), point))) continue;
      const crossed = trail.filter((point) => contains(box, point)).length;
      yield { box, cost: away + cost + crossed * costs.own };
    }
  }
}

const grow = ({ x, y, width, height }: Box, by: number): Box => ({ x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by });

const contains = ({ x, y, width, height }: Box, point: Point): boolean =>
  point.x > x && point.x < x + width && point.y > y && point.y < y + height;

export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width + margin && b.x < a.x + a.width + margin && a.y < b.y + b.height + margin && b.y < a.y + a.height + margin;
}

/** Points along a line, not much more than `distance` apart. */
function trailOf(points: readonly Point[], distance: number): readonly Point[] {
  return points.flatMap((to, i) => {
    const from = points[i - 1];
    if (from === undefined) return [to];
    const parts = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / distance));
    return Array.from({ length: parts }, (_, part) => pointBetween(from, to, (part + 1) / parts));
  });
}

/** How many lines but its own pass a box. */
function indexTrails(lines: readonly LabelledLine[]): (box: Box, own: string) => number {
  const cells = new Map<string, { readonly key: string; readonly point: Point }[]>();
  for (const { key, points } of lines) {
    for (const point of trailOf(points, step)) {
      const at = `${Math.floor(point.x / cell)} ${Math.floor(point.y / cell)}`;
      const known = cells.get(at);
      if (known === undefined) cells.set(at, [{ key, point }]);
      else known.push({ key, point });
    }
  }
  return (box, own) => {
    const covered = new Set<string>();
    for (let column = Math.floor(box.x / cell); column <= Math.floor((box.x + box.width) / cell); column++)
      for (let row = Math.floor(box.y / cell); row <= Math.floor((box.y + box.height) / cell); row++)
        for (const { key, point } of cells.get(`${column} ${row}`) ?? []) if (key !== own && contains(box, point)) covered.add(key);
    return covered.size;
  };
}
