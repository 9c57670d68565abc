/** A log record -> its level, its message and its fields, as one line shows them. */

import type { LogRecord } from '../../../src/otlp/records.ts';
import type { Colour, Piece } from './text.ts';
import { formatAttribute, textOf } from './values.ts';

export const WARN = 13;
const ERROR = 17;

/** Fields that say what the line says already, or that need a page of their own. */
const hidden =
  /^(exception\.|error\.(message|stack)|err$|error$|code\.|log\.|trace_id$|span_id$|trace_flags$|timestamp$|time$|pid$|hostname$|level$|reqId$)/;

export function levelColour(severityNumber: number): Colour {
  if (severityNumber >= ERROR) return 'red';
  return severityNumber >= WARN ? 'yellow' : 'cyan';
}

/** `info`, `warn`, `error`…: the text that the logger gave, or the name of the number's range. */
export function levelName(log: LogRecord): string {
  if (log.severityText !== '') return log.severityText.toLowerCase();
  return ['trace', 'debug', 'info', 'warn', 'error', 'fatal'][Math.floor((log.severityNumber - 1) / 4)] ?? 'log';
}

/** The four parts of `error payment declined  PaymentDeclined: over the limit  orderId=7`; the last two may be empty. */
export function logPieces(log: LogRecord): readonly [level: Piece, message: Piece, error: Piece, fields: Piece] {
  const fields = Object.entries(log.attributes)
    .filter(([name]) => !hidden.test(name))
    .map(([name, value]) => `${name}=${formatAttribute(value)}`);
  const error = errorOf(log);
  return [
    { text: levelName(log).padEnd(5), colour: levelColour(log.severityNumber) },
    { text: ` ${formatAttribute(log.body ?? '')}` },
    { text: error === undefined ? '' : `  ${error}`, colour: 'red' },
    { text: fields.length === 0 ? '' : `  ${fields.join(' ')}`, colour: 'dim' },
  ];
}

function errorOf({ attributes }: LogRecord): string | undefined {
  const object = attributes['err'] ?? attributes['error'];
  const fields =
    typeof object === 'object' && object !== null && !Array.isArray(object) && !(object instanceof Uint8Array)
      ? (object as LogRecord['attributes'])
      : {};
  const type = textOf(attributes, 'exception.type', 'error.type') ?? textOf(fields, 'type', 'name');
  const message = textOf(attributes, 'exception.message', 'error.message') ?? textOf(fields, 'message');
  return type === undefined && message === undefined ? undefined : [type, message].filter((part) => part !== undefined).join(': ');
}
