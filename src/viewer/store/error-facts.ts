/** A span or a log record -> the error that it tells of, if any. */
import type { AttributeValue, Attributes, LogRecord, SpanRecord } from '../../otlp/records.ts';
import type { ErrorFacts } from './fingerprint.ts';

/** The exception that was recorded on the span last, else its error status. */
export function errorOfSpan(span: SpanRecord): ErrorFacts | undefined {
  const exception = span.events.findLast(({ name }) => name === 'exception');
  if (exception !== undefined) return exceptionOf(exception.attributes);
  if (span.status.code !== 'error') return undefined;
  const type = textOf(span.attributes['error.type']) || textOf(span.attributes['http.response.status_code']) || 'error';
  return { type, message: span.status.message || `${span.name} failed` };
}

export function errorOfLog({ attributes }: LogRecord): ErrorFacts | undefined {
  return attributes['exception.type'] === undefined && attributes['exception.message'] === undefined ? undefined : exceptionOf(attributes);
}

function exceptionOf(attributes: Attributes): ErrorFacts {
  const stack = textOf(attributes['exception.stacktrace']);
  return {
    type: textOf(attributes['exception.type']) || 'Error',
    message: textOf(attributes['exception.message']),
    ...(stack === '' ? {} : { stack }),
  };
}

function textOf(value: AttributeValue | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
