/** The store as the main thread sees it: bytes go in, answers as JSON come out, and it tells when something has come. */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { BodyNotGzipError, BodyTooLargeError } from '../../otlp/body-error.ts';
import { unpackedBytes } from '../../otlp/unpack.ts';
import type { Limits } from '../store/evict.ts';
import type { Added, Committed } from '../store/writer.ts';
import type { Arrived, FromReader, FromWriter, Question, Refusal, ThreadData, WriterAnswer } from './messages.ts';
import { keepHeapsTight } from './tight-heaps.ts';

/** The bytes are not OTLP: the sender must not send them again. */
export class MalformedError extends Error {
  override readonly name = 'MalformedError';
}
/** Too much waits, or the disk is full: the sender should send again later. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
}

export interface StoreOptions {
  /** The database file. */
  readonly path: string;
  /** Survives a power cut; false for what goes with the process. */
  readonly lasting: boolean;
  readonly limits: Limits;
  /** Of a request, unpacked. */
  readonly maxBodyBytes: number;
  readonly onCommit: (committed: Committed) => void;
  /** A thread died: nothing can be done any more. */
  readonly onFatal: (error: Error) => void;
}

export interface Store {
  /**
   * Resolves when it is in the file. 'give': the caller does not look at the body again, so a large one is passed on and not copied.
   * @throws MalformedError, BodyNotGzipError, BodyTooLargeError, BusyError
   */
  ingest(arrived: Arrived, body?: 'copy' | 'give'): Promise<Added>;
  /** JSON; undefined when there is no such thing. @throws Error */
  ask(question: Question): Promise<Uint8Array | undefined>;
  clear(): Promise<void>;
  readonly latest: Committed;
  /** What was accepted is written before. */
  close(): Promise<void>;
}

/** Of request bodies that wait for the writing thread, as large as they are unpacked: so much is to be decoded and written before the last one's answer. */
const MAX_WAITING_BYTES = 48 * 1024 * 1024;

/** A small nursery: what a request leaves behind is collected before it has taken much. */
const resourceLimits = { maxYoungGenerationSizeMb: 6, maxOldGenerationSizeMb: 2048 };

/** Beside the bundle, or beside this source. */
const thread = ['viewer-thread.js', 'thread.ts'].map((file) => `${import.meta.dirname}/${file}`).find((file) => existsSync(file))!;

/** Short bodies lie in a buffer that they share with others, each taking less than half of it. */
function toGive(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.byteLength * 2 > bytes.buffer.byteLength ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

/** What a request will be when it is unpacked, if that is told truthfully. One that tells of more than is allowed will be refused, and takes no room. */
function weightOf({ body, isGzip }: Arrived, maxBodyBytes: number): number {
  const unpacked = isGzip ? unpackedBytes(body) : 0;
  return unpacked > maxBodyBytes ? body.byteLength : Math.max(body.byteLength, unpacked);
}

const refusals: Readonly<Record<Refusal['why'], (message: string, maxBodyBytes: number) => Error>> = {
  malformed: (message) => new MalformedError(message),
  'not gzip': () => new BodyNotGzipError(),
  'too large': (_message, maxBodyBytes) => new BodyTooLargeError(maxBodyBytes),
};

/** @throws StoreVersionError and others, as messages, when the file cannot be opened */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { path, lasting, limits, maxBodyBytes, onCommit, onFatal } = options;
  const pending = new Map<number, { resolve(answer: never): void; reject(error: Error): void }>();
  let lastId = 0;
  let waitingBytes = 0;
  let latest: Committed | undefined;
  let closing = false;

  const start = <M>(data: ThreadData, onMessage: (message: M) => void): Promise<Worker> =>
    new Promise((resolve, reject) => {
      // No inherited flags: no preload in the threads.
      const worker = new Worker(thread, { workerData: data, execArgv: ['--disable-warning=ExperimentalWarning'], env: {}, resourceLimits });
      let ready = false;
      worker.on('error', (error) => {
        if (!ready) reject(error as Error);
        else if (!closing) onFatal(error as Error);
      });
      worker.on('message', (message: M & { readonly kind: string }) => {
        if (message.kind === 'ready') {
          ready = true;
          resolve(worker);
        }
        onMessage(message);
      });
    });
  const wait = <T>(post: (id: number) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      pending.set(id, { resolve, reject });
      post(id);
    });
  const take = (id: number): { resolve(answer: never): void; reject(error: Error): void } => {
    const found = pending.get(id)!;
    pending.delete(id);
    return found;
  };
  const commit = (committed: Committed): void => onCommit((latest = committed));
  const settle = ({ id, added, refused, failed }: WriterAnswer): void => {
    if (refused !== undefined) take(id).reject(refusals[refused.why](refused.message, maxBodyBytes));
    else if (failed !== undefined) take(id).reject(new BusyError(`The store could not be written to: ${failed}.`));
    else take(id).resolve(added as never);
  };

  keepHeapsTight();
  const writer = await start<FromWriter>({ role: 'writer', path, lasting, limits, maxBodyBytes }, (message) => {
    if (message.kind === 'committed') message.answers.forEach(settle);
    if (message.committed !== undefined) commit(message.committed);
    if (message.kind === 'cleared') take(message.id).resolve(undefined as never);
  });
  const reader = await start<FromReader>({ role: 'reader', path }, (message) => {
    if (message.kind !== 'answer') return;
    if (message.failed === undefined) take(message.id).resolve(message.json as never);
    else take(message.id).reject(new Error(message.failed));
  });

  return {
    async ingest(arrived, body = 'copy') {
      const weight = weightOf(arrived, maxBodyBytes);
      if (waitingBytes > 0 && waitingBytes + weight > MAX_WAITING_BYTES)
        throw new BusyError('Too much waits to be written; send it again.');
      waitingBytes += weight;
      try {
        const own = body === 'give' ? toGive(arrived.body) : new Uint8Array(arrived.body);
        return await wait<Added>((id) => writer.postMessage({ kind: 'ingest', id, arrived: { ...arrived, body: own } }, [own.buffer]));
      } finally {
        waitingBytes -= weight;
      }
    },
    ask: (question) => wait((id) => reader.postMessage({ kind: 'ask', id, question })),
    clear: () => wait((id) => writer.postMessage({ kind: 'clear', id })),
    get latest() {
      return latest!;
    },
    async close() {
      closing = true;
      const ended = [writer, reader].map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
      // The reader first: the one who closes last tidies the write-ahead log up.
      reader.postMessage({ kind: 'close' });
      await ended[1];
      writer.postMessage({ kind: 'close' });
      await ended[0];
    },
  };
}
