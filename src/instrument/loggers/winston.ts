/**
 * winston 3: every record that some transport would write becomes a log record, after the logger's own formats (redaction included); the app's printed
 * record gains the trace's ids. No transport is added, so nothing of winston's own behaviour changes.
 */
import { context } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import type { LogBridge, LogBridgeOptions } from './bridges.ts';
import { exceptionOfStack, loggerOf, severityOfName, toAnyValue, toAttributes, traceFields } from './log-record.ts';
import type { TraceFields } from './log-record.ts';

interface Info extends Record<string | symbol, unknown> {
  level: string;
  message: unknown;
  readonly stack?: unknown;
}
interface Transport {
  readonly level?: string;
  readonly silent?: boolean;
}
interface Logger {
  readonly level: string;
  readonly levels: Readonly<Record<string, number>>;
  readonly transports: readonly Transport[];
  write(this: Logger, info: Info, encoding?: unknown, callback?: unknown): boolean;
  _transform(this: Logger, info: Info, encoding: unknown, callback: unknown): void;
  push(this: Logger, info: Info | false | null, encoding?: unknown): boolean;
}

// triple-beam's, which winston keeps the level under while formats may change `info.level`.
const LEVEL = Symbol.for('level');
const SCOPE = 'winston';
const LEFT_OUT: ReadonlySet<string> = new Set(['level', 'message', 'stack', 'trace_id', 'span_id', 'trace_flags']);
/** The OpenTelemetry transport of an app that sends its logs itself. */
const OWN_TRANSPORT = 'OpenTelemetryTransportV3';

export function winstonBridge({ disableLogSending = false, disableLogCorrelation = false }: LogBridgeOptions): LogBridge {
  /** Of the caller, by record: winston formats a record later when it waits for the stream to drain. */
  const contexts = new WeakMap<Info, Context>();
  /** The record that is being written: mostly it is formatted at once, and its context need not be kept. */
  let current: Info | undefined;

  const patch = (exports: unknown): unknown => {
    const { prototype } = exports as { prototype: Logger };
    const { write, push, _transform: transform } = prototype;
    prototype.write = function (info, encoding, callback) {
      if (typeof info !== 'object' || info === null) return write.call(this, info, encoding, callback);
      const active = context.active();
      const fields = disableLogCorrelation ? undefined : traceFields(active);
      const own = fields ? copyWith(info, fields) : info;
      const outer = current;
      current = own;
      try {
        return write.call(this, own, encoding, callback);
      } finally {
        if (current === own) contexts.set(own, active);
        current = outer;
      }
    };
    prototype._transform = function (info, encoding, callback) {
      if (info === current) {
        current = undefined;
        transform.call(this, info, encoding, callback);
        return;
      }
      const caller = contexts.get(info);
      if (caller === undefined || caller === context.active()) transform.call(this, info, encoding, callback);
      else context.with(caller, () => transform.call(this, info, encoding, callback));
    };
    if (!disableLogSending) {
      prototype.push = function (info, encoding) {
        if (info && isWritten(this, info)) send(info);
        return push.call(this, info, encoding);
      };
    }
    return exports;
  };

  return { patches: { 'winston/lib/winston/logger.js': patch } };
}

/** The object may be the caller's own, so it is not written to. The copy of an error is an error too, since formats look at what it is. */
function copyWith(info: Info, { trace_id, span_id, trace_flags }: TraceFields): Info {
  if (!(info instanceof Error)) return { ...info, trace_id, span_id, trace_flags };
  const copy = Object.create(Object.getPrototypeOf(info) as object, Object.getOwnPropertyDescriptors(info)) as Info & Error;
  // V8 may keep the stack in a place that a copy does not have.
  Object.defineProperty(copy, 'stack', { value: info.stack, writable: true, configurable: true });
  return Object.assign(copy, { trace_id, span_id, trace_flags });
}

/** Would any transport write this record? And is it not sent already by the app's own OpenTelemetry transport? */
function isWritten({ level, levels, transports }: Logger, info: Info): boolean {
  const rank = levels[levelOf(info)];
  if (rank === undefined) return true;
  if (transports.length === 0) return (levels[level] ?? Infinity) >= rank;
  let written = false;
  for (const transport of transports) {
    if (transport.constructor.name === OWN_TRANSPORT) return false;
    written ||= !transport.silent && (levels[transport.level ?? level] ?? Infinity) >= rank;
  }
  return written;
}

function levelOf(info: Info): string {
  return (info[LEVEL] as string | undefined) ?? info.level;
}

function send(info: Info): void {
  try {
    const level = levelOf(info);
    const { message, stack } = info;
    const attributes = toAttributes(info, LEFT_OUT);
    if (typeof stack === 'string') Object.assign(attributes, exceptionOfStack(stack));
    loggerOf(SCOPE).emit({ severityNumber: severityOfName(level), severityText: level, body: toAnyValue(message), attributes });
  } catch {
    // What the app logs may throw when it is read: that costs the record. The app's own line is written all the same.
  }
}
