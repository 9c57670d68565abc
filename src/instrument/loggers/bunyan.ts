/** bunyan 1 and 2: a record on its way to the streams gains the trace's ids and becomes a log record. */
import type { LogBridge, LogBridgeOptions } from './bridges.ts';
import { sendRecord, severityOfNumber, toAnyValue, toAttributes, traceFields } from './log-record.ts';

interface Logger {
  readonly streams?: readonly { readonly stream?: unknown }[];
  _emit(this: Logger, record: Record<string, unknown>, onlyText?: boolean): string | undefined;
}

const LEFT_OUT: ReadonlySet<string> = new Set(['v', 'level', 'msg', 'time', 'pid', 'hostname', 'trace_id', 'span_id', 'trace_flags']);
/** The OpenTelemetry stream of an app that sends its logs itself. */
const OWN_STREAM = 'OpenTelemetryBunyanStream';

export function bunyanBridge({ disableLogSending = false, disableLogCorrelation = false }: LogBridgeOptions): LogBridge {
  return {
    patches: {
      bunyan: (exports) => {
        const { prototype } = exports as { prototype: Logger };
        const { _emit: emitRecord } = prototype;
        prototype._emit = function (record, onlyText) {
          if (!disableLogCorrelation) Object.assign(record, traceFields());
          if (!onlyText && !disableLogSending && !this.streams?.some(({ stream }) => stream?.constructor.name === OWN_STREAM)) send(record);
          return emitRecord.call(this, record, onlyText);
        };
        return exports;
      },
    },
  };
}

function send(record: Record<string, unknown>): void {
  sendRecord('bunyan', () => {
    const { number, text } = severityOfNumber(Number(record['level']));
    const time = record['time'];
    return {
      ...(time instanceof Date && { timestamp: time }),
      severityNumber: number,
      severityText: text,
      body: toAnyValue(record['msg']),
      attributes: toAttributes(record, LEFT_OUT),
    };
  });
}
