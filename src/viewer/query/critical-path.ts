/** The spans of a trace -> those that decide how long it takes, and when: at each moment the one that everything else waits for. */

export interface PathSpan {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly startMs: number;
  readonly durationMs: number;
}

export interface PathPart {
  readonly spanId: string;
  readonly segments: readonly (readonly [number, number])[];
}

/**
 * From the end of the root backwards: the child that ended last is what its parent waited for, and before that child started, the one that had ended
 * by then. What no child covers is the parent's own. Children that end after their parent are cut at its end.
 */
export function criticalPath(spans: readonly PathSpan[]): readonly PathPart[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const children = new Map<string, PathSpan[]>();
  const roots: PathSpan[] = [];
  for (const span of spans) {
    if (span.parentSpanId === '' || !byId.has(span.parentSpanId) || span.parentSpanId === span.spanId) roots.push(span);
    else children.set(span.parentSpanId, [...(children.get(span.parentSpanId) ?? []), span]);
  }
  const root = roots.toSorted((a, b) => b.startMs + b.durationMs - (a.startMs + a.durationMs) || a.startMs - b.startMs)[0];
  if (root === undefined) return [];
  const parts = new Map<string, [number, number][]>();
  const seen = new Set<string>();
  const work: { readonly span: PathSpan; readonly endMs: number }[] = [{ span: root, endMs: root.startMs + root.durationMs }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { span, endMs } = next;
    if (seen.has(span.spanId)) continue;
    seen.add(span.spanId);
    let cursor = endMs;
    const own: [number, number][] = [];
    const waited = (children.get(span.spanId) ?? []).toSorted((a, b) => endOf(b) - endOf(a));
    for (const child of waited) {
      const end = Math.min(endOf(child), cursor);
      const start = Math.max(child.startMs, span.startMs);
      if (start >= cursor || end <= start || endOf(child) > cursor + (cursor === endMs ? Infinity : 0)) continue;
      if (end < cursor) own.unshift([end, cursor]);
      work.push({ span: child, endMs: end });
      cursor = start;
    }
    if (cursor > span.startMs || own.length === 0) own.unshift([span.startMs, Math.max(cursor, span.startMs)]);
    parts.set(
      span.spanId,
      own.filter(([from, to]) => to > from || own.length === 1),
    );
  }
  return [...parts].map(([spanId, segments]) => ({ spanId, segments }));
}

function endOf({ startMs, durationMs }: PathSpan): number {
  return startMs + durationMs;
}
