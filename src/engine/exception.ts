/** What an app throws -> the attributes of an exception. https://opentelemetry.io/docs/specs/semconv/exceptions/exceptions-spans/ */

/** Undefined when it has neither a type nor a message. Reads carefully: a property may be a getter that throws. */
export function exceptionAttributes(exception: unknown): Record<string, string> | undefined {
  if (typeof exception === 'string') return exception === '' ? undefined : { 'exception.message': exception };
  if ((typeof exception !== 'object' && typeof exception !== 'function') || exception === null) return undefined;
  const type = read(exception, 'code') ?? read(exception, 'name');
  const message = read(exception, 'message');
  if (type === undefined && message === undefined) return undefined;
  const stack = read(exception, 'stack');
  return {
    ...(type !== undefined && { 'exception.type': type }),
    ...(message !== undefined && { 'exception.message': message }),
    ...(stack !== undefined && { 'exception.stacktrace': stack }),
  };
}

function read(from: object, key: string): string | undefined {
  try {
    const value = (from as Readonly<Record<string, unknown>>)[key];
    return value ? String(value) : undefined;
  } catch {
    return undefined;
  }
}
