/**
 * Values -> protobuf bytes, in one growing buffer that is used again and again. No size is computed beforehand: a message's length is filled in when
 * it ends. https://protobuf.dev/programming-guides/encoding/
 */

/** Wire types: varint, 64 bits, length-delimited, 32 bits. */
export type WireType = 0 | 1 | 2 | 5;

const TWO_32 = 2 ** 32;
/** The nanoseconds of the last whole second that was written, in halves: most times are of the second of those before. */
let lastSeconds = 0;
let lastLow = 0;
let lastHigh = 0;

/** Text of up to this many UTF-16 units takes at most 127 bytes, so its length takes one. */
const SHORT_TEXT = 42;
/** Up to here a loop over the characters is cheaper than a call into native code. */
const LOOPED_TEXT = 24;

export class ByteWriter {
  /** Bytes written so far. */
  length = 0;
  #bytes: Buffer;
  readonly #initialBytes: number;

  constructor(initialBytes = 1024) {
    this.#bytes = Buffer.allocUnsafeSlow(initialBytes);
    this.#initialBytes = initialBytes;
  }

  /** Makes room for `more` bytes and returns the buffer to write them to; whoever writes there moves `length` on. */
  room(more: number): Buffer {
    const needed = this.length + more;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, needed));
      this.#bytes.copy(larger, 0, 0, this.length);
      this.#bytes = larger;
    }
    return this.#bytes;
  }

  /** An unsigned number up to 2^53, or a negative one from -2^53 as the ten bytes of its two's complement. */
  varint(value: number): void {
    const bytes = this.room(10);
    let at = this.length;
    if (value >= 0) {
      let rest = value;
      while (rest > 0x7fffffff) {
        bytes[at++] = (rest % 128) | 0x80;
        rest = Math.floor(rest / 128);
      }
      while (rest > 127) {
        bytes[at++] = (rest & 127) | 0x80;
        rest >>>= 7;
      }
      bytes[at++] = rest;
    } else {
      let low = (value % TWO_32) >>> 0;
      let high = Math.floor(value / TWO_32) >>> 0;
      for (let i = 0; i < 9; i++) {
        bytes[at++] = (low & 127) | 0x80;
        low = ((low >>> 7) | (high << 25)) >>> 0;
        high >>>= 7;
      }
      bytes[at++] = low;
    }
    this.length = at;
  }

  tag(field: number, wire: WireType): void {
    const key = (field << 3) | wire;
    if (key < 128) {
      this.room(1)[this.length++] = key;
    } else this.varint(key);
  }

  fixed32(value: number): void {
    const bytes = this.room(4);
    const at = this.length;
    bytes[at] = value;
    bytes[at + 1] = value >>> 8;
    bytes[at + 2] = value >>> 16;
    bytes[at + 3] = value >>> 24;
    this.length = at + 4;
  }

  /** Two halves of 32 bits. */
  fixed64(low: number, high: number): void {
    this.fixed32(low);
    this.fixed32(high);
  }

  double(value: number): void {
    this.room(8).writeDoubleLE(value, this.length);
    this.length += 8;
  }

  /** A `fixed64` field of nanoseconds since 1970, from whole seconds and nanoseconds below 2^47. */
  time(field: number, seconds: number, nanos: number): void {
    this.tag(field, 1);
    if (seconds !== lastSeconds) setLastSecond(seconds);
    const low = lastLow + nanos;
    const carry = Math.floor(low / TWO_32);
    this.fixed64(low - carry * TWO_32, lastHigh + carry);
  }

  /** A `fixed64` field of nanoseconds since 1970, from milliseconds with a fraction. */
  timeMs(field: number, ms: number): void {
    const seconds = Math.floor(ms / 1000);
    this.time(field, seconds, Math.round((ms - seconds * 1000) * 1e6));
  }

  /** A text field. Half a surrogate pair becomes U+FFFD. */
  string(field: number, text: string): void {
    this.tag(field, 2);
    this.text(text);
  }

  /** Length and UTF-8 bytes. */
  text(text: string): void {
    const units = text.length;
    if (units > SHORT_TEXT) {
      const length = Buffer.byteLength(text);
      this.varint(length);
      const bytes = this.room(length);
      this.length += bytes.write(text, this.length, length, length === units ? 'latin1' : 'utf8');
      return;
    }
    const bytes = this.room(1 + units * 3);
    const start = this.length + 1;
    let written = 0;
    if (units <= LOOPED_TEXT) {
      for (; written < units; written++) {
        const unit = text.charCodeAt(written);
        if (unit > 127) break;
        bytes[start + written] = unit;
      }
    }
    if (written < units) written = bytes.write(text, start, units * 3, 'utf8');
    bytes[start - 1] = written;
    this.length = start + written;
  }

  /** A field of bytes. */
  bytes(field: number, value: Uint8Array): void {
    this.tag(field, 2);
    this.varint(value.length);
    this.raw(value);
  }

  /** Bytes as they are. */
  raw(value: Uint8Array): void {
    this.room(value.length).set(value, this.length);
    this.length += value.length;
  }

  /** Begins a message of which `end` fills in the length; `lengthBytes` is a guess at how many bytes that will take. */
  begin(field: number, lengthBytes: 1 | 2 = 1): number {
    this.tag(field, 2);
    this.room(lengthBytes);
    this.length += lengthBytes;
    // The guess travels in the mark: there are at most two.
    return this.length * 2 + (lengthBytes - 1);
  }

  end(mark: number): void {
    const start = Math.floor(mark / 2);
    const reserved = (mark % 2) + 1;
    const length = this.length - start;
    const needed = length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x200000 ? 3 : length < 0x10000000 ? 4 : 5;
    if (needed !== reserved) {
      const shift = needed - reserved;
      this.room(needed).copyWithin(start + shift, start, this.length);
      this.length += shift;
    }
    const bytes = this.#bytes;
    let at = start - reserved;
    let rest = length;
    while (rest > 127) {
      bytes[at++] = (rest & 127) | 0x80;
      rest >>>= 7;
    }
    bytes[at] = rest;
  }

  /** A copy of what was written, after `room` bytes for what is to stand before it; the writer is empty after it. A buffer that had to grow far is not kept. */
  take(room = 0): Uint8Array<ArrayBuffer> {
    // Not zeroed and not of the shared pool, which small slices would keep alive.
    const taken = Buffer.allocUnsafeSlow(room + this.length);
    this.#bytes.copy(taken, room, 0, this.length);
    this.length = 0;
    if (this.#bytes.length > this.#initialBytes * 32) this.#bytes = Buffer.allocUnsafeSlow(this.#initialBytes);
    return taken;
  }
}

/** seconds * 10^9 has up to 61 bits: in two parts of which none leaves the 53 bits of a number. */
function setLastSecond(seconds: number): void {
  const upper = Math.floor(seconds / 65536);
  const low = (seconds - upper * 65536) * 1e9;
  const high = upper * 1e9;
  const sum = (high % 65536) * 65536 + (low % TWO_32);
  const carry = sum >= TWO_32 ? 1 : 0;
  lastSeconds = seconds;
  lastLow = sum - carry * TWO_32;
  lastHigh = Math.floor(high / 65536) + Math.floor(low / TWO_32) + carry;
}
