/** The console, by a switch: what the app prints with it becomes log records, and a line printed inside a trace gains its ids. */
import { format } from 'node:util';
import { context } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import type { LogBridge, LogBridgeOptions } from './bridges.ts';
import { sendRecord, severityOfName, traceFields } from './log-record.ts';

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
        sendRecord('console', () => ({ severityNumber: severityOfName(method), severityText: method === 'log' ? 'info' : method, body: format(...args) }));
        busy = false;
      }
      const fields = quiet || disableLogCorrelation ? undefined : traceFields();
      if (fields) print(...args, `trace_id=${fields.trace_id} span_id=${fields.span_id} trace_flags=${fields.trace_flags}`);
      else print(...args);
    };
  }
  return { patches: {} };
}
