/**
 * Reads OTLP/JSON text into plain messages, driven by the schema table. Called by the decoders.
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
import { OtlpDecodeError } from './decode-error.ts';
import { maxDepth, maxValues } from './protobuf-reader.ts';
import { layoutOf } from './schema.ts';
import type { FieldLayout, Message, MessageLayout, MessageName, ScalarType } from './schema.ts';

/**
 * Unknown fields and nulls are ignored; ids are hex in either case, and are returned in lower case; numbers may stand in strings;
 * enums are numbers only, as OTLP demands.
 * @throws OtlpDecodeError when the text is not JSON, or a value is not of its field's type.
 */
export function readJson<N extends MessageName>(name: N, text: string): Message<N> {
  left = maxValues;
  return readMessage(parseExactly(text), layoutOf(name), 0) as Message<N>;
}

/** How many more messages and list items there may be in the text that is being read. */
let left = 0;

function take(values: number): void {
  left -= values;
  if (left < 0) throw new OtlpDecodeError(`There are more than ${maxValues} values in one request; send smaller ones.`);
}

/** JSON.parse that keeps integers beyond 2^53 exact, where the runtime hands over the source text (Node 21+). */
function parseExactly(text: string): unknown {
  try {
    return /\d{16}/.test(text) ? JSON.parse(text, keepExact) : JSON.parse(text);
  } catch (cause) {
    throw new OtlpDecodeError('The text is not JSON.', { cause });
  }
}

function keepExact(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}

function readMessage(raw: unknown, layout: MessageLayout, depth: number): Record<string, unknown> {
  if (depth > maxDepth) throw new OtlpDecodeError(`The messages are nested deeper than ${maxDepth} levels.`);
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) throw wrongType(layout.name, raw, 'an object');
  take(1);
  const message: Record<string, unknown> = {};
  for (const field of layout.fields) {
    const value = (raw as Record<string, unknown>)[field.name];
    if (value === undefined || value === null) continue;
    const place = `${layout.name}.${field.name}`;
    if (!field.repeated) message[field.name] = readValue(value, field, place, depth);
    else if (Array.isArray(value)) {
      if (field.message === undefined) take(value.length);
      message[field.name] = value.map((item) => readValue(item, field, place, depth));
    } else throw wrongType(place, value, 'an array');
  }
  return message;
}

function readValue(raw: unknown, field: FieldLayout, place: string, depth: number): unknown {
  return field.message === undefined ? readScalar(raw, field.scalar!, place) : readMessage(raw, field.message, depth + 1);
}

function readScalar(raw: unknown, type: ScalarType, place: string): unknown {
  switch (type) {
    case 'string':
      if (typeof raw !== 'string') throw wrongType(place, raw, 'a string');
      return raw;
    case 'bool':
      if (typeof raw !== 'boolean') throw wrongType(place, raw, 'true or false');
      return raw;
    case 'id':
      if (typeof raw !== 'string' || !/^(?:[\da-f]{2})*$/i.test(raw)) throw wrongType(place, raw, 'a string of hex digits');
      return raw.toLowerCase();
    case 'bytes':
      if (typeof raw !== 'string' || !/^[\w+/-]*={0,2}$/.test(raw)) throw wrongType(place, raw, 'a string in base64');
      return new Uint8Array(Buffer.from(raw, 'base64'));
    case 'double':
      return readDouble(raw, place);
    case 'enum':
      if (typeof raw !== 'number') throw wrongType(place, raw, 'an enum number');
      return Number(readInteger(raw, -0x8000_0000n, 0x7fff_ffffn, place));
    case 'sint32':
      return Number(readInteger(raw, -0x8000_0000n, 0x7fff_ffffn, place));
    case 'uint32':
    case 'fixed32':
      return Number(readInteger(raw, 0n, 0xffff_ffffn, place));
    case 'uint64':
    case 'fixed64':
      return readInteger(raw, 0n, 0xffff_ffff_ffff_ffffn, place);
    default:
      return narrow(readInteger(raw, -0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn, place));
  }
}

function readDouble(raw: unknown, place: string): number {
  if (typeof raw === 'number' || typeof raw === 'bigint') return Number(raw);
  if (raw === 'NaN') return NaN;
  const value = typeof raw === 'string' && raw.trim() === raw && raw !== '' ? Number(raw) : NaN;
  if (Number.isNaN(value)) throw wrongType(place, raw, 'a number');
  return value;
}

function readInteger(raw: unknown, min: bigint, max: bigint, place: string): bigint {
  const value = toBigInt(raw);
  if (value === undefined || value < min || value > max) throw wrongType(place, raw, `an integer from ${min} to ${max}`);
  return value;
}

function toBigInt(raw: unknown): bigint | undefined {
  if (typeof raw === 'bigint') return raw;
  if (typeof raw === 'string' && /^-?\d{1,20}$/.test(raw)) return BigInt(raw);
  const value = typeof raw === 'string' && /^-?[\d.]{1,40}(?:e[+-]?\d{1,3})?$/i.test(raw) ? Number(raw) : raw;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function wrongType(place: string, raw: unknown, expected: string): OtlpDecodeError {
  const given =
    typeof raw === 'string'
      ? JSON.stringify(raw.slice(0, 40))
      : typeof raw === 'object'
        ? Array.isArray(raw)
          ? 'an array'
          : 'an object'
        : String(raw);
  return new OtlpDecodeError(`${place} is ${given}; it must be ${expected}.`);
}
