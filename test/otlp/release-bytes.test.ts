/** Bodies that were read leave nothing behind for the collector. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { BodyNotGzipError, BodyTooLargeError } from '../../src/otlp/body-error.ts';
import { releaseBytes } from '../../src/otlp/release-bytes.ts';
import { readBody } from '../../src/otlp/request-body.ts';
import { unpack } from '../../src/otlp/unpack.ts';

const skip =
  'transfer' in ArrayBuffer.prototype ? false : 'ArrayBuffer.prototype.transfer came with Node.js 22: run the test with 22 or later';

test('only bytes that fill their buffer are released', { skip }, () => {
  const whole = Buffer.allocUnsafeSlow(100_000);
  const part = Buffer.allocUnsafeSlow(100_000).subarray(1);
  const pooled = Buffer.from('of the pool');
  for (const bytes of [whole, part, pooled]) releaseBytes(bytes);
  assert.deepEqual([whole.length, part.length, pooled.toString()], [0, 99_999, 'of the pool']);
});

test('a body of several chunks has a buffer of its own, and the chunks are released', { skip }, async () => {
  const chunks = ['a', 'b', 'c'].map((letter) => Buffer.allocUnsafeSlow(50_000).fill(letter));
  const body = await readBody(Readable.from(chunks, { objectMode: false }), 200_000);
  assert.equal(body.toString(), 'a'.repeat(50_000) + 'b'.repeat(50_000) + 'c'.repeat(50_000));
  assert.equal(body.buffer.byteLength, 150_000);
  assert.deepEqual(
    chunks.map(({ length }) => length),
    [0, 0, 0],
  );
});

test('a body of one chunk is that chunk', async () => {
  const chunk = Buffer.allocUnsafeSlow(50_000).fill('a');
  assert.equal((await readBody(Readable.from([chunk], { objectMode: false }), 200_000)).buffer, chunk.buffer);
});

test('what a compressed body says of its length is no more than a hint', async () => {
  const plain = Buffer.alloc(300_000, 'abc');
  for (const length of [300_000, 0, 7, 0xffffffff]) {
    const body = gzipSync(plain);
    body.writeUInt32LE(length, body.length - 4);
    // A length that is wrong is an error of the gzip itself; no more than the limit is made room for.
    if (length === 300_000) assert.deepEqual(await unpack(body, 400_000), plain);
    else await assert.rejects(unpack(body, 400_000), BodyNotGzipError);
  }
  await assert.rejects(unpack(gzipSync(plain), 200_000), BodyTooLargeError);
  const twoMembers = Buffer.concat([gzipSync(plain), gzipSync('end')]);
  assert.equal((await unpack(twoMembers, 400_000)).length, 300_003);
});
