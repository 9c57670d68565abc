/** A TraceQuery -> the traces that one span or other of theirs puts into it. */
import type { TraceQuery } from '../api.ts';
import type { SpanColumns } from '../store/columns.ts';
import { kindCodes, statusCode } from './codes.ts';
import type { Segment } from './column-index.ts';
import { mayMatch, parseCondition } from './condition.ts';
import type { Condition } from './condition.ts';
import type { Reader } from './reader.ts';
import { narrow } from './row-conditions.ts';

/** What a span must be for its trace to be found. */
interface SpanFilter {
  readonly resources: ReadonlySet<number> | undefined;
  readonly names: readonly ReadonlySet<number>[];
  readonly kinds: readonly number[] | undefined;
  readonly status: number | undefined;
  readonly minMs: number;
  readonly maxMs: number;
  readonly conditions: readonly Condition[];
}

/** Where a search may stop. */
export interface Bounds {
  /** Only traces that start at or after, and before. */
  readonly fromMs: number;
  readonly toMs: number;
  /** So many of the newest are enough. */
  readonly enough: number;
  /** `performance.now()` at which the search gives up. */
  readonly deadline: number;
}

export interface Found {
  /** Positions in the TraceIndex. */
  readonly positions: readonly number[];
  /** Set when the search gave up: of traces that start before this, some may be missing. */
  readonly completeFromMs: number | undefined;
}

/** A query that every trace meets has no filter. */
export function findTraces(reader: Reader, query: TraceQuery, bounds: Bounds): Found {
  const { ids, words } = readWords(reader, query.q);
  if (ids !== undefined) return { positions: ids.filter((at) => isWithin(reader, at, bounds)), completeFromMs: undefined };
  const filter = createFilter(reader, query, words);
  return filter === undefined ? allTraces(reader, bounds) : search(reader, filter, bounds);
}

function allTraces(reader: Reader, bounds: Bounds): Found {
  const positions: number[] = [];
  for (let at = 0; at < reader.traces.length; at++) if (isWithin(reader, at, bounds)) positions.push(at);
  return { positions, completeFromMs: undefined };
}

function isWithin({ traces }: Reader, at: number, { fromMs, toMs }: Bounds): boolean {
  const start = traces.startMs[at]!;
  return start >= fromMs && start < toMs && start !== Infinity;
}

function search(reader: Reader, filter: SpanFilter, bounds: Bounds): Found {
  const { traces, index } = reader;
  const marked = new Uint8Array(traces.length);
  const positions: number[] = [];
  // A trace starts before each of its spans, and the longest one at most `longestMs` before the last.
  const segments = index.spans.segments
    .filter(({ minMs, maxMs }) => maxMs >= bounds.fromMs && minMs - traces.longestMs < bounds.toMs)
    .filter(({ filter: keys }) => keys === undefined || filter.conditions.every((condition) => mayMatch(keys, condition)))
    .sort((a, b) => b.maxMs - a.maxMs);
  for (const [i, segment] of segments.entries()) {
    const candidates = candidatesOf(segment, filter, traces.base, marked);
    for (const position of narrow(reader, 'span', filter.conditions, segment.firstId, candidates)) {
      const at = segment.columns.trace[position]! - traces.base;
      if (marked[at] === 1) continue;
      marked[at] = 1;
      if (isWithin(reader, at, bounds)) positions.push(at);
    }
    const nextMs = segments[i + 1]?.maxMs ?? -Infinity;
    if (positions.length >= bounds.enough && countFrom(reader, positions, nextMs) >= bounds.enough) break;
    if (performance.now() > bounds.deadline && nextMs > -Infinity) return { positions, completeFromMs: nextMs };
  }
  return { positions, completeFromMs: undefined };
}

function countFrom({ traces }: Reader, positions: readonly number[], fromMs: number): number {
  let count = 0;
  for (const at of positions) if (traces.startMs[at]! >= fromMs) count++;
  return count;
}

/** Positions of the rows whose columns meet the filter, without traces that are found already. */
function candidatesOf({ columns, count }: Segment<SpanColumns>, filter: SpanFilter, base: number, marked: Uint8Array): readonly number[] {
  const { resources, names, kinds, status, minMs, maxMs } = filter;
  const { trace, resource, name, durationMs, kindStatus } = columns;
  const candidates: number[] = [];
  for (let i = 0; i < count; i++) {
    if (marked[trace[i]! - base] === 1) continue;
    if (durationMs[i]! < minMs || durationMs[i]! > maxMs) continue;
    if (status !== undefined && (kindStatus[i]! & 3) !== status) continue;
    if (kinds !== undefined && !kinds.includes(kindStatus[i]! >> 2)) continue;
    if (resources !== undefined && !resources.has(resource[i]!)) continue;
    if (names.length > 0 && !names.every((ids) => ids.has(name[i]!))) continue;
    candidates.push(i);
  }
  return candidates;
}

function createFilter(reader: Reader, query: TraceQuery, words: readonly string[]): SpanFilter | undefined {
  const texts = [...(query.attr ?? []), ...words];
  const conditions = texts
    .map(parseCondition)
    .filter((condition) => condition !== undefined && condition.operator !== 'exists') as Condition[];
  for (const text of query.attr ?? []) {
    const condition = parseCondition(text);
    if (condition?.operator === 'exists') conditions.push(condition);
  }
  const parts = [query.name, ...words.filter((word) => (parseCondition(word)?.operator ?? 'exists') === 'exists')];
  const names = parts.filter((part): part is string => part !== undefined && part !== '').map((part) => reader.names.containing(part));
  const { service, kind, status, minMs = -Infinity, maxMs = Infinity } = query;
  const isOpen = service === undefined && kind === undefined && status === undefined && minMs === -Infinity && maxMs === Infinity;
  if (isOpen && names.length === 0 && conditions.length === 0) return undefined;
  return {
    resources: service === undefined ? undefined : reader.names.resourcesOf(service),
    names,
    kinds: kind === undefined ? undefined : kindCodes(kind),
    status: status === undefined ? undefined : statusCode(status),
    minMs,
    maxMs,
    conditions,
  };
}

/** Blanks part words, double quotes hold them together. A trace id, or at least six digits of its beginning, stands for these traces alone. */
function readWords(reader: Reader, text = ''): { readonly ids?: readonly number[]; readonly words: readonly string[] } {
  const words = [...text.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)].map(([word]) => word.replaceAll('"', ''));
  const [only] = words;
  if (words.length === 1 && only !== undefined && /^[\da-f]{6,32}$/i.test(only)) {
    const rows = reader.all(
      'SELECT id FROM trace WHERE trace_id BETWEEN ? AND ? AND spans > 0 LIMIT 1000',
      Buffer.from(only.padEnd(32, '0'), 'hex'),
      Buffer.from(only.padEnd(32, 'f'), 'hex'),
    );
    if (rows.length > 0) return { ids: rows.map(({ id }) => (id as number) - reader.traces.base), words };
  }
  return { words };
}
