/** Turns the spans of a trace into a table by service and name: how often, how long in all and alone, which share of the trace. */
import type { SpanTree } from './waterfall.ts';

export interface SpanStat {
  readonly service: string;
  readonly name: string;
  readonly count: number;
  readonly errors: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly maxMs: number;
  readonly selfMs: number;
  /** Of the self time of all spans, 0 to 1. */
  readonly share: number;
  /** Of the slowest one. */
  readonly spanId: string;
}

export function summariseSpans(tree: SpanTree): readonly SpanStat[] {
  const stats = new Map<string, { -readonly [K in keyof SpanStat]: SpanStat[K] }>();
  let allSelfMs = 0;
  for (const { span, selfMs } of tree.byId.values()) {
    allSelfMs += selfMs;
    const key = `${span.service}\n${span.name}`;
    let stat = stats.get(key);
    if (stat === undefined) {
      stat = {
        service: span.service,
        name: span.name,
        count: 0,
        errors: 0,
        totalMs: 0,
        meanMs: 0,
        maxMs: -1,
        selfMs: 0,
        share: 0,
        spanId: '',
      };
      stats.set(key, stat);
    }
    stat.count++;
    stat.errors += span.status.code === 'error' ? 1 : 0;
    stat.totalMs += span.durationMs;
    stat.selfMs += selfMs;
    if (span.durationMs > stat.maxMs) {
      stat.maxMs = span.durationMs;
      stat.spanId = span.spanId;
    }
  }
  for (const stat of stats.values()) {
    stat.meanMs = stat.totalMs / stat.count;
    stat.share = allSelfMs > 0 ? stat.selfMs / allSelfMs : 0;
  }
  return [...stats.values()].sort((a, b) => b.selfMs - a.selfMs);
}
