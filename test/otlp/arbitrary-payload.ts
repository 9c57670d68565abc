/** Random messages of the official schema, for property tests. */
import fc from 'fast-check';
import protobuf from 'protobufjs';

import { isOneofMember } from './official-schema.ts';

type Plain = Record<string, unknown>;

/** A plain object of `type`: each field may be absent, of a oneof at most one member is set, values nest up to `depth` levels. */
export function arbitraryPayload(type: protobuf.Type, depth = 8): fc.Arbitrary<Plain> {
  const plain = type.fieldsArray.filter((field) => !isOneofMember(field) && !isTooDeep(field, depth));
  const fields = fc.record(Object.fromEntries(plain.map((field) => [field.name, arbitraryField(field, depth)])), { requiredKeys: [] });
  const choices = type.fieldsArray.filter((field) => isOneofMember(field) && !isTooDeep(field, depth));
  if (choices.length === 0) return fields;
  const choice = fc.oneof(...choices.map((field) => fc.record({ [field.name]: arbitraryField(field, depth) })), fc.constant({}));
  return fc.tuple(fields, choice).map(([object, chosen]) => ({ ...object, ...chosen }));
}

function isTooDeep(field: protobuf.Field, depth: number): boolean {
  return depth <= 0 && field.resolvedType instanceof protobuf.Type;
}

function arbitraryField(field: protobuf.Field, depth: number): fc.Arbitrary<unknown> {
  const value = arbitraryValue(field, depth);
  return field.repeated ? fc.array(value, { minLength: 1, maxLength: 3 }) : value;
}

function arbitraryValue(field: protobuf.Field, depth: number): fc.Arbitrary<unknown> {
  if (field.resolvedType instanceof protobuf.Type) return arbitraryPayload(field.resolvedType, depth - 1);
  if (field.resolvedType instanceof protobuf.Enum)
    return fc.oneof(fc.constantFrom(...Object.values(field.resolvedType.values)), fc.integer());
  switch (field.type) {
    case 'string':
      return fc.oneof({ weight: 20, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) }, fc.constant('__proto__'));
    case 'bytes':
      if (field.name.endsWith('Id')) return fc.uint8Array({ minLength: 8, maxLength: 16 });
      return fc.uint8Array({ maxLength: 12 });
    case 'bool':
      return fc.boolean();
    case 'double':
      // Adding zero turns -0, which JSON.stringify cannot keep, into 0.
      return fc.double().map((value) => value + 0);
    case 'int32':
    case 'sint32':
      return fc.integer();
    case 'uint32':
    case 'fixed32':
      return fc.nat({ max: 0xffff_ffff });
    case 'int64':
    case 'sfixed64':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
    case 'uint64':
    case 'fixed64':
      return fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
    default:
      throw new Error(`The type ${field.type} is new in the official schema.`);
  }
}
