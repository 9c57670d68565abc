/** GET /api/logs, /api/logs/facets, /api/logs/histogram: a LogQuery -> records, counts per field, counts per time. */
import type { Facets, Log, LogHistogram, LogQuery, Page, Severity } from '../api.ts';
import { severityName } from './codes.ts';
import { textOf } from './condition.ts';
import { readLogs } from './log-rows.ts';
import { searchLogs } from './log-search.ts';
import type { Reader } from './reader.ts';
import { Top, precedes } from './top.ts';
import { formatCursor, parseCursor } from './traces.ts';

const BUDGET_MS = 1500;
const MAX_FIELDS = 30;
const MAX_VALUES = 10;
/** Records that facets are counted in: the newest. `total` counts them all. */
const FACET_SAMPLE = 5000;

export function listLogs(reader: Reader, query: LogQuery): Page<Log> {
  const { limit = 100 } = query;
  const deadline = performance.now() + BUDGET_MS;
  const before = query.before === undefined ? undefined : parseCursor(query.before);
  const to = before === undefined ? query.to : Math.min(query.to ?? Infinity, before.key + 0.001);
  const top = new Top(limit + 1);
  let completeFromMs = -Infinity;
  for (const { segment, positions, nextMs } of searchLogs(reader, { ...query, ...(to === undefined ? {} : { to }) })) {
    for (const position of positions) {
      const ranked = { key: segment.columns.timeMs[position]!, row: segment.firstId + position };
      if (before === undefined || precedes(before, ranked)) top.add(ranked);
    }
    const last = top.sorted()[limit];
    if (last !== undefined && last.key > nextMs) break;
    if (performance.now() > deadline && nextMs > -Infinity) {
      completeFromMs = nextMs;
      break;
    }
  }
  const ranked = top.sorted().filter(({ key }) => key >= completeFromMs);
  const items = readLogs(
    reader,
    ranked.slice(0, limit).map(({ row }) => row),
  );
  if (ranked.length > limit) return { items, next: formatCursor(ranked[limit - 1]!) };
  return completeFromMs > -Infinity ? { items, next: formatCursor({ key: completeFromMs, row: 0 }) } : { items };
}

export function logHistogram(reader: Reader, query: LogQuery & { readonly buckets?: number }): LogHistogram {
  const { buckets = 60 } = query;
  const { from, to } = timeRange(reader, query);
  const stepMs = Math.max((to - from) / buckets, 1);
  const counts = Array.from({ length: buckets }, (): Partial<Record<Severity, number>> => ({}));
  const deadline = performance.now() + BUDGET_MS;
  let partial = false;
  for (const { segment, positions, nextMs } of searchLogs(reader, { ...query, from, to })) {
    for (const position of positions) {
      const bucket = counts[Math.min(Math.floor((segment.columns.timeMs[position]! - from) / stepMs), buckets - 1)]!;
      const severity = severityName(segment.columns.severity[position]!);
      bucket[severity] = (bucket[severity] ?? 0) + 1;
    }
    if (performance.now() > deadline && nextMs > -Infinity) {
      partial = true;
      break;
    }
  }
  return { stepMs, buckets: counts.map((bucket, i) => ({ timeMs: from + i * stepMs, counts: bucket })), ...(partial ? { partial } : {}) };
}

/** From the first record to just after the last one where the query leaves an end open. */
function timeRange(reader: Reader, query: LogQuery): { readonly from: number; readonly to: number } {
  const { segments } = reader.index.logs;
  const from = query.from ?? segments.reduce((min, { minMs }) => Math.min(min, minMs), Infinity);
  const to = query.to ?? segments.reduce((max, { maxMs }) => Math.max(max, maxMs), -Infinity) + 1;
  return Number.isFinite(from) && Number.isFinite(to) && to > from ? { from, to } : { from: 0, to: 1 };
}

export function logFacets(reader: Reader, query: LogQuery): Facets {
  const deadline = performance.now() + BUDGET_MS;
  const fields = new Map<string, Map<string, number>>();
  const count = (key: string, value: string): void => {
    const values = fields.get(key) ?? new Map<string, number>();
    fields.set(key, values.set(value, (values.get(value) ?? 0) + 1));
  };
  let total = 0;
  let sampled = 0;
  let partial = false;
  for (const { segment, positions, nextMs } of searchLogs(reader, query)) {
    total += positions.length;
    const { firstId, columns } = segment;
    if (sampled < FACET_SAMPLE) {
      const newest = positions.slice(-(FACET_SAMPLE - sampled));
      const ids = newest.map((position) => firstId + position);
      sampled += ids.length;
      for (const position of newest) {
        count('service.name', reader.names.resource(columns.resource[position]!).service);
        count('severity', severityName(columns.severity[position]!));
      }
      for (const [attributes] of reader.iterate(
        'SELECT attributes FROM log WHERE id IN (SELECT value FROM json_each(?))',
        JSON.stringify(ids),
      )) {
        const own = JSON.parse(attributes as string) as Record<string, unknown>;
        for (const key of Object.keys(own)) count(key, textOf(own[key]));
      }
    }
    if (performance.now() > deadline && nextMs > -Infinity) {
      partial = true;
      break;
    }
  }
  const sorted = [...fields].map(([key, values]) => ({ key, values, sum: [...values.values()].reduce((sum, n) => sum + n, 0) }));
  sorted.sort((a, b) => b.sum - a.sum || (a.key < b.key ? -1 : 1));
  return {
    total,
    fields: sorted.slice(0, MAX_FIELDS).map(({ key, values }) => ({
      key,
      values: [...values]
        .map(([value, occurrences]) => ({ value, count: occurrences }))
        .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1))
        .slice(0, MAX_VALUES),
    })),
    ...(partial ? { partial } : {}),
  };
}
