/**
 * Attributes as OTLP carries them -> the JSON text that is stored, searched and shown, and from which `query/typed-json.ts` reads OTLP's types again.
 * Doubles have a fraction or an exponent, or are too large for an integer: `1.0`. What JSON has no form for is text, and blanks before that text, which
 * no reader of JSON minds, say what it is: one for an integer beyond 2^53, two for a double that is not finite, three for bytes (base64). There are no
 * other blanks between tokens: searches rely on it.
 */
import { hasWholeDoubles, isWholeDouble } from '../../otlp/attributes.ts';
import type { AttributeValue, Attributes } from '../../otlp/records.ts';

export const INTEGER_BLANKS = 1;
export const DOUBLE_BLANKS = 2;
export const BYTES_BLANKS = 3;

/** As plain JSON knows it: 64-bit integers beyond 2^53 and bytes (base64) become text, and so do NaN and the infinities. */
export function toJsonValue(value: AttributeValue): unknown {
  switch (typeof value) {
    case 'bigint':
      return String(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'object':
      if (value === null) return null;
      if (value instanceof Uint8Array) return base64(value);
      if (Array.isArray(value)) return (value as readonly AttributeValue[]).map(toJsonValue);
      return toJsonObject(value as Attributes);
    default:
      return value;
  }
}

function toJsonObject(attributes: Attributes): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(attributes)) object[key] = toJsonValue(attributes[key] as AttributeValue);
  return object;
}

/** Most attributes are JSON as they are, and are not looked at one by one. */
export function attributesJson(attributes: Attributes): string {
  if (hasWholeDoubles(attributes)) return objectText(attributes, Object.keys(attributes));
  for (const key in attributes) {
    const value = attributes[key];
    if (typeof value === 'object' || typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)))
      return objectText(attributes, Object.keys(attributes));
  }
  return JSON.stringify(attributes);
}

/** With sorted keys: the same attributes are the same text, whatever order they were set in. */
export function canonicalJson(attributes: Attributes): string {
  return objectText(attributes, Object.keys(attributes).sort());
}

/** A log body: text as it is, anything structured as JSON. */
export function bodyText(body: AttributeValue): string {
  if (body === null) return '';
  if (typeof body === 'string') return body;
  return typeof body === 'object' && !(body instanceof Uint8Array) ? valueText(body) : String(toJsonValue(body));
}

/** `isDouble`: it was sent as a double, even if it is whole. */
export function valueText(value: AttributeValue, isDouble = false): string {
  switch (typeof value) {
    case 'bigint':
      return `${' '.repeat(INTEGER_BLANKS)}"${value}"`;
    case 'number':
      if (!Number.isFinite(value)) return `${' '.repeat(DOUBLE_BLANKS)}"${value}"`;
      if (!isDouble) return String(value);
      return Object.is(value, -0) ? '-0.0' : `${value}.0`;
    case 'object':
      if (value === null) return 'null';
      if (value instanceof Uint8Array) return `${' '.repeat(BYTES_BLANKS)}"${base64(value)}"`;
      if (Array.isArray(value))
        return `[${(value as readonly AttributeValue[]).map((item, i) => valueText(item, isWholeDouble(value, i))).join(',')}]`;
      return objectText(value as Attributes, Object.keys(value));
    default:
      return JSON.stringify(value);
  }
}

function objectText(attributes: Attributes, keys: readonly string[]): string {
  const textOf = (key: string): string => valueText(attributes[key] as AttributeValue, isWholeDouble(attributes, key));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${textOf(key)}`).join(',')}}`;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
