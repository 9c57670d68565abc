/**
 * winston 3: every record that some transport would write becomes a log record, after the logger's own formats (redaction included); the app's printed
 * record gains the trace's ids. No transport is added, so nothing of winston's own behaviour changes.
 */
import { context } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import type { LogBridge, LogBridgeOptions } from './bridges.ts';
import { exceptionOfStack, sendRecord, severityOfName, toAnyValue, toAttributes, traceFields } from './log-record.ts';
import type { TraceFields } from './log-record.ts';

interface Info extends Record<string | symbol, unknown> {
  level: string;
  message: unknown;
}
interface Transport {
  readonly level?: string;
  readonly silent?: boolean;
}
interface Logger {
  readonly level: string;
  readonly levels: Readonly<Record<string, number>>;
  readonly transports: readonly Transport[];
  write(this: Logger, info: Info, ...rest: unknown[]): boolean;
  _transform(this: Logger, info: Info, ...rest: unknown[]): void;
  push(this: Logger, info: Info | false | null, ...rest: unknown[]): boolean;
}

// triple-beam's, which winston keeps the level under while formats may change `info.level`.
const LEVEL = Symbol.for('level');
const LEFT_OUT: ReadonlySet<string> = new Set(['level', 'message', 'stack', 'trace_id', 'span_id', 'trace_flags']);
/** The OpenTelemetry transport of an app that sends its logs itself. */
const OWN_TRANSPORT = 'OpenTelemetryTransportV3';

export function winstonBridge({ disableLogSending = false, disableLogCorrelation = false }: LogBridgeOptions): LogBridge {
  /** Of the caller, by record: winston may format a record later, when the stream drains. */
  const contexts = new WeakMap<Info, Context>();

  const patch = (exports: unknown): unknown => {
    const { prototype } = exports as { prototype: Logger };
    const { write, push, _transform: transform } = prototype;
    prototype.write = function (info, ...rest) {
      return write.call(this, typeof info === 'object' && info !== null ? withContext(info) : info, ...rest);
    };
    prototype._transform = function (info, ...rest) {
      const caller = contexts.get(info) ?? context.active();
      return caller === context.active()
        ? transform.call(this, info, ...rest)
        : context.with(caller, () => transform.call(this, info, ...rest));
    };
    if (!disableLogSending) {
      prototype.push = function (info, ...rest) {
        if (info && isWritten(this, info)) send(info);
        return push.call(this, info, ...rest);
      };
    }
    return exports;
  };

  const withContext = (info: Info): Info => {
    const active = context.active();
    const fields = disableLogCorrelation ? undefined : traceFields(active);
    const own = fields ? copyWith(info, fields) : info;
    contexts.set(own, active);
    return own;
  };

  return { patches: { 'winston/lib/winston/logger.js': patch } };
}

/** The object may be the caller's own, so it is not written to. The copy of an error is an error too, since formats look at what it is. */
function copyWith(info: Info, fields: TraceFields): Info {
  if (!(info instanceof Error)) return { ...info, ...fields };
  const copy = Object.create(Object.getPrototypeOf(info) as object, Object.getOwnPropertyDescriptors(info)) as Info & Error;
  // V8 may keep the stack in a place that a copy does not have.
  Object.defineProperty(copy, 'stack', { value: info.stack, writable: true, configurable: true });
  return Object.assign(copy, fields);
}

/** Would any transport write this record? And is it not sent already by the app's own OpenTelemetry transport? */
function isWritten({ level, levels, transports }: Logger, info: Info): boolean {
  const rank = levels[(info[LEVEL] as string | undefined) ?? info.level];
  if (rank === undefined) return true;
  const passes = (threshold: string): boolean => (levels[threshold] ?? Infinity) >= rank;
  if (transports.length === 0) return passes(level);
  if (transports.some(({ constructor }) => constructor.name === OWN_TRANSPORT)) return false;
  return transports.some((transport) => !transport.silent && passes(transport.level ?? level));
}

function send(info: Info): void {
  const level = (info[LEVEL] as string | undefined) ?? info.level;
  sendRecord('winston', () => ({
    severityNumber: severityOfName(level),
    severityText: level,
    body: toAnyValue(info.message),
    attributes: { ...toAttributes(info, LEFT_OUT), ...(typeof info['stack'] === 'string' && exceptionOfStack(info['stack'])) },
  }));
}
