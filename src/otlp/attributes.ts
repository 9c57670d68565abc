/** Turns key-value messages into plain attribute records, and the resource and scope that stand around every record. */
import type { Attributes, AttributeValue, Resource, Scope } from './records.ts';
import type { Message } from './schema.ts';

/**
 * Doubles that hold a whole number, by the record or list they stand in: as numbers they are like integers. Beside the records, because hardly anyone
 * needs to know.
 */
const wholeDoubles = new WeakMap<object, Set<string>>();

/** Whether a number of such a record or list was sent as a double although it is whole. Others tell it themselves: only integers are safe ones. */
export function isWholeDouble(container: object, key: string | number): boolean {
  return wholeDoubles.get(container)?.has(String(key)) ?? false;
}

export function hasWholeDoubles(container: object): boolean {
  return wholeDoubles.has(container);
}

const isWhole = (value: Message<'AnyValue'> | undefined): boolean =>
  value?.doubleValue !== undefined && Number.isSafeInteger(value.doubleValue);

/** For a value that stands in a record of another kind than attributes. */
export function noteDouble(container: object, key: string, value: Message<'AnyValue'> | undefined): void {
  if (isWhole(value)) wholeDoubles.set(container, new Set([key]));
}

/** Of a key that occurs twice the last value counts; an attribute without a value is null. */
export function toAttributes(pairs: readonly Message<'KeyValue'>[] = []): Attributes {
  const attributes: Record<string, AttributeValue> = {};
  let doubles: Set<string> | undefined;
  for (const { key = '', value } of pairs) {
    if (key === '__proto__') defineOwn(attributes, key, toAttributeValue(value));
    else attributes[key] = toAttributeValue(value);
    if (isWhole(value)) (doubles ??= new Set()).add(key);
    else doubles?.delete(key);
  }
  if (doubles !== undefined) wholeDoubles.set(attributes, doubles);
  return attributes;
}

/** Integers are numbers as long as they are safe, bigints beyond. An empty value is null. */
export function toAttributeValue(value: Message<'AnyValue'> | undefined): AttributeValue {
  if (value === undefined) return null;
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.intValue !== undefined) return value.intValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.doubleValue !== undefined) return value.doubleValue;
  if (value.arrayValue !== undefined) return toList(value.arrayValue.values);
  if (value.kvlistValue !== undefined) return toAttributes(value.kvlistValue.values);
  return value.bytesValue ?? null;
}

function toList(values: readonly Message<'AnyValue'>[] = []): readonly AttributeValue[] {
  const list = values.map(toAttributeValue);
  const doubles = [...values.keys()].filter((i) => isWhole(values[i])).map(String);
  if (doubles.length > 0) wholeDoubles.set(list, new Set(doubles));
  return list;
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
