/** What was unpacked for one use is gone when the use is over, however it came out of zlib. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { BodyNotGzipError, BodyTooLargeError } from '../../src/otlp/body-error.ts';
import { unpackedBytes, withUnpacked } from '../../src/otlp/unpack.ts';

const skip =
  'transfer' in ArrayBuffer.prototype ? false : 'ArrayBuffer.prototype.transfer came with Node.js 22: run the test with 22 or later';
const LIMIT = 400_000;

const bodies: readonly (readonly [string, number, Buffer])[] = [
  ...[1, 5000, 16_383, 16_384, 65_535, 65_536, 300_000, LIMIT].map(
    (size) => [`${size} bytes`, size, gzipSync(Buffer.alloc(size, 'abc'))] as const,
  ),
  [
    'two members, of which the last one tells the length',
    300_003,
    Buffer.concat([gzipSync(Buffer.alloc(300_000, 'abc')), gzipSync('end')]),
  ],
];

for (const [name, size, body] of bodies)
  test(`given back after its use: ${name}`, { skip }, () => {
    let seen: Uint8Array | undefined;
    const lengths = withUnpacked(body, LIMIT, (unpacked) => {
      seen = unpacked;
      return [unpacked.byteLength, unpacked[0]];
    });
    assert.deepEqual(lengths, [size, 'a'.charCodeAt(0)]);
    assert.equal(seen!.buffer.byteLength, 0);
    assert.ok(body.length > 0, 'the compressed bytes are their owner’s');
  });

test('given back also when the use fails', { skip }, () => {
  let seen: Uint8Array | undefined;
  const use = (unpacked: Uint8Array): never => {
    seen = unpacked;
    throw new RangeError('no');
  };
  assert.throws(() => withUnpacked(gzipSync('abc'), LIMIT, use), RangeError);
  assert.equal(seen!.buffer.byteLength, 0);
});

test('what is too large or no gzip is not used', () => {
  const unused = (): void => assert.fail('used');
  const whole = gzipSync(Buffer.alloc(LIMIT + 1, 'abc'));
  assert.throws(() => withUnpacked(whole, LIMIT, unused), BodyTooLargeError);
  for (const body of [whole.subarray(0, -1), whole.subarray(1), Buffer.alloc(0), Buffer.from('abc')])
    assert.throws(() => withUnpacked(body, 2 * LIMIT, unused), BodyNotGzipError);
  const wrong = Buffer.from(whole);
  wrong.writeUInt32LE(7, wrong.length - 4);
  assert.throws(() => withUnpacked(wrong, 2 * LIMIT, unused), BodyNotGzipError);
});

test('what a body says of its length', () => {
  assert.equal(unpackedBytes(gzipSync(Buffer.alloc(300_000))), 300_000);
  assert.equal(unpackedBytes(Buffer.from('abc')), 0);
});
