/** Attributes and other values of the API -> `KeyValue` and `AnyValue` messages. https://opentelemetry.io/docs/specs/otel/protocol/ */
import { ByteWriter } from './byte-writer.ts';

/** `KeyValue.key` as bytes, by key. Keys come from code and so are few; those that do not are too many to be worth keeping. */
const keyFields = new Map<string, Uint8Array>();
const MAX_KEYS = 1000;

const scratch = new ByteWriter(256);

function keyFieldOf(key: string): Uint8Array {
  scratch.string(1, key);
  const field = scratch.take();
  if (keyFields.size < MAX_KEYS) keyFields.set(key, field);
  return field;
}

/** Whether a number travels as `int_value`; whole numbers that JavaScript cannot tell from their neighbours travel as `double_value`. */
const isInt = Number.isSafeInteger;

/** One attribute as field `field` of the message that is being written. Its value is one that `cleanValue` let through. */
export function encodeAttribute(writer: ByteWriter, field: number, key: string, value: unknown): void {
  const keyField = keyFields.get(key) ?? keyFieldOf(key);
  if (keyField.length + 60 < 128 && typeof value === 'string' && value.length <= 18) encodeShortText(writer, field, keyField, value);
  else {
    const pair = writer.begin(field, keyField.length > 100 ? 2 : 1);
    writer.raw(keyField);
    const any = writer.begin(2);
    encodeAnyValue(writer, value);
    writer.end(any);
    writer.end(pair);
  }
}

/** The most frequent case at once: every length takes one byte and is known as soon as the text is written. */
function encodeShortText(writer: ByteWriter, field: number, keyField: Uint8Array, value: string): void {
  const keyLength = keyField.length;
  writer.tag(field, 2);
  const bytes = writer.room(keyLength + 64);
  const start = writer.length;
  let at = start + 1;
  for (let i = 0; i < keyLength; i++) bytes[at++] = keyField[i] as number;
  bytes[at] = 0x12;
  bytes[at + 2] = 0x0a;
  writer.length = at + 3;
  writer.text(value);
  const end = writer.length;
  bytes[at + 1] = end - at - 2;
  bytes[start] = end - start - 1;
}

/** The inside of an `AnyValue`; nothing for null, which is the empty value. */
export function encodeAnyValue(writer: ByteWriter, value: unknown): void {
  switch (typeof value) {
    case 'string':
      writer.string(1, value);
      return;
    case 'boolean':
      writer.tag(2, 0);
      writer.varint(value ? 1 : 0);
      return;
    case 'number':
      if (isInt(value)) {
        writer.tag(3, 0);
        writer.varint(value);
      } else {
        writer.tag(4, 1);
        writer.double(value);
      }
      return;
    case 'object':
      if (value !== null) encodeObject(writer, value);
      return;
    default:
  }
}

function encodeObject(writer: ByteWriter, value: object): void {
  if (value instanceof Uint8Array) {
    writer.bytes(7, value);
  } else if (Array.isArray(value)) {
    const array = writer.begin(5);
    for (const item of value as readonly unknown[]) {
      const element = writer.begin(1);
      encodeAnyValue(writer, item);
      writer.end(element);
    }
    writer.end(array);
  } else {
    const list = writer.begin(6);
    for (const key of Object.keys(value)) {
      const pair = writer.begin(1);
      writer.string(1, key);
      const any = writer.begin(2);
      encodeAnyValue(writer, (value as Readonly<Record<string, unknown>>)[key]);
      writer.end(any);
      writer.end(pair);
    }
    writer.end(list);
  }
}

/** All own attributes of a plain object. */
export function encodeAttributes(writer: ByteWriter, field: number, attributes: Readonly<Record<string, unknown>>): void {
  for (const key of Object.keys(attributes)) encodeAttribute(writer, field, key, attributes[key]);
}

/** An `InstrumentationScope` as field `field`. */
export function encodeScope(
  writer: ByteWriter,
  field: number,
  scope: {
    readonly name: string;
    readonly version?: string | undefined;
    readonly attributes?: Readonly<Record<string, unknown>> | undefined;
    readonly droppedAttributesCount?: number | undefined;
  },
): void {
  const mark = writer.begin(field);
  writer.string(1, scope.name);
  if (scope.version) writer.string(2, scope.version);
  if (scope.attributes) encodeAttributes(writer, 3, scope.attributes);
  if (scope.droppedAttributesCount) {
    writer.tag(4, 0);
    writer.varint(scope.droppedAttributesCount);
  }
  writer.end(mark);
}

/** A `Resource` as field `field`. */
export function encodeResource(writer: ByteWriter, field: number, attributes: Readonly<Record<string, unknown>>): void {
  const mark = writer.begin(field, 2);
  encodeAttributes(writer, 1, attributes);
  writer.end(mark);
}

/** The bytes of a trace or span id; what is not a hexadecimal digit counts as 0. */
export function encodeHex(writer: ByteWriter, field: number, hex: string): void {
  const length = hex.length >> 1;
  writer.tag(field, 2);
  writer.varint(length);
  const bytes = writer.room(length);
  for (let i = 0; i < length; i++) bytes[writer.length + i] = (digitOf(hex.charCodeAt(i * 2)) << 4) | digitOf(hex.charCodeAt(i * 2 + 1));
  writer.length += length;
}

/** Value of a hexadecimal digit's character code, 0 for others. */
export function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : 0;
}
