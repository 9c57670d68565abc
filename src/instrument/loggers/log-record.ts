/** What the bridges share: severities, the active trace's ids as fields, and any JavaScript value -> a log attribute. */
import { Identity } from '../../engine/ids.ts';
import { SeverityNumber, context, isSpanContextValid, logs, trace } from '@opentelemetry/api';
import type { AnyValue, Context, LogRecord, Logger, LoggerProvider } from '@opentelemetry/api';

const { getSpan } = trace;

/** The fields that a printed line gains; names after https://opentelemetry.io/docs/specs/otel/compatibility/logging_trace_context/. */
export interface TraceFields {
  readonly trace_id: string;
  readonly span_id: string;
  readonly trace_flags: string;
}

/** The active span's ids, undefined outside a trace. */
export function traceFields(from: Context = context.active()): TraceFields | undefined {
  const span = getSpan(from);
  if (span === undefined) return undefined;
  const { traceId, spanId, traceFlags } = span.spanContext();
  // An id of ours is valid; the API's check is two regular expressions.
  if (!(span instanceof Identity) && !isSpanContextValid({ traceId, spanId, traceFlags })) return undefined;
  return { trace_id: traceId, span_id: spanId, trace_flags: traceFlags === 1 ? '01' : traceFlags.toString(16).padStart(2, '0') };
}

/** A line of JSON with the active span's ids as its last fields; the line itself outside a trace, or when it has the ids already. */
export function addTraceFields(line: string): string {
  const fields = traceFields();
  const end = line.lastIndexOf('}');
  if (!fields || end < 1 || line.includes(`"trace_id":"${fields.trace_id}"`)) return line;
  const comma = line[end - 1] === '{' ? '' : ',';
  return `${line.slice(0, end)}${comma}"trace_id":"${fields.trace_id}","span_id":"${fields.span_id}","trace_flags":"${fields.trace_flags}"${line.slice(end)}`;
}

/** Names that loggers use for levels, npm's and syslog's alike. https://opentelemetry.io/docs/specs/otel/logs/data-model-appendix/ */
const SEVERITIES: ReadonlyMap<string, SeverityNumber> = new Map(
  Object.entries({
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
  }),
);

export function severityOfName(level: string): SeverityNumber {
  return SEVERITIES.get(level) ?? SEVERITIES.get(level.toLowerCase()) ?? SeverityNumber.UNSPECIFIED;
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
/** Values of one record. An app may log its request object, from which half of the process can be reached. */
const MAX_VALUES = 1000;

/** How far a conversion has come: what is above the current value, and how many values may follow. */
interface Progress {
  readonly above: object[];
  left: number;
}

/** Makes any value fit for a log attribute: errors become maps, dates ISO text; functions go, and so does what is circular, too deep or too much. */
export function toAnyValue(value: unknown): AnyValue {
  return typeof value === 'string' ? value : convert(value, { above: [], left: MAX_VALUES });
}

function convert(value: unknown, progress: Progress): AnyValue {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return value.toString();
    case 'object':
      return value === null ? null : convertObject(value, progress);
    default:
      return undefined;
  }
}

function convertObject(value: object, progress: Progress): AnyValue {
  if (value instanceof Uint8Array) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Error) return { type: value.name, message: value.message, stack: value.stack };
  if (progress.above.includes(value)) return '[circular]';
  if (progress.above.length >= MAX_DEPTH) return '[deeper]';
  progress.above.push(value);
  try {
    if (Array.isArray(value)) return takeWhile(value, progress, (item: unknown) => convert(item, progress));
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === 'function') return convert((toJSON as () => unknown).call(value), progress);
    const entries = takeWhile(
      Object.keys(value),
      progress,
      (key) => [key, convert((value as Record<string, unknown>)[key], progress)] as const,
    );
    return Object.fromEntries(entries.filter(([, converted]) => converted !== undefined));
  } finally {
    progress.above.pop();
  }
}

function takeWhile<T, R>(items: readonly T[], progress: Progress, work: (item: T) => R): R[] {
  const results: R[] = [];
  for (const item of items) {
    if (progress.left-- <= 0) break;
    results.push(work(item));
  }
  return results;
}

/** The fields of a record as attributes, less `left out`; an error among them also gives the `exception.*` attributes. */
export function toAttributes(fields: Readonly<Record<string, unknown>>, leftOut: ReadonlySet<string>): Record<string, AnyValue> {
  const attributes: Record<string, AnyValue> = {};
  let progress: Progress | undefined;
  for (const key of Object.keys(fields)) {
    if (leftOut.has(key)) continue;
    const value = fields[key];
    const converted = typeof value === 'string' ? value : convert(value, (progress ??= { above: [], left: MAX_VALUES }));
    if (converted !== undefined) attributes[key] = converted;
    if (key === 'err' || key === 'error' || key === 'exception') Object.assign(attributes, exceptionAttributes(value));
  }
  return attributes;
}

/** Of an Error, or of what a logger's serializer made of one. https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-logs/ */
function exceptionAttributes(value: unknown): Record<string, AnyValue> {
  if (typeof value !== 'object' || value === null) return {};
  const { name, type, message, stack } = value as Readonly<Record<string, unknown>>;
  if (typeof message !== 'string' || typeof stack !== 'string') return {};
  return {
    'exception.type': typeof type === 'string' ? type : String(name ?? 'Error'),
    'exception.message': message,
    'exception.stacktrace': stack,
  };
}

/** Of a stack alone, which begins with the error's name and message. */
export function exceptionOfStack(stack: string): Record<string, AnyValue> {
  const at = stack.search(/\n\s+at /);
  const [, type = 'Error', message = ''] = /^([\w$.]+)(?: \[\w+\])?(?:: ([^]*))?$/.exec(at < 0 ? stack : stack.slice(0, at)) ?? [];
  return { 'exception.type': type, 'exception.message': message, 'exception.stacktrace': stack };
}

/** Whose loggers are kept: an app may set a provider of its own. */
let provider: LoggerProvider | undefined;
const loggers = new Map<string, Logger>();

/** The logger of a scope, of the provider that is the global one now. */
export function loggerOf(scope: string): Logger {
  const current = logs.getLoggerProvider();
  if (current !== provider) {
    provider = current;
    loggers.clear();
  }
  let logger = loggers.get(scope);
  if (logger === undefined) loggers.set(scope, (logger = current.getLogger(scope)));
  return logger;
}

/**
 * Hands a record, unless there is none, to the logs API. What the app logs may throw when it is read (a getter, a `toJSON`): that costs the record
 * and nothing else.
 */
export function sendRecord(scope: string, read: () => LogRecord | undefined): void {
  try {
    const record = read();
    if (record) loggerOf(scope).emit(record);
  } catch {
    // the app's own line is written all the same
  }
}
