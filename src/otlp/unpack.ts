/** A gzip body -> what was packed, within a limit: a small body that unpacks to a huge one costs no memory. */
import { promisify } from 'node:util';
import { gunzip as gunzipCallback, gunzipSync } from 'node:zlib';

import { BodyNotGzipError, BodyTooLargeError } from './body-error.ts';
import { releaseBytes } from './release-bytes.ts';

const gunzip = promisify(gunzipCallback);
/** Deflate makes nothing smaller than this. */
const MAX_RATIO = 1032;
/** zlib's own choice. */
const USUAL_ROOM = 16_384;
/** Less may be cut from a buffer that is shared, which none but the collector gives back: late, for it hardly counts it. */
const OWN_ROOM = Math.max(USUAL_ROOM, Buffer.poolSize);

/** What a body says of its length, which stands at its end; 0 where there is no room for that. It may be a lie. */
export function unpackedBytes(body: Uint8Array): number {
  if (body.byteLength < 4) return 0;
  return new DataView(body.buffer, body.byteOffset + body.byteLength - 4).getUint32(0, true);
}

/** What comes out in one piece is not put together from many. No more room is made than the limit, and what deflate can give. */
function roomFor(body: Uint8Array, maxBytes: number, least: number): number {
  // With one byte to spare zlib sees that it is done.
  return Math.max(Math.min(unpackedBytes(body) + 1, maxBytes, body.byteLength * MAX_RATIO), least);
}

/**
 * Off this thread; the compressed bytes are given up.
 * @throws BodyTooLargeError, BodyNotGzipError
 */
export async function unpack(body: Uint8Array, maxBytes: number): Promise<Buffer> {
  try {
    const unpacked = await gunzip(body, { maxOutputLength: maxBytes, chunkSize: roomFor(body, maxBytes, USUAL_ROOM) });
    releaseBytes(body);
    return unpacked;
  } catch (error) {
    throw refusalFor(error, maxBytes);
  }
}

/**
 * Unpacks on this thread for `use`, which keeps nothing of the bytes: they are released when it is done.
 * @throws BodyTooLargeError, BodyNotGzipError, and what `use` throws
 */
export function withUnpacked<T>(body: Uint8Array, maxBytes: number, use: (unpacked: Uint8Array) => T): T {
  const chunkSize = roomFor(body, maxBytes, OWN_ROOM);
  let unpacked: Buffer<ArrayBuffer>;
  try {
    unpacked = gunzipSync(body, { maxOutputLength: maxBytes, chunkSize });
  } catch (error) {
    throw refusalFor(error, maxBytes);
  }
  try {
    return use(unpacked);
  } finally {
    // One piece lies in the room that was made for it; several were put together to a buffer that they fill.
    const { buffer } = unpacked;
    releaseBytes(buffer.byteLength === chunkSize ? new Uint8Array(buffer) : unpacked);
  }
}

function refusalFor(error: unknown, maxBytes: number): Error {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? new BodyTooLargeError(maxBytes) : new BodyNotGzipError(error);
}
