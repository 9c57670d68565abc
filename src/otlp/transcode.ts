/** The bytes of a request -> the same request as OTLP/JSON text. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
import { readProtobuf } from './protobuf-reader.ts';
import { layoutOf } from './schema.ts';
import type { FieldLayout, MessageLayout, ScalarType } from './schema.ts';

/** What 64 bits hold travels as text; JSON's numbers do not hold it. */
const LONG: ReadonlySet<ScalarType> = new Set(['int64', 'uint64', 'fixed64', 'sfixed64']);

/**
 * Everything that the schema table knows is kept: identifiers as hex, bytes as base64, enumerations as numbers, 64-bit numbers as decimal text.
 * @throws OtlpDecodeError when the bytes are no such message
 */
export function transcodeToJson(name: 'TracesData' | 'MetricsData' | 'LogsData', bytes: Uint8Array): Uint8Array {
  return Buffer.from(JSON.stringify(plainOf(readProtobuf(name, bytes), layoutOf(name))));
}

function plainOf(message: Readonly<Record<string, unknown>>, { fields }: MessageLayout): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const field of fields) {
    const value = message[field.name];
    if (value === undefined) continue;
    plain[field.name] = field.repeated ? (value as readonly unknown[]).map((item) => valueOf(item, field)) : valueOf(value, field);
  }
  return plain;
}

function valueOf(value: unknown, { scalar, message }: FieldLayout): unknown {
  if (message !== undefined) return plainOf(value as Readonly<Record<string, unknown>>, message);
  if (scalar !== undefined && LONG.has(scalar)) return String(value);
  if (scalar === 'bytes') return Buffer.from(value as Uint8Array).toString('base64');
  // NaN and the infinities, which JSON does not have, are their names.
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
