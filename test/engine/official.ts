/** Bytes of a request -> what the official schema reads in them, in one form for whatever wrote them. */
import { ByteBacklog } from '../../src/export/byte-backlog.ts';
import type { ByteScope } from '../../src/export/byte-backlog.ts';
import type { ByteWriter } from '../../src/otlp/byte-writer.ts';
import { officialData } from '../otlp/official-schema.ts';

export type Plain = Record<string, unknown>;

/** Every field is there, with its default when it was not sent: the protocol does not tell the two apart. */
export function readOfficially(type: keyof typeof officialData, bytes: Uint8Array): Plain {
  return officialData[type].toObject(officialData[type].decode(bytes), { defaults: true, longs: String, bytes: String, oneofs: true });
}

/** The one resource's scopes with their items. */
export function scopesOf(data: Plain, kind: 'Spans' | 'Logs'): Plain[] {
  const [resource] = data[`resource${kind}`] as Plain[];
  return resource?.[`scope${kind}`] as Plain[];
}

/** Frames what is written as one request, as the engine does it. */
export function frame<T>(
  items: readonly { scope: ByteScope; write: (writer: ByteWriter, item: T) => void; item: T }[],
  resource: Plain,
): Uint8Array {
  const backlog = new ByteBacklog(items.length + 1, () => resource);
  for (const { scope, write, item } of items) backlog.write(scope, write, item);
  return backlog.take()!.encode()!.body;
}
