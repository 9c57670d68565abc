/** A LogQuery -> the records that are in it, segment by segment, the newest first. */
import type { LogQuery } from '../api.ts';
import type { LogColumns } from '../store/columns.ts';
import { severityFloor } from './codes.ts';
import type { Segment } from './column-index.ts';
import { mayMatch, parseCondition } from './condition.ts';
import type { Condition } from './condition.ts';
import type { Reader } from './reader.ts';
import { narrow } from './row-conditions.ts';
import { parseWords } from './words.ts';

export interface LogMatches {
  readonly segment: Segment<LogColumns>;
  /** In the order of arrival. */
  readonly positions: readonly number[];
  /** No record of the segments to come is of this time or later. */
  readonly nextMs: number;
}

interface LogFilter {
  readonly fromMs: number;
  readonly toMs: number;
  readonly severity: number;
  readonly resources: ReadonlySet<number> | undefined;
  readonly trace: number | undefined;
  readonly spanId: string | undefined;
  readonly match: string | undefined;
  readonly without: string | undefined;
  readonly conditions: readonly Condition[];
}

/** Nothing at all is found when the query names a trace that is not here. */
export function* searchLogs(reader: Reader, query: LogQuery): Generator<LogMatches> {
  const filter = createFilter(reader, query);
  if (filter === undefined) return;
  const { fromMs, toMs, conditions } = filter;
  const segments = reader.index.logs.segments
    .filter(({ minMs, maxMs }) => maxMs >= fromMs && minMs < toMs)
    .filter(({ filter: keys }) => keys === undefined || conditions.every((condition) => mayMatch(keys, condition)))
    .sort((a, b) => b.maxMs - a.maxMs);
  for (const [i, segment] of segments.entries()) {
    let positions = candidatesOf(segment, filter);
    positions = matchText(reader, filter, segment, positions);
    if (filter.spanId !== undefined) positions = ofSpan(reader, filter.spanId, segment, positions);
    positions = narrow(reader, 'log', conditions, segment.firstId, positions);
    yield { segment, positions, nextMs: segments[i + 1]?.maxMs ?? -Infinity };
  }
}

function createFilter(reader: Reader, query: LogQuery): LogFilter | undefined {
  const { from = -Infinity, to = Infinity, level, service, q = '', attr = [], traceId, spanId } = query;
  const trace =
    traceId === undefined
      ? undefined
      : (reader.get('SELECT id FROM trace WHERE trace_id = ?', Buffer.from(traceId, 'hex'))?.['id'] as number | undefined);
  if (traceId !== undefined && trace === undefined) return undefined;
  return {
    fromMs: from,
    toMs: to,
    severity: level === undefined ? 0 : severityFloor(level),
    resources: service === undefined ? undefined : reader.names.resourcesOf(service),
    trace,
    spanId,
    ...parseWords(q),
    conditions: attr.map(parseCondition).filter((condition) => condition !== undefined),
  };
}

function candidatesOf({ columns, count }: Segment<LogColumns>, filter: LogFilter): readonly number[] {
  const { timeMs, severity, resource, trace } = columns;
  const { fromMs, toMs, resources } = filter;
  const candidates: number[] = [];
  for (let i = 0; i < count; i++) {
    if (timeMs[i]! < fromMs || timeMs[i]! >= toMs || severity[i]! < filter.severity) continue;
    if (resources !== undefined && !resources.has(resource[i]!)) continue;
    if (filter.trace !== undefined && trace[i]! !== filter.trace) continue;
    candidates.push(i);
  }
  return candidates;
}

const textSql = 'SELECT rowid FROM log_text WHERE log_text MATCH ? AND rowid BETWEEN ? AND ?';

function matchText(
  reader: Reader,
  { match, without }: LogFilter,
  { firstId, count }: Segment<LogColumns>,
  candidates: readonly number[],
): readonly number[] {
  let kept = candidates;
  const rowsOf = (words: string): ReadonlySet<number> => {
    const ids = new Set<number>();
    for (const [id] of reader.iterate(textSql, words, firstId, firstId + count - 1)) ids.add((id as number) - firstId);
    return ids;
  };
  if (match !== undefined && kept.length > 0) {
    const ids = rowsOf(match);
    kept = kept.filter((position) => ids.has(position));
  }
  if (without !== undefined && kept.length > 0) {
    const ids = rowsOf(without);
    kept = kept.filter((position) => !ids.has(position));
  }
  return kept;
}

function ofSpan(reader: Reader, spanId: string, { firstId, count }: Segment<LogColumns>, candidates: readonly number[]): readonly number[] {
  const sql = 'SELECT id FROM log WHERE id BETWEEN ? AND ? AND span_id = ?';
  const ids = new Set<number>();
  if (candidates.length === 0) return candidates;
  for (const [id] of reader.iterate(sql, firstId, firstId + count - 1, Buffer.from(spanId, 'hex'))) ids.add((id as number) - firstId);
  return candidates.filter((position) => ids.has(position));
}
