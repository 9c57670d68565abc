/** Turns the tree of a trace into boxes of a flame graph: time by lane. Spans that overlap with their siblings get lanes of their own, none is hidden. */
import type { SpanNode, SpanTree } from './waterfall.ts';

export interface FlameBox {
  readonly node: SpanNode;
  readonly lane: number;
}

export interface Flame {
  readonly boxes: readonly FlameBox[];
  readonly lanes: number;
}

/** Each span stands in the first free lane below its parent's. */
export function layFlame(tree: SpanTree): Flame {
  const boxes: FlameBox[] = [];
  /** Per lane the intervals that are taken, sorted by start; spans come by start within their parent only. */
  const taken: (readonly [from: number, to: number])[][] = [];
  const isFree = (lane: number, from: number, to: number): boolean => !(taken[lane] ?? []).some(([start, end]) => start < to && from < end);
  const stack: (readonly [node: SpanNode, least: number])[] = [...tree.roots].reverse().map((node) => [node, 0] as const);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [node, least] = next;
    const from = node.span.startMs;
    const to = from + Math.max(node.span.durationMs, 1e-6);
    let lane = least;
    while (!isFree(lane, from, to)) lane++;
    (taken[lane] ??= []).push([from, to]);
    boxes.push({ node, lane });
    for (let i = node.children.length - 1; i >= 0; i--) stack.push([node.children[i]!, lane + 1]);
  }
  return { boxes, lanes: taken.length };
}
