/** Reads the body of an export request as it was sent, within a limit. Called by both endpoints. */
import type { Readable } from 'node:stream';

import { BodiesTooManyError, BodyTooLargeError } from './body-error.ts';
import { releaseBytes } from './release-bytes.ts';

/** Bytes that all bodies which are being read may take together. */
export class BodyBudget {
  #left: number;

  constructor(bytes: number) {
    this.#left = bytes;
  }

  /** @throws BodiesTooManyError */
  take(bytes: number): void {
    if (bytes > this.#left) throw new BodiesTooManyError();
    this.#left -= bytes;
  }

  give(bytes: number): void {
    this.#left += bytes;
  }
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

/**
 * A buffer of its own, which can be passed on to another thread without a copy; the chunks are given up. A chunk of HTTP/2 is a part of what Node.js has
 * read: behind it lie frames that it still has to read, and bodies of other calls.
 */
function join(chunks: readonly Buffer[], size: number): Buffer {
  const [first] = chunks;
  if (chunks.length === 1 && first!.byteLength === first!.buffer.byteLength) return first!;
  const body = Buffer.allocUnsafeSlow(size);
  let end = 0;
  for (const chunk of chunks) {
    body.set(chunk, end);
    end += chunk.length;
    releaseBytes(chunk);
  }
  return body;
}
