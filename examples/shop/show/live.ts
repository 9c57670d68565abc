/** A finished request -> one line, and its warnings below it. Pure. */

import type { LogRecord, SpanRecord } from '../../../src/otlp/records.ts';
import { logPieces, WARN } from './log-line.ts';
import { httpStatusOf, serviceOf, spanMark } from './span-label.ts';
import type { Paint } from './text.ts';
import { flatten, layPieces } from './text.ts';
import type { Trace } from './trace-tree.ts';
import { formatMs, formatTime, nanosToMs } from './values.ts';

interface Layout {
  readonly width: number;
  readonly paint: Paint;
}

/** The request's line: when, what, how it ended, how long, over which services, and its trace. */
export function formatRequest({ root, spans, logs }: Trace & { readonly root: SpanRecord }, { width, paint }: Layout): readonly string[] {
  const mark = spanMark(root);
  const services = [...new Set([serviceOf(root), ...spans.map(serviceOf)])];
  const line = layPieces(
    [
      { text: `${formatTime(root.startTimeUnixNano)}  `, colour: 'dim' },
      mark,
      { text: ` ${String(httpStatusOf(root) ?? '   ').padEnd(3)}  ` },
      { text: flatten(root.name).padEnd(18), colour: 'bold' },
      { text: formatMs(nanosToMs(root.endTimeUnixNano - root.startTimeUnixNano)).padStart(9) },
      { text: `  ${root.traceId.slice(0, 8)}  ${String(spans.length).padStart(2)} spans  ${services.join(' → ')}`, colour: 'dim' },
    ],
    width,
    paint,
  );
  const warnings = logs.filter((log) => log.severityNumber >= WARN).map((log) => formatWarning(log, { width, paint }, root.traceId));
  return [line.trimEnd(), ...warnings];
}

/** A line of level WARN or above: indented below its request, or by itself with its time when it stands outside one. */
export function formatWarning(log: LogRecord, { width, paint }: Layout, shownTraceId = ''): string {
  const below = log.traceId !== '' && log.traceId === shownTraceId;
  const time = log.timeUnixNano === 0n ? log.observedTimeUnixNano : log.timeUnixNano;
  const head = below ? '          └ ' : `${formatTime(time)}  `;
  const [level, message, error, fields] = logPieces(log);
  const service = { text: `  ${serviceOf(log)}`, colour: 'dim' } as const;
  return layPieces([{ text: head, colour: 'dim' }, level, message, error, service, fields], width, paint).trimEnd();
}
