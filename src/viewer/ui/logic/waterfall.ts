/** Turns the spans of a trace into a tree and its visible rows: parents before children, children by start, cycles and missing parents as roots. */
import type { Span } from '../../api.ts';

export interface SpanNode {
  readonly span: Span;
  readonly children: SpanNode[];
  readonly depth: number;
  /** How many spans stand below. */
  readonly descendants: number;
  /** Errors of the spans below, without its own. */
  readonly errorsBelow: number;
  /** Time in which none of its children ran. */
  readonly selfMs: number;
  /** Its parent has not arrived. */
  readonly orphan: boolean;
}

export interface SpanTree {
  readonly roots: readonly SpanNode[];
  readonly byId: ReadonlyMap<string, SpanNode>;
  readonly startMs: number;
  readonly endMs: number;
  readonly depth: number;
}

type Building = { -readonly [K in keyof SpanNode]: SpanNode[K] };

export function buildTree(spans: readonly Span[]): SpanTree {
  const byId = new Map<string, Building>();
  for (const span of spans) {
    byId.set(span.spanId, { span, children: [], depth: 0, descendants: 0, errorsBelow: 0, selfMs: 0, orphan: false });
  }
  const roots: Building[] = [];
  const cycleStarts = findCycleStarts(byId);
  for (const node of byId.values()) {
    const parent = byId.get(node.span.parentSpanId);
    if (parent === undefined || cycleStarts.has(node.span.spanId)) {
      node.orphan = node.span.parentSpanId !== '' && parent === undefined;
      roots.push(node);
    } else parent.children.push(node);
  }
  const byStart = (a: SpanNode, b: SpanNode): number => a.span.startMs - b.span.startMs || (a.span.startNano < b.span.startNano ? -1 : 1);
  let startMs = Infinity;
  let endMs = -Infinity;
  for (const { span } of byId.values()) {
    startMs = Math.min(startMs, span.startMs);
    endMs = Math.max(endMs, span.startMs + span.durationMs);
  }
  roots.sort(byStart);
  // Parents before children, without recursion: a chain of 5,000 spans is as deep as it is long.
  const ordered: Building[] = [...roots];
  for (let i = 0; i < ordered.length; i++) {
    const node = ordered[i]!;
    node.children.sort(byStart);
    for (const child of node.children as Building[]) {
      child.depth = node.depth + 1;
      ordered.push(child);
    }
  }
  let depth = 0;
  for (let i = ordered.length - 1; i >= 0; i--) {
    const node = ordered[i]!;
    depth = Math.max(depth, node.depth + 1);
    node.selfMs = selfTime(node);
    for (const child of node.children) {
      node.descendants += child.descendants + 1;
      node.errorsBelow += child.errorsBelow + (child.span.status.code === 'error' ? 1 : 0);
    }
  }
  return { roots, byId, startMs: byId.size > 0 ? startMs : 0, endMs: byId.size > 0 ? endMs : 0, depth };
}

/** Where parents go round in a circle it is opened at one place: its span with the smallest id. Each node is visited once. */
function findCycleStarts(byId: ReadonlyMap<string, SpanNode>): ReadonlySet<string> {
  const starts = new Set<string>();
  const done = new Set<string>();
  for (const first of byId.keys()) {
    const walk: string[] = [];
    const places = new Map<string, number>();
    let id = first;
    while (byId.has(id) && !done.has(id) && !places.has(id)) {
      places.set(id, walk.length);
      walk.push(id);
      id = byId.get(id)!.span.parentSpanId;
    }
    const circleFrom = places.get(id);
    if (circleFrom !== undefined) starts.add(walk.slice(circleFrom).reduce((least, one) => (one < least ? one : least)));
    for (const one of walk) done.add(one);
  }
  return starts;
}

function selfTime({ span, children }: SpanNode): number {
  const end = span.startMs + span.durationMs;
  let covered = 0;
  let until = span.startMs;
  for (const { span: child } of children) {
    const from = Math.max(child.startMs, until);
    const to = Math.min(child.startMs + child.durationMs, end);
    if (to > from) {
      covered += to - from;
      until = to;
    }
  }
  return Math.max(0, span.durationMs - covered);
}

/** Every node in the order of the rows; the children of those in `closed` are left out. */
export function visibleRows(roots: readonly SpanNode[], closed: ReadonlySet<string>): readonly SpanNode[] {
  const rows: SpanNode[] = [];
  const stack = [...roots].reverse();
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    rows.push(node);
    if (!closed.has(node.span.spanId)) for (let i = node.children.length - 1; i >= 0; i--) stack.push(node.children[i]!);
  }
  return rows;
}

/** Ids of what has children at `depth` or deeper: closing them shows the tree to that level. */
export function closedAtDepth(tree: SpanTree, depth: number): ReadonlySet<string> {
  const closed = new Set<string>();
  for (const node of tree.byId.values()) if (node.depth >= depth - 1 && node.children.length > 0) closed.add(node.span.spanId);
  return closed;
}

/** Opens whatever hides a span. */
export function openTo(tree: SpanTree, spanId: string, closed: ReadonlySet<string>): ReadonlySet<string> {
  const open = new Set(closed);
  const seen = new Set<string>();
  for (let node = tree.byId.get(spanId); node !== undefined && !seen.has(node.span.spanId); node = tree.byId.get(node.span.parentSpanId)) {
    seen.add(node.span.spanId);
    if (node.span.spanId !== spanId) open.delete(node.span.spanId);
  }
  return open;
}
