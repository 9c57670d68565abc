/** GET /api/traces and /api/latency: a TraceQuery -> a page of summaries, or dots. */
import type { Latency, Page, TraceQuery, TraceSummary } from '../api.ts';
import type { Reader } from './reader.ts';
import { Top, precedes } from './top.ts';
import type { Ranked } from './top.ts';
import { findTraces } from './trace-search.ts';
import { readSummaries } from './trace-summary.ts';

/** What a search through attributes may take; what it has found by then is the answer, and the next page goes on. */
const BUDGET_MS = 1500;
const MAX_DOTS = 5000;

export function listTraces(reader: Reader, query: TraceQuery): Page<TraceSummary> {
  const { limit = 100, sort = 'newest', from = -Infinity, to = Infinity } = query;
  const before = query.before === undefined ? undefined : parseCursor(query.before);
  const { traces } = reader;
  const byAge = sort === 'newest';
  const { positions, completeFromMs = -Infinity } = findTraces(reader, query, {
    fromMs: from,
    // A trace of the same start as the cursor's may still come.
    toMs: byAge && before !== undefined ? Math.min(to, before.key + 0.001) : to,
    enough: byAge ? limit + 2 : Infinity,
    deadline: performance.now() + BUDGET_MS,
  });
  const top = new Top(limit + 1);
  for (const at of positions) {
    const start = traces.startMs[at]!;
    if (byAge && start < completeFromMs) continue;
    const ranked = { row: at + traces.base, key: byAge ? start : traces.endMs[at]! - start };
    if (before === undefined || precedes(before, ranked)) top.add(ranked);
  }
  const ranked = top.sorted();
  const items = readSummaries(
    reader,
    ranked.slice(0, limit).map(({ row }) => row),
  );
  if (ranked.length > limit) return { items, next: formatCursor(ranked[limit - 1]!) };
  return byAge && completeFromMs > -Infinity ? { items, next: formatCursor({ key: completeFromMs, row: 0 }) } : { items };
}

export function latency(reader: Reader, query: TraceQuery): Latency {
  const { from = -Infinity, to = Infinity } = query;
  const { traces, names } = reader;
  const deadline = performance.now() + BUDGET_MS;
  const found = findTraces(reader, query, { fromMs: from, toMs: to, enough: Infinity, deadline });
  const positions = Float64Array.from(found.positions).sort();
  const step = Math.max(1, positions.length / MAX_DOTS);
  const chosen: number[] = [];
  for (let at = 0; at < positions.length; at += step) chosen.push(positions[Math.floor(at)]! + traces.base);
  const dots = [];
  const sql = 'SELECT id, lower(hex(trace_id)), name FROM trace WHERE id IN (SELECT value FROM json_each(?))';
  for (const row of reader.iterate(sql, JSON.stringify(chosen))) {
    const [id, traceId, name] = row as readonly [number, string, number];
    const at = id - traces.base;
    const start = traces.startMs[at]!;
    dots.push([start, traces.endMs[at]! - start, traces.failed[at] === 1 ? 1 : 0, traceId, names.string(name)] as const);
  }
  return { total: positions.length, dots, ...(found.completeFromMs === undefined ? {} : { partial: true }) };
}

/** `key:row` of the last item of a page. */
export function parseCursor(text: string): Ranked | undefined {
  const match = /^(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?):(\d+)$/.exec(text);
  return match === null ? undefined : { key: Number(match[1]), row: Number(match[2]) };
}

export function formatCursor({ key, row }: Ranked): string {
  return `${key}:${row}`;
}
