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
  const work: Window[] = [{ span: root, fromMs: root.startMs, toMs: endOf(root) }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const { span, fromMs, toMs } = next;
    if (parts.has(span.spanId)) continue;
    const own: [number, number][] = [];
    let cursor = toMs;
    for (const child of (children.get(span.spanId) ?? []).toSorted((a, b) => endOf(b) - endOf(a))) {
      const end = Math.min(endOf(child), toMs);
      const start = Math.max(child.startMs, fromMs);
      if (end > cursor || start >= end) continue;
      if (end < cursor) own.unshift([end, cursor]);
      work.push({ span: child, fromMs: start, toMs: end });
      cursor = start;
    }
    if (cursor > fromMs || (own.length === 0 && cursor === toMs)) own.unshift([fromMs, cursor]);
    parts.set(span.spanId, own);
  }
  return [...parts].map(([spanId, segments]) => ({ spanId, segments }));
}

/** A span, and the time of its that counts. */
interface Window {
  readonly span: PathSpan;
  readonly fromMs: number;
  readonly toMs: number;
}

function endOf({ startMs, durationMs }: PathSpan): number {
  return startMs + durationMs;
}
