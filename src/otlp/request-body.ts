/** Reads the body of an export request, within a limit before and after decompression. Called by both endpoints. */
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip as gunzipCallback } from 'node:zlib';

const gunzip = promisify(gunzipCallback);

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

/**
 * Collects a stream of at most `maxBytes`. Of a longer one the rest is read and thrown away, so that the sender gets to read the answer.
 * @throws BodyTooLargeError as soon as the limit is passed; the stream's own error when the sender goes away.
 */
export function readBody(stream: Readable, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) return void chunks.push(chunk);
      chunks.length = 0;
      reject(new BodyTooLargeError(maxBytes));
    });
    stream.on('end', () => resolve(Buffer.concat(chunks)));
    stream.on('error', reject);
    stream.on('close', () => reject(new Error('The sender went away.')));
  });
}

/**
 * Decompresses off the main thread, and stops at `maxBytes`, so a small body that unpacks to a huge one costs no memory.
 * @throws BodyTooLargeError, BodyNotGzipError
 */
export async function unzipBody(body: Uint8Array, maxBytes: number): Promise<Buffer> {
  try {
    return await gunzip(body, { maxOutputLength: maxBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw new BodyTooLargeError(maxBytes);
    throw new BodyNotGzipError(error);
  }
}
