/** What the bridges share: severities, the active trace's ids as fields, and any JavaScript value -> a log attribute. */
import { SeverityNumber, context, isSpanContextValid, trace } from '@opentelemetry/api';
import type { AnyValue, Context } from '@opentelemetry/api';

/** The fields that a printed line gains; names after https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/. */
export interface TraceFields {
  readonly trace_id: string;
  readonly span_id: string;
  readonly trace_flags: string;
}

/** The active span's ids, undefined outside a trace. */
export function traceFields(from: Context = context.active()): TraceFields | undefined {
  const spanContext = trace.getSpanContext(from);
  if (!spanContext || !isSpanContextValid(spanContext)) return undefined;
  return { trace_id: spanContext.traceId, span_id: spanContext.spanId, trace_flags: spanContext.traceFlags.toString(16).padStart(2, '0') };
}

/** Names that loggers use for levels, npm's and syslog's alike. https://opentelemetry.io/docs/specs/otel/logs/data-model-appendix/ */
const SEVERITIES: Readonly<Record<string, SeverityNumber>> = {
  silly: SeverityNumber.TRACE,
  trace: SeverityNumber.TRACE,
  debug: SeverityNumber.DEBUG,
  verbose: SeverityNumber.DEBUG2,
  http: SeverityNumber.DEBUG3,
  log: SeverityNumber.INFO,
  info: SeverityNumber.INFO,
  notice: SeverityNumber.INFO2,
  warn: SeverityNumber.WARN,
  warning: SeverityNumber.WARN,
  error: SeverityNumber.ERROR,
  err: SeverityNumber.ERROR,
  crit: SeverityNumber.ERROR2,
  critical: SeverityNumber.ERROR2,
  alert: SeverityNumber.ERROR3,
  fatal: SeverityNumber.FATAL,
  emerg: SeverityNumber.FATAL,
};

export function severityOfName(level: string): SeverityNumber {
  return SEVERITIES[level.toLowerCase()] ?? SeverityNumber.UNSPECIFIED;
}

const BUNYAN_NAMES = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

/** The numeric levels that bunyan and pino share (10 trace ... 60 fatal); values between count as the level below, one up. */
export function severityOfNumber(level: number): { readonly number: SeverityNumber; readonly text: string } {
  const step = Math.min(Math.max(Math.floor(level / 10), 1), 6);
  const name = BUNYAN_NAMES[step - 1] ?? 'info';
  const between = level > step * 10 && level < 70 ? 1 : 0;
  return { number: severityOfName(name) + between, text: name };
}

const MAX_DEPTH = 6;

/** Makes any value fit for a log attribute: errors become maps, dates ISO text, functions and cycles go. */
export function toAnyValue(value: unknown, depth = 0): AnyValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return value.toString();
    case 'object': {
      if (value === null) return null;
      if (value instanceof Uint8Array) return value;
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
      if (depth >= MAX_DEPTH) return '[deeper]';
      if (value instanceof Error) return { type: value.name, message: value.message, stack: value.stack };
      if (Array.isArray(value)) return value.map((item) => toAnyValue(item, depth + 1));
      const { toJSON } = value as { toJSON?: unknown };
      if (typeof toJSON === 'function') return toAnyValue((toJSON as () => unknown).call(value), depth + 1);
      return toAttributes(value as Record<string, unknown>, NONE, depth + 1);
    }
    default:
      return undefined;
  }
}

const NONE: ReadonlySet<string> = new Set();

/** The fields of a record as attributes, less `left out`; an error among them also gives the `exception.*` attributes. */
export function toAttributes(fields: Readonly<Record<string, unknown>>, leftOut: ReadonlySet<string>, depth = 0): Record<string, AnyValue> {
  const attributes: Record<string, AnyValue> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (leftOut.has(key)) continue;
    const converted = toAnyValue(value, depth);
    if (converted !== undefined) attributes[key] = converted;
    if (depth === 0 && (key === 'err' || key === 'error' || key === 'exception')) Object.assign(attributes, exceptionAttributes(value));
  }
  return attributes;
}

function exceptionAttributes(value: unknown): Record<string, AnyValue> {
  if (typeof value !== 'object' || value === null) return {};
  // An Error, or what a logger's serializer made of one.
  const { name, type, message, stack } = value as Readonly<Record<string, unknown>>;
  if (typeof message !== 'string' || typeof stack !== 'string') return {};
  return { 'exception.type': typeof type === 'string' ? type : String(name ?? 'Error'), 'exception.message': message, 'exception.stacktrace': stack };
}
