/** Bytes that nobody needs any more -> their memory given back at once, not when the collector comes by: it counts them late. */

/** Does nothing where others may look at the same memory: only what fills its buffer is released. Node.js 20 has no way to, and waits. */
export function releaseBytes({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer?.(0);
}
