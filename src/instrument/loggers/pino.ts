/**
 * pino: the finished JSON line of a record (redaction, serializers and formatters done) gains the trace's ids and becomes a log record.
 * Streams and transports stay as the app made them.
 */
import { getCallSites } from 'node:util';
import type { LogRecord } from '@opentelemetry/api';
import type { LogBridge, LogBridgeOptions } from './bridges.ts';
import { addTraceFields, sendRecord, severityOfNumber, toAttributes } from './log-record.ts';

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
      return disableLogCorrelation ? line : addTraceFields(line);
    };
  return {
    patches: {
      'pino/lib/tools.js': (exports) => {
        const tools = exports as { asJson: AsJson };
        tools.asJson = wrap(tools.asJson);
        return tools;
      },
      'pino/lib/transport.js': (exports) => rememberTargets(exports as CreateTransport),
    },
  };
}

// The message goes into the body; what every record repeats is the resource's or the record's own.
const LEFT_OUT = ['level', 'time', 'pid', 'hostname', 'trace_id', 'span_id', 'trace_flags'];

function readRecord(logger: PinoLogger, line: string, level: number): LogRecord {
  const { number, text } = severityOfNumber(level);
  return { severityNumber: number, severityText: logger.levels?.labels?.[level] ?? text, ...readLine(logger, line) };
}

function readLine(logger: PinoLogger, line: string): Pick<LogRecord, 'body' | 'attributes'> {
  let record: Record<string, unknown>;
  try {
    record = JSON.parse(line) as Record<string, unknown>;
  } catch {
    // pino writes `"msg":undefined` when a redaction removes the message
    return { body: line.trimEnd() };
  }
  const messageKey = String(symbolValue(logger, 'pino.messageKey') ?? 'msg');
  // Not the message as the app gave it, even when the line has none: a redaction may have removed it.
  const body = record[messageKey];
  return {
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

/** Streams whose lines the app sends itself. */
const senders = new WeakMap<object, boolean>();

type CreateTransport = (options: TransportOptions) => object;
interface TransportOptions {
  readonly caller?: string | readonly string[];
  readonly target?: unknown;
  readonly targets?: readonly TransportOptions[];
  readonly pipeline?: readonly TransportOptions[];
}

/** The stream that pino makes of a transport does not tell what it runs: it is remembered here. */
function rememberTargets(createTransport: CreateTransport): CreateTransport {
  return (options) => {
    // pino looks for a target beside the files that called it, which this one is not. Node.js 22.9+.
    const caller = (getCallSites as typeof getCallSites | undefined)?.()
      .slice(1)
      .map(({ scriptName }) => scriptName);
    const stream = createTransport({ ...(caller && { caller }), ...options });
    if (hasOwnTransport(options)) senders.set(stream, true);
    return stream;
  };
}

function hasOwnTransport({ target, targets, pipeline }: TransportOptions): boolean {
  return (typeof target === 'string' && OWN_TRANSPORTS.test(target)) || [...(targets ?? []), ...(pipeline ?? [])].some(hasOwnTransport);
}

function sendsItself(logger: PinoLogger): boolean {
  const stream = symbolValue(logger, 'pino.stream') as { streams?: readonly { stream?: unknown }[] } | undefined;
  if (typeof stream !== 'object' || stream === null) return false;
  const known = senders.get(stream);
  if (known !== undefined) return known;
  const all: readonly unknown[] = [stream, ...(stream.streams?.map((entry) => entry.stream) ?? [])];
  const result = all.some(
    (one) => typeof one === 'object' && one !== null && (senders.get(one) === true || OWN_TRANSPORTS.test(one.constructor.name)),
  );
  senders.set(stream, result);
  return result;
}
