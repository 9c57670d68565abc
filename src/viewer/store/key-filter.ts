/** The attributes of a segment's rows -> a Bloom filter that says in which segments a search need not look. */

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
/** Of longer values only the beginning counts: a search for them looks into a few segments more. */
const HASHED_UNITS = 128;
const BITS_PER_ENTRY = 10;
const PROBES = 5;

/** FNV-1a over UTF-16 units. */
export function hashKey(key: string): number {
  return hashText(key, FNV_OFFSET);
}

export function hashPair(keyHash: number, value: string): number {
  return hashText(value, Math.imul(keyHash ^ 61, FNV_PRIME));
}

function hashText(text: string, seed: number): number {
  let hash = seed;
  const end = Math.min(text.length, HASHED_UNITS);
  for (let i = 0; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return hash >>> 0;
}

/** About one percent of what is not there seems to be there. */
export function encodeFilter(hashes: ReadonlySet<number>): Uint8Array {
  const bytes = new Uint8Array(Math.max(8, Math.ceil((hashes.size * BITS_PER_ENTRY) / 8)));
  for (const hash of hashes) {
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = bitOf(hash, probe, bytes.length * 8);
      bytes[bit >>> 3]! |= 1 << (bit & 7);
    }
  }
  return bytes;
}

export function mayContain(filter: Uint8Array, hash: number): boolean {
  for (let probe = 0; probe < PROBES; probe++) {
    const bit = bitOf(hash, probe, filter.length * 8);
    if ((filter[bit >>> 3]! & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}

/** Two hashes make any number of them: the second is the first, mixed. */
function bitOf(hash: number, probe: number, bits: number): number {
  let second = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  second = (second ^ (second >>> 13)) | 1;
  return ((hash + Math.imul(probe, second)) >>> 0) % bits;
}
