/** Turns the text of a time range in the URL (`15m`, `all`, `1700000000000-1700000060000`) into bounds, and back. */

export type TimeRange =
  | { readonly kind: 'last'; readonly text: string; readonly ms: number }
  | { readonly kind: 'all' }
  | { readonly kind: 'custom'; readonly from: number; readonly to: number };

export const presets = ['5m', '15m', '1h', '24h', 'all'] as const;
export const defaultRange = '1h';

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What cannot be read is the default range. */
export function parseRange(text: string | undefined): TimeRange {
  if (text === 'all') return { kind: 'all' };
  const custom = /^(\d{1,16})-(\d{1,16})$/.exec(text ?? '');
  if (custom !== null && Number(custom[1]) < Number(custom[2])) return { kind: 'custom', from: Number(custom[1]), to: Number(custom[2]) };
  const last = /^(\d{1,4})([smhd])$/.exec(text ?? '');
  if (last === null || Number(last[1]) === 0)
    return text === defaultRange ? { kind: 'last', text: '1h', ms: 3_600_000 } : parseRange(defaultRange);
  return { kind: 'last', text: text!, ms: Number(last[1]) * unitMs[last[2]!]! };
}

export function formatRange(range: TimeRange): string {
  if (range.kind === 'last') return range.text;
  return range.kind === 'all' ? 'all' : `${Math.floor(range.from)}-${Math.ceil(range.to)}`;
}

/**
 * What the API takes. A range that ends now has no end, so that what arrives meanwhile is in it, and begins no earlier than the data do: charts of the
 * first minutes show these minutes, and rates are those of the time in which anything was measured.
 */
export function resolveBounds(range: TimeRange, now: number, oldest: number | undefined): { readonly from?: number; readonly to?: number } {
  if (range.kind === 'custom') return { from: range.from, to: range.to };
  const first = oldest === undefined ? undefined : Math.floor(Math.min(oldest, now - shortestMs));
  if (range.kind === 'all') return first === undefined ? {} : { from: first };
  return { from: Math.max(now - range.ms, first ?? 0) };
}

/** A chart of less than this says nothing. */
const shortestMs = 30_000;

/** Only a range that ends now can follow what arrives. */
export function isLive(range: TimeRange): boolean {
  return range.kind !== 'custom';
}
