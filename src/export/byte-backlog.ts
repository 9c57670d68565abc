/**
 * A backlog of items that were written as bytes the moment they were finished: nothing of them waits but those bytes, sorted by who recorded them.
 * `TracesData` and `LogsData` have the same frame, https://github.com/open-telemetry/opentelemetry-proto: resource (1), scopes (2) { scope (1), items (2), schema (3) }.
 */
import { ByteWriter } from '../otlp/byte-writer.ts';
import { encodeResource, encodeScope } from '../otlp/encode-value.ts';
import type { Backlog, Batch } from './backlog.ts';

export interface ByteScope {
  readonly name: string;
  readonly version?: string;
  readonly schemaUrl?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly droppedAttributesCount?: number;
}

interface Part {
  readonly scope: ByteScope;
  /** After the room for what stands before them. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface ByteBatch extends Batch {
  readonly parts: readonly Part[];
}

const INITIAL_BYTES = 16_384;
/** Before the items of one scope, for all that stands before them when they are the only ones: thus a request is not copied once more. */
const ROOM = 4096;

export class ByteBacklog implements Backlog {
  readonly #most: number;
  readonly #resource: () => Readonly<Record<string, unknown>>;
  readonly #transcode: (body: Uint8Array) => Uint8Array;
  readonly #writers = new Map<ByteScope, ByteWriter>();
  readonly #closed: Batch[] = [];
  #closedSize = 0;
  #open = 0;

  /** @param most items of one batch. @param resource its attributes, asked for whenever a batch is sent: some are known late. */
  constructor(most: number, resource: () => Readonly<Record<string, unknown>>, transcode?: (body: Uint8Array) => Uint8Array) {
    this.#most = most;
    this.#resource = resource;
    this.#transcode = transcode ?? ((body) => body);
  }

  get size(): number {
    return this.#closedSize + this.#open;
  }

  /** Adds what `write` writes, one element of field 2, as one item of `scope`. What it throws goes to the caller, and nothing is added then. */
  write<T>(scope: ByteScope, write: (writer: ByteWriter, item: T) => void, item: T): void {
    let writer = this.#writers.get(scope);
    if (writer === undefined) this.#writers.set(scope, (writer = new ByteWriter(INITIAL_BYTES)));
    const { length } = writer;
    try {
      write(writer, item);
    } catch (error) {
      writer.length = length;
      throw error;
    }
    if (++this.#open >= this.#most) this.#close();
  }

  take(): Batch | undefined {
    if (this.#closed.length === 0 && this.#open > 0) this.#close();
    const batch = this.#closed.shift();
    this.#closedSize -= batch?.count ?? 0;
    return batch;
  }

  putBack(batch: Batch): void {
    this.#closed.unshift(batch);
    this.#closedSize += batch.count;
  }

  #close(): void {
    const parts: Part[] = [];
    for (const [scope, writer] of this.#writers) if (writer.length > 0) parts.push({ scope, bytes: writer.take(ROOM) });
    const count = this.#open;
    const batch: ByteBatch = { parts, count, weight: count, encode: () => ({ body: this.#transcode(this.#frame(parts)), count }) };
    this.#closed.push(batch);
    this.#closedSize += count;
    this.#open = 0;
  }

  /** Small parts around large ones, put together in one allocation. */
  #frame(parts: readonly Part[]): Uint8Array {
    const writer = new ByteWriter();
    encodeResource(writer, 1, this.#resource());
    const chunks: Uint8Array[] = [writer.take()];
    for (const { scope, bytes } of parts) {
      encodeScope(writer, 1, scope);
      const head = writer.take();
      // Parts of a message come in any order: with the schema first, the items are what a request ends with.
      if (scope.schemaUrl) writer.string(3, scope.schemaUrl);
      const schema = writer.take();
      const items = bytes.subarray(ROOM);
      writer.tag(2, 2);
      writer.varint(head.length + schema.length + items.length);
      chunks.push(writer.take(), head, schema, items);
    }
    writer.tag(1, 2);
    writer.varint(sizeOf(chunks));
    chunks.unshift(writer.take());
    return parts.length === 1 ? (putBefore((parts[0] as Part).bytes, chunks.slice(0, -1)) ?? Buffer.concat(chunks)) : Buffer.concat(chunks);
  }
}

function sizeOf(chunks: readonly Uint8Array[]): number {
  let size = 0;
  for (const { length } of chunks) size += length;
  return size;
}

/** The room before `bytes`, filled from its end; undefined when it is too small. */
function putBefore(bytes: Uint8Array<ArrayBuffer>, chunks: readonly Uint8Array[]): Uint8Array | undefined {
  const from = ROOM - sizeOf(chunks);
  if (from < 0) return undefined;
  let at = from;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes.subarray(from);
}
