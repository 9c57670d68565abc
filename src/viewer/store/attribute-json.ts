/** Attributes as OTLP carries them -> the JSON text that is stored, searched and shown. No blanks between tokens: searches rely on it. */
import type { AttributeValue, Attributes } from '../../otlp/records.ts';

/** 64-bit integers beyond 2^53 and bytes (base64) become text, and so do NaN and the infinities, which JSON does not have. */
export function toJsonValue(value: AttributeValue): unknown {
  switch (typeof value) {
    case 'bigint':
      return String(value);
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'object':
      if (value === null) return null;
      if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
      if (Array.isArray(value)) return (value as readonly AttributeValue[]).map(toJsonValue);
      return toJsonObject(value as Attributes);
    default:
      return value;
  }
}

export function toJsonObject(attributes: Attributes): Record<string, unknown> {
  const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const key of Object.keys(attributes)) object[key] = toJsonValue(attributes[key] as AttributeValue);
  return object;
}

/** Most attributes are JSON as they are, and are not copied. */
export function attributesJson(attributes: Attributes): string {
  for (const key in attributes) {
    const value = attributes[key];
    if (typeof value === 'object' || typeof value === 'bigint' || (typeof value === 'number' && !Number.isFinite(value)))
      return JSON.stringify(toJsonObject(attributes));
  }
  return JSON.stringify(attributes);
}

/** With sorted keys: the same attributes are the same text, whatever order they were set in. */
export function canonicalJson(attributes: Attributes): string {
  const sorted = Object.keys(attributes).sort();
  return `{${sorted.map((key) => `${JSON.stringify(key)}:${JSON.stringify(toJsonValue(attributes[key] as AttributeValue))}`).join(',')}}`;
}

/** A log body: text as it is, anything structured as JSON. */
export function bodyText(body: AttributeValue): string {
  if (body === null) return '';
  return typeof body === 'string' ? body : typeof body === 'object' ? JSON.stringify(toJsonValue(body)) : String(body);
}
