/** The console, by a switch: what the app prints with it becomes log records, and a line printed inside a trace gains its ids. */
import { format } from 'node:util';
import { context } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { LogBridge, LogBridgeOptions } from './bridges.ts';
import { addTraceFields, sendRecord, severityOfName, traceFields } from './log-record.ts';

const METHODS = ['trace', 'debug', 'log', 'info', 'warn', 'error'] as const;

export function consoleBridge({ disableLogSending = false, disableLogCorrelation = false }: LogBridgeOptions): LogBridge {
  // What a record's own export prints must not become a record again.
  let busy = false;
  for (const method of METHODS) {
    const print = console[method].bind(console);
    console[method] = (...args: unknown[]): void => {
      const quiet = busy || isTracingSuppressed(context.active());
      if (!quiet && !disableLogSending) {
        busy = true;
        sendRecord('console', () => ({
          severityNumber: severityOfName(method),
          severityText: method === 'log' ? 'info' : method,
          body: format(...args),
        }));
        busy = false;
      }
      print(...(quiet || disableLogCorrelation ? args : withTraceFields(args)));
    };
  }
  return { patches: {} };
}

/** A line of JSON stays one, a drawing (a table, a text of several lines) stays as it is, anything else gets the ids at its end. */
function withTraceFields(args: readonly unknown[]): readonly unknown[] {
  const fields = traceFields();
  if (!fields) return args;
  const ids = `trace_id=${fields.trace_id} span_id=${fields.span_id} trace_flags=${fields.trace_flags}`;
  const [line] = args;
  if (args.length !== 1 || typeof line !== 'string') return [...args, ids];
  if (line.startsWith('{') && line.endsWith('}')) return [addTraceFields(line)];
  return line.includes('\n') ? args : [`${line} ${ids}`];
}
