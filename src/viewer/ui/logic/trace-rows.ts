/** Turns the tree of a trace and its log records into the rows of the waterfall: a span, then its children and its log lines in the order of time. */
import type { Log } from '../../api.ts';
import type { SpanNode, SpanTree } from './waterfall.ts';

export type TraceRow =
  | { readonly kind: 'span'; readonly id: string; readonly node: SpanNode }
  | { readonly kind: 'log'; readonly id: string; readonly log: Log; readonly depth: number };

/** Log records by the span in which they were written; those of spans that are not there are under ''. */
export function groupLogs(tree: SpanTree, logs: readonly Log[]): ReadonlyMap<string, readonly Log[]> {
  const bySpan = new Map<string, Log[]>();
  for (const log of [...logs].sort((a, b) => a.timeMs - b.timeMs || (a.timeNano < b.timeNano ? -1 : 1))) {
    const key = tree.byId.has(log.spanId) ? log.spanId : '';
    const list = bySpan.get(key);
    if (list) list.push(log);
    else bySpan.set(key, [log]);
  }
  return bySpan;
}

const none: readonly Log[] = [];

/** `logs` empty: spans alone. What is in `closed` hides what is below it. */
export function traceRows(tree: SpanTree, logs: ReadonlyMap<string, readonly Log[]>, closed: ReadonlySet<string>): readonly TraceRow[] {
  const rows: TraceRow[] = [];
  const toRow = (log: Log, depth: number): TraceRow => ({ kind: 'log', id: `log ${log.id}`, log, depth });
  const stack: TraceRow[] = [];
  const push = (children: readonly SpanNode[], lines: readonly Log[], depth: number): void => {
    let child = children.length - 1;
    let line = lines.length - 1;
    while (child >= 0 || line >= 0) {
      const node = children[child];
      const log = lines[line];
      // Backwards, because a stack gives back the last one first. At the same time the line comes before the span.
      if (node !== undefined && (log === undefined || node.span.startMs >= log.timeMs)) {
        stack.push({ kind: 'span', id: node.span.spanId, node });
        child--;
      } else {
        stack.push(toRow(log!, depth));
        line--;
      }
    }
  };
  push(tree.roots, logs.get('') ?? none, 0);
  for (let row = stack.pop(); row !== undefined; row = stack.pop()) {
    rows.push(row);
    if (row.kind === 'span' && !closed.has(row.id)) push(row.node.children, logs.get(row.id) ?? none, row.node.depth + 1);
  }
  return rows;
}
