/** What has come since the last look -> the events of /api/live. */
import type { LiveEvents, Severity } from '../api.ts';
import { severityFloor } from './codes.ts';
import { readLogs } from './log-rows.ts';
import type { Reader } from './reader.ts';
import { readSummaries } from './trace-summary.ts';

const MOST = 100;

/** What is new for one listener of /api/live. */
export interface LiveQuestion {
  /** Row ids. */
  readonly traces: readonly number[];
  /** Log records after this id. */
  readonly afterLog: number;
  readonly service?: string;
  readonly level?: Severity;
}

export interface LiveAnswer {
  readonly traces: LiveEvents['traces'];
  readonly logs: LiveEvents['logs'];
  readonly lastLog: number;
}

/** The latest first. */
export function readLive(reader: Reader, { traces: ids, afterLog, service, level }: LiveQuestion): LiveAnswer {
  const summaries = readSummaries(reader, ids.toReversed()).filter(
    ({ services }) => service === undefined || services.some(({ name }) => name === service),
  );
  const least = level === undefined ? 0 : severityFloor(level);
  const resources = service === undefined ? undefined : reader.names.resourcesOf(service);
  const found: number[] = [];
  const { segments } = reader.index.logs;
  const last = segments.at(-1);
  for (const { columns, count, firstId } of segments.toReversed()) {
    if (firstId + count - 1 <= afterLog) break;
    for (let i = count - 1; i >= 0 && firstId + i > afterLog; i--) {
      if (columns.severity[i]! < least || (resources !== undefined && !resources.has(columns.resource[i]!))) continue;
      found.push(firstId + i);
    }
  }
  return {
    traces: { items: summaries.slice(0, MOST), more: Math.max(0, summaries.length - MOST) },
    logs: { items: readLogs(reader, found.slice(0, MOST)), more: Math.max(0, found.length - MOST) },
    lastLog: last === undefined ? 0 : last.firstId + last.count - 1,
  };
}
