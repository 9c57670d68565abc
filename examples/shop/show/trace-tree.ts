/** The spans and log lines of one trace -> lines: a tree with durations and a waterfall, each log line under the span it was written in. Pure. */

import type { LogRecord, SpanRecord } from '../../../src/otlp/records.ts';
import { levelColour, logPieces } from './log-line.ts';
import { isQuery, serviceOf, spanMark, spanPieces } from './span-label.ts';
import type { Colour, Paint, Piece } from './text.ts';
import { cut, flatten, layPieces } from './text.ts';
import { formatMs, nanosToMs, textOf } from './values.ts';

export interface Trace {
  readonly spans: readonly SpanRecord[];
  readonly logs: readonly LogRecord[];
}

interface Layout {
  readonly width: number;
  readonly paint: Paint;
}

/** One line to be: a span, a log line or an exception, at its time, with what hangs below it. */
interface Row {
  readonly atNano: bigint;
  /** Undefined: a moment, not a stretch of time. */
  readonly endNano?: bigint;
  readonly pieces: readonly Piece[];
  readonly colour: Colour;
  readonly rows: readonly Row[];
}

const durationWidth = 8;
const serviceColours: readonly Colour[] = ['cyan', 'magenta', 'blue', 'yellow'];

/** No line is wider than `width`. A span whose parent did not arrive stands at the root and says so. */
export function formatTrace(trace: Trace, { width, paint }: Layout): readonly string[] {
  const startNano = minimum([...trace.spans.map((span) => span.startTimeUnixNano), ...trace.logs.map(timeOf)]);
  const endNano = maximum([...trace.spans.map((span) => span.endTimeUnixNano), ...trace.logs.map(timeOf)]);
  const barWidth = Math.max(10, Math.floor(width * 0.22));
  const leftWidth = width - barWidth - durationWidth - 2;
  const lines: string[] = [];

  const draw = (row: Row, head: string, tail: string): void => {
    const left = layPieces([{ text: head, colour: 'dim' }, ...row.pieces], leftWidth, paint);
    const duration = row.endNano === undefined ? '' : formatMs(nanosToMs(row.endNano - row.atNano));
    lines.push(`${left} ${duration.padStart(durationWidth)} ${paint(row.colour, drawBar(row, startNano, endNano, barWidth))}`.trimEnd());
    row.rows.forEach((below, index) => {
      const last = index === row.rows.length - 1;
      draw(below, `${tail}${last ? '└─ ' : '├─ '}`, `${tail}${last ? '   ' : '│  '}`);
    });
  };
  for (const row of rowsOf(trace)) draw(row, '', '');
  return [formatHead(trace, nanosToMs(endNano - startNano), { width, paint }), ...lines];
}

function formatHead(trace: Trace, totalMs: number, { width, paint }: Layout): string {
  const queries = trace.spans.filter(isQuery).length;
  return paint(
    'dim',
    cut(
      `trace ${trace.spans[0]?.traceId ?? ''} · ${formatMs(totalMs)} · ${trace.spans.length} spans, ${queries} queries, ${trace.logs.length} log lines`,
      width,
    ),
  );
}

/** The roots, each with all that hangs below it, in the order of time. */
function rowsOf({ spans, logs }: Trace): readonly Row[] {
  const ids = new Set(spans.map((span) => span.spanId));
  const services = servicesOf(spans);
  const spanRow = (span: SpanRecord, note: readonly Piece[]): Row => {
    const colour = serviceColours[services.indexOf(serviceOf(span)) % serviceColours.length]!;
    return {
      atNano: span.startTimeUnixNano,
      endNano: span.endTimeUnixNano,
      colour,
      pieces: [spanMark(span), { text: ' ' }, ...spanPieces(span, colour), ...note],
      rows: inTime([
        ...spans.filter((child) => child.parentSpanId === span.spanId).map((child) => spanRow(child, [])),
        ...logs.filter((log) => log.spanId === span.spanId).map(logRow),
        ...span.events.filter((event) => event.name === 'exception').map(exceptionRow),
      ]),
    };
  };
  const roots = spans
    .filter((span) => !ids.has(span.parentSpanId))
    .map((span) =>
      spanRow(span, span.parentSpanId === '' ? [] : [{ text: `  (parent ${span.parentSpanId} did not arrive)`, colour: 'red' }]),
    );
  return inTime([...roots, ...logs.filter((log) => !ids.has(log.spanId)).map(logRow)]);
}

function logRow(log: LogRecord): Row {
  return { atNano: timeOf(log), pieces: logPieces(log), colour: levelColour(log.severityNumber), rows: [] };
}

function exceptionRow(event: SpanRecord['events'][number]): Row {
  const type = textOf(event.attributes, 'exception.type') ?? 'exception';
  const message = textOf(event.attributes, 'exception.message') ?? '';
  return {
    atNano: event.timeUnixNano,
    pieces: [{ text: 'threw ', colour: 'red' }, { text: flatten(`${type}: ${message}`) }],
    colour: 'red',
    rows: [],
  };
}

/** A stretch shows as a bar of at least one column, a moment as a diamond, both at their place in the whole. */
function drawBar(row: Row, startNano: bigint, endNano: bigint, width: number): string {
  const total = Math.max(1, Number(endNano - startNano));
  const columnOf = (nano: bigint): number => (Number(nano - startNano) / total) * width;
  const from = Math.min(width - 1, Math.max(0, Math.floor(columnOf(row.atNano))));
  if (row.endNano === undefined) return `${' '.repeat(from)}◆`;
  const length = Math.min(width - from, Math.max(1, Math.round(columnOf(row.endNano) - columnOf(row.atNano))));
  return ' '.repeat(from) + '━'.repeat(length);
}

function servicesOf(spans: readonly SpanRecord[]): readonly string[] {
  const byTime = [...spans].sort((a, b) => Number(a.startTimeUnixNano - b.startTimeUnixNano));
  return [...new Set(byTime.map(serviceOf))];
}

function inTime(rows: readonly Row[]): readonly Row[] {
  return [...rows].sort((a, b) => (a.atNano < b.atNano ? -1 : a.atNano > b.atNano ? 1 : 0));
}

function timeOf(log: LogRecord): bigint {
  return log.timeUnixNano === 0n ? log.observedTimeUnixNano : log.timeUnixNano;
}

function minimum(values: readonly bigint[]): bigint {
  return values.reduce((least, value) => (value < least ? value : least), values[0] ?? 0n);
}

function maximum(values: readonly bigint[]): bigint {
  return values.reduce((most, value) => (value > most ? value : most), values[0] ?? 0n);
}
