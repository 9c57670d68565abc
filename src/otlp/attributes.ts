/** Turns key-value messages into plain attribute records, and the resource and scope that stand around every record. */
import type { Attributes, AttributeValue, Resource, Scope } from './records.ts';
import type { Message } from './schema.ts';

/** Of a key that occurs twice the last value counts; an attribute without a value is null. */
export function toAttributes(pairs: readonly Message<'KeyValue'>[] = []): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  for (const { key = '', value } of pairs) {
    if (key === '__proto__') defineOwn(attributes, key, toAttributeValue(value));
    else attributes[key] = toAttributeValue(value);
  }
  return attributes;
}

/** Integers are numbers as long as they are safe, bigints beyond. An empty value is null. */
export function toAttributeValue(value: Message<'AnyValue'> | undefined): AttributeValue {
  if (value === undefined) return null;
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.intValue !== undefined) return value.intValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.doubleValue !== undefined) return value.doubleValue;
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(toAttributeValue);
  if (value.kvlistValue !== undefined) return toAttributes(value.kvlistValue.values);
  return value.bytesValue ?? null;
}

export function toResource(resource: Message<'Resource'> | undefined, schemaUrl: string | undefined): Resource {
  return {
    attributes: toAttributes(resource?.attributes),
    droppedAttributesCount: resource?.droppedAttributesCount ?? 0,
    ...(schemaUrl ? { schemaUrl } : {}),
  };
}

export function toScope(scope: Message<'InstrumentationScope'> | undefined, schemaUrl: string | undefined): Scope {
  return {
    name: scope?.name ?? '',
    version: scope?.version ?? '',
    attributes: toAttributes(scope?.attributes),
    droppedAttributesCount: scope?.droppedAttributesCount ?? 0,
    ...(schemaUrl ? { schemaUrl } : {}),
  };
}

/** An id of zeros says, as an absent one does, that there is none. */
export function toOptionalId(id: string | undefined): string {
  return id === undefined || /^0*$/.test(id) ? '' : id;
}

/** Assigning to `__proto__` would replace the prototype instead of adding a key. */
function defineOwn(target: object, key: string, value: AttributeValue): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}
