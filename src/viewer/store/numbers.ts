/** Times and ids as senders give them -> what a row can hold. */

const LARGEST = 2n ** 63n - 1n;

/** Nanoseconds as SQLite's signed 64 bits; what is beyond (the year 2262) is the largest of them. */
export function clampNano(nano: bigint): bigint {
  return nano > LARGEST ? LARGEST : nano;
}

/** Counts are unsigned 64 bits in OTLP. */
export function clampCount(count: bigint): bigint {
  return count > LARGEST ? LARGEST : count;
}

/** Ids are bytes of any length, as they were sent. */
export function idBytes(hex: string): Buffer {
  return Buffer.from(hex, 'hex');
}

/** Never 0, which stands for no id. */
export function lastFourBytes(id: Buffer): number {
  return (id.length >= 4 ? id.readUInt32LE(id.length - 4) : id.length) || 1;
}

/** In two parts: a whole number of milliseconds stays whole. */
export function msOf(nano: bigint): number {
  return Number(nano / 1_000_000n) + Number(nano % 1_000_000n) / 1e6;
}

/** As SQLite can hold it: times beyond are the last one, or the first. */
export function nanoOf(ms: number): bigint {
  const whole = Math.floor(ms);
  const nano = BigInt(whole) * 1_000_000n + BigInt(Math.round((ms - whole) * 1e6));
  return nano > LARGEST ? LARGEST : nano < -LARGEST ? -LARGEST : nano;
}
