/**
 * winston 3: every record that some transport would write becomes a log record, after the logger's own formats (redaction included); the app's printed
 * record gains the trace's ids. No transport is added, so nothing of winston's own behaviour changes.
 */
import { context, logs } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import type { LogBridge, LogBridgeOptions } from './bridges.ts';
import { severityOfName, toAnyValue, toAttributes, traceFields } from './log-record.ts';

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
  push(this: Logger, info: Info | false | null, ...rest: unknown[]): boolean;
}

// triple-beam's, which winston keeps the level under while formats may change `info.level`.
const LEVEL = Symbol.for('level');
/** Carries the context from the caller to the formatted record: winston may transform later, when the stream drains. */
const CONTEXT = Symbol('otelier.context');
const LEFT_OUT: ReadonlySet<string> = new Set(['level', 'message', 'trace_id', 'span_id', 'trace_flags']);
/** The OpenTelemetry transport of an app that sends its logs itself. */
const OWN_TRANSPORT = 'OpenTelemetryTransportV3';

export function winstonBridge({ disableLogSending = false, disableLogCorrelation = false }: LogBridgeOptions): LogBridge {
  const patch = (exports: unknown): unknown => {
    const { prototype } = exports as { prototype: Logger };
    const { write, push } = prototype;
    prototype.write = function (info, ...rest) {
      return write.call(this, typeof info === 'object' && info !== null ? withContext(info) : info, ...rest);
    };
    if (!disableLogSending) {
      prototype.push = function (info, ...rest) {
        if (info && isWritten(this, info)) emit(info);
        return push.call(this, info, ...rest);
      };
    }
    return exports;
  };

  const withContext = (info: Info): Info => {
    const active = context.active();
    const fields = disableLogCorrelation ? undefined : traceFields(active);
    // A copy, since the object may be the caller's own; an Error stays itself because formats look at what it is.
    if (info instanceof Error) return Object.assign(info, fields, { [CONTEXT]: active });
    return Object.assign({}, info, fields, { [CONTEXT]: active });
  };

  return { patches: { 'winston/lib/winston/logger.js': patch } };
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

function emit(info: Info): void {
  const level = (info[LEVEL] as string | undefined) ?? info.level;
  logs.getLogger('winston').emit({
    severityNumber: severityOfName(level),
    severityText: level,
    body: toAnyValue(info.message),
    attributes: toAttributes(info as Record<string, unknown>, LEFT_OUT),
    context: (info[CONTEXT] as Context | undefined) ?? context.active(),
  });
}
