/** The official .proto files, loaded by protobufjs: what our own table and readers are compared with. */
import { join } from 'node:path';

import protobuf from 'protobufjs';

const root = new protobuf.Root();
root.resolvePath = (_origin, target) => join(import.meta.dirname, 'opentelemetry-proto', target);
root.loadSync(
  ['trace', 'metrics', 'logs'].flatMap((signal) => [
    `opentelemetry/proto/${signal}/v1/${signal}.proto`,
    `opentelemetry/proto/collector/${signal}/v1/${signal}_service.proto`,
  ]),
);
root.resolveAll();

/** Looks a type up by its name after `opentelemetry.proto.`, such as `trace.v1.Span`. */
export function officialType(name: string): protobuf.Type {
  return root.lookupType(`opentelemetry.proto.${name}`);
}

export const officialData: Readonly<Record<'TracesData' | 'MetricsData' | 'LogsData', protobuf.Type>> = {
  TracesData: officialType('trace.v1.TracesData'),
  MetricsData: officialType('metrics.v1.MetricsData'),
  LogsData: officialType('logs.v1.LogsData'),
};

/** Encodes a plain object by the official schema; 64-bit values are decimal strings. */
export function encodeOfficially(type: protobuf.Type, object: Record<string, unknown>): Uint8Array {
  return type.encode(type.fromObject(object)).finish();
}

/** The oneof a field belongs to; `optional` is a oneof too in protobuf's own books, which does not count here. */
export function isOneofMember(field: protobuf.Field): boolean {
  return field.partOf !== null && field.partOf.oneof.length > 1;
}
