/** Reads protobuf bytes into plain messages, driven by the schema table. Called by the decoders. */
import { OtlpDecodeError } from './decode-error.ts';
import { layoutOf } from './schema.ts';
import type { FieldLayout, Message, MessageLayout, MessageName, ScalarType } from './schema.ts';

/** Messages inside messages beyond this are refused, as the official protobuf libraries do. */
export const maxDepth = 100;

/** Messages and list items of one body; more are refused: a body of empty messages would take a hundred times its size in memory. */
export const maxValues = 4_000_000;

const wireTypes = { varint: 0, fixed64: 1, delimited: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const;

const wireTypeOfScalar: Readonly<Record<ScalarType, number>> = {
  string: wireTypes.delimited,
  id: wireTypes.delimited,
  bytes: wireTypes.delimited,
  bool: wireTypes.varint,
  enum: wireTypes.varint,
  sint32: wireTypes.varint,
  uint32: wireTypes.varint,
  int64: wireTypes.varint,
  uint64: wireTypes.varint,
  fixed32: wireTypes.fixed32,
  fixed64: wireTypes.fixed64,
  sfixed64: wireTypes.fixed64,
  double: wireTypes.fixed64,
};

type MutableMessage = Record<string, unknown>;

interface Cursor {
  readonly bytes: Buffer;
  position: number;
  /** How many more messages and list items there may be. */
  left: number;
  /** Both halves of the varint read last. */
  low: number;
  high: number;
}

/**
 * Unknown fields, and known ones of another wire type, are skipped. A singular message sent twice is merged, of a oneof the last member
 * counts, repeated numbers may be packed or not. Bytes that are not UTF-8 become U+FFFD. Nothing in the result refers to `bytes`.
 * @throws OtlpDecodeError when the bytes are truncated, malformed, or nested deeper than 100 messages.
 */
export function readProtobuf<N extends MessageName>(name: N, bytes: Uint8Array): Message<N> {
  const cursor: Cursor = {
    bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    position: 0,
    left: maxValues,
    low: 0,
    high: 0,
  };
  return readMessage(cursor, layoutOf(name), bytes.byteLength, 0) as Message<N>;
}

function readMessage(cursor: Cursor, layout: MessageLayout, end: number, depth: number, earlier?: MutableMessage): MutableMessage {
  if (depth > maxDepth) throw new OtlpDecodeError(`The messages are nested deeper than ${maxDepth} levels.`);
  takeOne(cursor);
  const message = earlier ?? {};
  let chosen = earlier && layout.fields.find((field) => field.oneof && field.name in earlier);
  while (cursor.position < end) {
    const tag = readTag(cursor, end);
    const field = layout.byNumber[tag >>> 3];
    if (field === undefined || !readField(cursor, field, tag & 7, end, depth, message)) {
      skipValue(cursor, tag, end, depth);
    } else if (field.oneof) {
      if (chosen !== undefined && chosen !== field) delete message[chosen.name];
      chosen = field;
    }
  }
  return message;
}

/** False when the value on the wire is not of the field's type, and was left unread. */
function readField(cursor: Cursor, field: FieldLayout, wireType: number, end: number, depth: number, message: MutableMessage): boolean {
  const { name, scalar } = field;
  if (scalar === undefined) {
    if (wireType !== wireTypes.delimited) return false;
    const valueEnd = readLength(cursor, end);
    const earlier = field.repeated ? undefined : (message[name] as MutableMessage | undefined);
    const value = readMessage(cursor, field.message!, valueEnd, depth + 1, earlier);
    if (field.repeated) append(message, name, value);
    else message[name] = value;
    return true;
  }
  const expected = wireTypeOfScalar[scalar];
  if (wireType === expected) {
    const value = readScalar(cursor, scalar, end);
    if (field.repeated) append(message, name, value);
    else message[name] = value;
    return true;
  }
  if (!field.repeated || wireType !== wireTypes.delimited) return false;
  const valuesEnd = readLength(cursor, end);
  while (cursor.position < valuesEnd) {
    takeOne(cursor);
    append(message, name, readScalar(cursor, scalar, valuesEnd));
  }
  return true;
}

function takeOne(cursor: Cursor): void {
  if (--cursor.left < 0) throw new OtlpDecodeError(`There are more than ${maxValues} values in one request; send smaller ones.`);
}

function append(message: MutableMessage, name: string, value: unknown): void {
  const list = message[name] as unknown[] | undefined;
  if (list === undefined) message[name] = [value];
  else list.push(value);
}

function readScalar(cursor: Cursor, type: ScalarType, end: number): unknown {
  switch (wireTypeOfScalar[type]) {
    case wireTypes.varint:
      readVarint(cursor, end);
      return varintValue(cursor, type);
    case wireTypes.delimited: {
      const valueEnd = readLength(cursor, end);
      const start = cursor.position;
      cursor.position = valueEnd;
      if (type === 'string') return cursor.bytes.toString('utf8', start, valueEnd);
      if (type === 'id') return cursor.bytes.toString('hex', start, valueEnd);
      return new Uint8Array(cursor.bytes.subarray(start, valueEnd));
    }
    case wireTypes.fixed32:
      return cursor.bytes.readUInt32LE(advance(cursor, 4, end));
    default: {
      const start = advance(cursor, 8, end);
      if (type === 'double') return cursor.bytes.readDoubleLE(start);
      if (type === 'fixed64') return cursor.bytes.readBigUInt64LE(start);
      return signed64(cursor.bytes.readUInt32LE(start), cursor.bytes.readInt32LE(start + 4));
    }
  }
}

function varintValue({ low, high }: Cursor, type: ScalarType): unknown {
  switch (type) {
    case 'bool':
      return (low | high) !== 0;
    case 'uint32':
      return low >>> 0;
    case 'sint32':
      return (low >>> 1) ^ -(low & 1);
    case 'int64':
      return signed64(low, high);
    case 'uint64':
      return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    default:
      return low | 0;
  }
}

/** A number as long as it is exact, a bigint beyond. */
function signed64(low: number, high: number): number | bigint {
  const value = high * 0x1_0000_0000 + (low >>> 0);
  return Number.isSafeInteger(value) ? value : (BigInt(high) << 32n) | BigInt(low >>> 0);
}

/** Sets `low` and `high`; bits beyond the 64th are dropped, as the official libraries do. */
function readVarint(cursor: Cursor, end: number): void {
  let low = 0;
  let high = 0;
  for (let shift = 0; shift < 70; shift += 7) {
    const byte = cursor.bytes[advance(cursor, 1, end)]!;
    const bits = byte & 0x7f;
    if (shift < 32) low |= bits << shift;
    if (shift === 28) high = bits >>> 4;
    else if (shift > 28) high |= bits << (shift - 32);
    if (byte < 0x80) {
      cursor.low = low;
      cursor.high = high;
      return;
    }
  }
  throw new OtlpDecodeError(`A varint at byte ${cursor.position} is longer than ten bytes.`);
}

function readTag(cursor: Cursor, end: number): number {
  readVarint(cursor, end);
  const tag = cursor.low >>> 0;
  if (cursor.high !== 0 || tag < 8) throw new OtlpDecodeError(`The field number at byte ${cursor.position} is not one protobuf allows.`);
  return tag;
}

/** Where the length-delimited value that starts here ends. */
function readLength(cursor: Cursor, end: number): number {
  readVarint(cursor, end);
  const length = cursor.low >>> 0;
  if (cursor.high !== 0 || length > end - cursor.position) throw truncated(cursor);
  return cursor.position + length;
}

/** Steps over `size` bytes and returns where they start. */
function advance(cursor: Cursor, size: number, end: number): number {
  const start = cursor.position;
  if (size > end - start) throw truncated(cursor);
  cursor.position = start + size;
  return start;
}

function skipValue(cursor: Cursor, tag: number, end: number, depth: number): void {
  switch (tag & 7) {
    case wireTypes.varint:
      return readVarint(cursor, end);
    case wireTypes.fixed64:
      return void advance(cursor, 8, end);
    case wireTypes.delimited:
      cursor.position = readLength(cursor, end);
      return;
    case wireTypes.fixed32:
      return void advance(cursor, 4, end);
    case wireTypes.groupStart:
      return skipGroup(cursor, tag, end, depth + 1);
    default:
      throw new OtlpDecodeError(`The wire type ${tag & 7} at byte ${cursor.position} is not one protobuf allows here.`);
  }
}

/** Groups are long deprecated and OTLP has none; an unknown field may still be one. */
function skipGroup(cursor: Cursor, startTag: number, end: number, depth: number): void {
  if (depth > maxDepth) throw new OtlpDecodeError(`The messages are nested deeper than ${maxDepth} levels.`);
  for (;;) {
    const tag = readTag(cursor, end);
    if ((tag & 7) !== wireTypes.groupEnd) skipValue(cursor, tag, end, depth);
    else if (tag >>> 3 === startTag >>> 3) return;
    else throw new OtlpDecodeError(`The group that ends at byte ${cursor.position} was never started.`);
  }
}

function truncated(cursor: Cursor): OtlpDecodeError {
  return new OtlpDecodeError(`The value at byte ${cursor.position} is cut off.`);
}
