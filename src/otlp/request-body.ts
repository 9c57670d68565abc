/** Reads the body of an export request, within a limit before and after decompression. Called by both endpoints. */
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip as gunzipCallback } from 'node:zlib';

import { releaseBytes } from './release-bytes.ts';

const gunzip = promisify(gunzipCallback);
/** Deflate makes nothing smaller than this. */
const MAX_RATIO = 1032;

/** The body is larger than allowed, as sent or decompressed. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';

  constructor(maxBytes: number) {
    super(`The request body is larger than ${maxBytes} bytes.`);
  }
}

/** The body says it is gzip and is not, or not whole. */
export class BodyNotGzipError extends Error {
  override readonly name = 'BodyNotGzipError';

  constructor(cause: unknown) {
    super('The request body is not gzip, or is cut off.', { cause });
  }
}

/** So much is being read already that this request has to wait outside. */
export class BodiesTooManyError extends Error {
  override readonly name = 'BodiesTooManyError';

  constructor() {
    super('Too many requests are being read at the same time; send it again.');
  }
}

/** Bytes that all bodies together may take. */
export class BodyBudget {
  readonly #total: number;
  #left: number;
  readonly #waiting: { readonly bytes: number; readonly start: () => void }[] = [];

  constructor(bytes: number) {
    this.#total = bytes;
    this.#left = bytes;
  }

  /** @throws BodiesTooManyError */
  take(bytes: number): void {
    if (bytes > this.#left) throw new BodiesTooManyError();
    this.#left -= bytes;
  }

  give(bytes: number): void {
    this.#left += bytes;
    while (this.#waiting.length > 0 && this.#waiting[0]!.bytes <= this.#left) {
      const { bytes: wanted, start } = this.#waiting.shift()!;
      this.#left -= wanted;
      start();
    }
  }

  /** Resolves when there is room: what was read whole is worth waiting for. */
  wait(bytes: number): Promise<void> {
    const wanted = Math.min(bytes, this.#total);
    if (this.#waiting.length === 0 && wanted <= this.#left) {
      this.#left -= wanted;
      return Promise.resolve();
    }
    return new Promise((start) => this.#waiting.push({ bytes: wanted, start }));
  }
}

/** What all requests at one time may take. Of their own each: who is read need not wait for who is decompressed. */
export interface BodyBudgets {
  readonly reading: BodyBudget;
  readonly unzipping: BodyBudget;
}

/**
 * Collects a stream of at most `maxBytes`. Of a longer one the rest is read and thrown away, so that the sender gets to read the answer.
 * @throws BodyTooLargeError as soon as the limit is passed; BodiesTooManyError; the stream's own error when the sender goes away.
 */
export async function readBody(stream: Readable, maxBytes: number, budget?: BodyBudget): Promise<Buffer> {
  let taken = 0;
  const take = (bytes: number): void => {
    budget?.take(bytes);
    taken += bytes;
  };
  try {
    return await collect(stream, maxBytes, take);
  } finally {
    budget?.give(taken);
  }
}

function collect(stream: Readable, maxBytes: number, take: (bytes: number) => void): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    let refused = false;
    const refuse = (error: Error): void => {
      refused = true;
      chunks.length = 0;
      reject(error);
    };
    stream.on('data', (chunk: Buffer) => {
      if (refused) return;
      size += chunk.length;
      if (size > maxBytes) return refuse(new BodyTooLargeError(maxBytes));
      try {
        take(chunk.length);
        chunks.push(chunk);
      } catch (error) {
        refuse(error as Error);
      }
    });
    stream.on('end', () => resolve(join(chunks, size)));
    stream.on('error', reject);
    stream.on('close', () => reject(new Error('The sender went away.')));
  });
}

/** A buffer of its own, which can be passed on without a copy; the chunks are given up. */
function join(chunks: readonly Buffer[], size: number): Buffer {
  if (chunks.length === 1) return chunks[0]!;
  const body = Buffer.allocUnsafeSlow(size);
  let end = 0;
  for (const chunk of chunks) {
    body.set(chunk, end);
    end += chunk.length;
    releaseBytes(chunk);
  }
  return body;
}

/** zlib's own choice. */
const USUAL_CHUNK = 16_384;

/** What comes out in one piece is not put together from many. Its length stands at the end, and may be a lie: never more than what is reserved. */
function roomFor(body: Uint8Array, reserved: number): number {
  if (body.byteLength < 4) return USUAL_CHUNK;
  const length = new DataView(body.buffer, body.byteOffset + body.byteLength - 4).getUint32(0, true);
  // With one byte to spare zlib sees that it is done.
  return Math.max(Math.min(length + 1, reserved), USUAL_CHUNK);
}

/**
 * Decompresses off the main thread, and stops at `maxBytes`, so a small body that unpacks to a huge one costs no memory.
 * The compressed bytes are given up. Of the budget it takes as much as could come out, and waits for it.
 * @throws BodyTooLargeError, BodyNotGzipError
 */
export async function unzipBody(body: Uint8Array, maxBytes: number, budget?: BodyBudget): Promise<Buffer> {
  const reserved = Math.min(maxBytes, body.byteLength * MAX_RATIO);
  await budget?.wait(reserved);
  try {
    const unzipped = await gunzip(body, { maxOutputLength: maxBytes, chunkSize: roomFor(body, reserved) });
    releaseBytes(body);
    return unzipped;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new BodyTooLargeError(maxBytes);
    throw new BodyNotGzipError(error);
  } finally {
    budget?.give(reserved);
  }
}
