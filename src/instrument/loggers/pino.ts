/**
 * pino: the finished JSON line of a record (redaction, serializers and formatters done) gains the trace's ids and becomes a log record.
 * Streams and transports stay as the app made them.
 */
import type { LogRecord } from '@opentelemetry/api';
import type { LogBridge, LogBridgeOptions } from './bridges.ts';
import { sendRecord, severityOfNumber, toAttributes, traceFields } from './log-record.ts';

type AsJson = (this: PinoLogger, obj: unknown, message: unknown, level: number, time: string) => string;
interface PinoLogger extends Readonly<Record<symbol, unknown>> {
  readonly levels?: { readonly labels?: Readonly<Record<number, string>> };
}

/** Transports with which an app sends its logs over OTLP itself. */
const OWN_TRANSPORTS = /pino-opentelemetry-transport|OTelPinoStream/;

export function pinoBridge({ disableLogSending = false, disableLogCorrelation = false }: LogBridgeOptions): LogBridge {
  const wrap = (asJson: AsJson): AsJson =>
    function (obj, message, level, time) {
      const line = asJson.call(this, obj, message, level, time);
      if (!disableLogSending) sendRecord('pino', () => (sendsItself(this) ? undefined : readRecord(this, line, level)));
      return disableLogCorrelation ? line : withTraceFields(line);
    };
  return {
    patches: {
      'pino/lib/tools.js': (exports) => {
        const tools = exports as { asJson: AsJson };
        tools.asJson = wrap(tools.asJson);
        return tools;
      },
    },
  };
}

function withTraceFields(line: string): string {
  const fields = traceFields();
  const end = line.lastIndexOf('}');
  if (!fields || end < 1 || line.includes('"trace_id":"' + fields.trace_id)) return line;
  const comma = line[end - 1] === '{' ? '' : ',';
  return `${line.slice(0, end)}${comma}"trace_id":"${fields.trace_id}","span_id":"${fields.span_id}","trace_flags":"${fields.trace_flags}"${line.slice(end)}`;
}

// The message goes into the body; what every record repeats is the resource's or the record's own.
const LEFT_OUT = ['level', 'time', 'pid', 'hostname', 'trace_id', 'span_id', 'trace_flags'];

function readRecord(logger: PinoLogger, line: string, level: number): LogRecord {
  const record = JSON.parse(line) as Record<string, unknown>;
  const messageKey = String(symbolValue(logger, 'pino.messageKey') ?? 'msg');
  const { number, text } = severityOfNumber(level);
  // Not the message as the app gave it, even when the line has none: a redaction may have removed it.
  const body = record[messageKey];
  return {
    severityNumber: number,
    severityText: logger.levels?.labels?.[level] ?? text,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    attributes: toAttributes(record, new Set([...LEFT_OUT, messageKey])),
  };
}

const known = new Map<string, symbol>();

/** pino keeps its settings under symbols of its own; they are found by description, anywhere up the chain of child loggers. */
function symbolValue(logger: PinoLogger, description: string): unknown {
  const symbol = known.get(description);
  if (symbol && logger[symbol] !== undefined) return logger[symbol];
  for (let at: object | null = logger; at; at = Object.getPrototypeOf(at) as object | null) {
    const found = Object.getOwnPropertySymbols(at).find((candidate) => candidate.description === description);
    if (found) {
      known.set(description, found);
      return logger[found];
    }
  }
  return undefined;
}

const senders = new WeakMap<object, boolean>();

function sendsItself(logger: PinoLogger): boolean {
  const stream = symbolValue(logger, 'pino.stream') as { streams?: readonly { stream?: unknown }[]; worker?: unknown } | undefined;
  if (typeof stream !== 'object' || stream === null) return false;
  const cached = senders.get(stream);
  if (cached !== undefined) return cached;
  const all: readonly unknown[] = [stream, ...(stream.streams?.map((entry) => entry.stream) ?? [])];
  const result = all.some((one) => OWN_TRANSPORTS.test(describeStream(one)));
  senders.set(stream, result);
  return result;
}

function describeStream(stream: unknown): string {
  if (typeof stream !== 'object' || stream === null) return '';
  const { constructor, filename, workerData } = stream as { constructor?: { name?: string }; filename?: unknown; workerData?: unknown };
  return `${constructor?.name ?? ''} ${String(filename ?? '')} ${describeTargets(workerData)}`;
}

function describeTargets(workerData: unknown): string {
  if (typeof workerData !== 'object' || workerData === null) return '';
  const { target, targets } = workerData as { target?: unknown; targets?: readonly { target?: unknown }[] };
  return [target, ...(Array.isArray(targets) ? targets.map((one: { target?: unknown }) => one.target) : [])].map(String).join(' ');
}
