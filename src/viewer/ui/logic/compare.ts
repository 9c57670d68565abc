/** Turns two traces into one tree: spans with the same service and name at the same place are one row, the rest stands on one side only. */
import type { SpanNode, SpanTree } from './waterfall.ts';

export interface ComparedRow {
  readonly id: string;
  readonly depth: number;
  readonly service: string;
  readonly name: string;
  readonly left: SpanNode | undefined;
  readonly right: SpanNode | undefined;
  /** Right minus left in milliseconds; undefined when it is on one side only. */
  readonly differenceMs: number | undefined;
}

/** Children are paired by service and name, the first with the first, the second with the second. */
export function compareTrees(left: SpanTree, right: SpanTree): readonly ComparedRow[] {
  const rows: ComparedRow[] = [];
  const pair = (leftNodes: readonly SpanNode[], rightNodes: readonly SpanNode[], depth: number, path: string): void => {
    const waiting = new Map<string, SpanNode[]>();
    for (const node of rightNodes) {
      const key = keyOf(node);
      waiting.set(key, [...(waiting.get(key) ?? []), node]);
    }
    const pairs: { readonly left: SpanNode | undefined; readonly right: SpanNode | undefined; readonly at: number }[] = [];
    const startOf = (nodes: readonly SpanNode[]): number => nodes[0]?.span.startMs ?? 0;
    const [leftStart, rightStart] = [startOf(leftNodes), startOf(rightNodes)];
    for (const node of leftNodes) pairs.push({ left: node, right: waiting.get(keyOf(node))?.shift(), at: node.span.startMs - leftStart });
    for (const node of [...waiting.values()].flat()) pairs.push({ left: undefined, right: node, at: node.span.startMs - rightStart });
    pairs.sort((a, b) => a.at - b.at);
    for (const [index, one] of pairs.entries()) {
      const { span } = (one.left ?? one.right)!;
      const id = `${path}/${index}`;
      const differenceMs = one.left && one.right ? one.right.span.durationMs - one.left.span.durationMs : undefined;
      rows.push({ id, depth, service: span.service, name: span.name, left: one.left, right: one.right, differenceMs });
      pair(one.left?.children ?? [], one.right?.children ?? [], depth + 1, id);
    }
  };
  pair(left.roots, right.roots, 0, '');
  return rows;
}

const keyOf = ({ span }: SpanNode): string => `${span.service}\n${span.kind}\n${span.name}`;

export interface ComparedSums {
  readonly both: number;
  readonly leftOnly: number;
  readonly rightOnly: number;
}

export function sumUp(rows: readonly ComparedRow[]): ComparedSums {
  const leftOnly = rows.filter(({ right }) => right === undefined).length;
  const rightOnly = rows.filter(({ left }) => left === undefined).length;
  return { both: rows.length - leftOnly - rightOnly, leftOnly, rightOnly };
}
