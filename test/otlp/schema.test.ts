import assert from 'node:assert/strict';
import { test } from 'node:test';

import protobuf from 'protobufjs';

import { schema } from '../../src/otlp/schema.ts';
import { isOneofMember, officialType } from './official-schema.ts';

/** What our names stand for, where the official name is nested in another message. */
const nested: Readonly<Record<string, string>> = {
  SpanEvent: 'trace.v1.Span.Event',
  SpanLink: 'trace.v1.Span.Link',
  Buckets: 'metrics.v1.ExponentialHistogramDataPoint.Buckets',
  ValueAtQuantile: 'metrics.v1.SummaryDataPoint.ValueAtQuantile',
};

/** Official fields our table leaves out on purpose. */
const leftOut = ['AnyValue.stringValueStrindex', 'KeyValue.keyStrindex', 'Resource.entityRefs'];

for (const [name, fields] of Object.entries<Record<string, string>>(schema)) {
  test(`the fields of ${name} are those of the official schema`, () => {
    const official = officialOf(name);
    const expected: Record<string, string> = {};
    for (const field of official.fieldsArray) {
      if (!leftOut.includes(`${name}.${field.name}`)) expected[field.name] = describe(field);
    }
    assert.deepEqual(fields, expected);
  });
}

test('every field that is left out exists in the official schema', () => {
  for (const place of leftOut) {
    const [name, field] = place.split('.') as [string, string];
    assert.ok(field in officialOf(name).fields, place);
  }
});

for (const [signal, data] of [
  ['Trace', 'TracesData'],
  ['Metrics', 'MetricsData'],
  ['Logs', 'LogsData'],
] as const) {
  test(`an export request of ${signal} has the wire format of ${data}`, () => {
    const request = officialType(`collector.${signal.toLowerCase()}.v1.Export${signal}ServiceRequest`);
    const wire = (type: protobuf.Type): unknown =>
      type.fieldsArray.map((field) => [field.name, field.id, field.repeated, field.resolvedType?.fullName]);
    assert.deepEqual(wire(request), wire(officialOf(data)));
  });
}

function officialOf(name: string): protobuf.Type {
  if (nested[name] !== undefined) return officialType(nested[name]);
  for (const namespace of ['trace', 'metrics', 'logs', 'common', 'resource']) {
    try {
      return officialType(`${namespace}.v1.${name}`);
    } catch {
      // In another namespace.
    }
  }
  throw new Error(`The official schema has no message ${name}.`);
}

/** A field as our table writes it. */
function describe(field: protobuf.Field): string {
  const label = field.repeated ? 'repeated ' : isOneofMember(field) ? 'oneof ' : '';
  return `${field.id} ${label}${typeOf(field)}`;
}

function typeOf({ resolvedType, type, name }: protobuf.Field): string {
  if (resolvedType instanceof protobuf.Enum) return 'enum';
  if (resolvedType instanceof protobuf.Type) {
    const place = resolvedType.fullName.replace('.opentelemetry.proto.', '');
    return Object.keys(nested).find((key) => nested[key] === place) ?? resolvedType.name;
  }
  return type === 'bytes' && /^(?:trace|span|parentSpan)Id$/.test(name) ? 'id' : type;
}
