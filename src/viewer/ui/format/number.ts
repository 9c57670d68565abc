/** Turns numbers into short text with at most three significant digits: 1234567 -> 1.23M. */

const steps = [
  { from: 1e12, by: 1e12, suffix: 'T' },
  { from: 1e9, by: 1e9, suffix: 'G' },
  { from: 1e6, by: 1e6, suffix: 'M' },
  { from: 1e4, by: 1e3, suffix: 'k' },
] as const;

/** At most three significant digits, never an exponent, no trailing zeros. */
export function formatSignificant(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 100) return String(Math.round(value));
  const decimals = Math.min(8, Math.max(0, 2 - Math.floor(Math.log10(size))));
  return String(Number(value.toFixed(decimals)));
}

/** Always three significant digits below 1000, so that numbers of a column are alike: 1.30, 35.2, 260. */
export function formatThree(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  return size >= 99.95 ? String(Math.round(value)) : value.toFixed(size >= 9.995 ? 1 : 2);
}

export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  for (const { from, by, suffix } of steps) if (size >= from) return formatSignificant(value / by) + suffix;
  if (Number.isInteger(value)) return formatCount(value);
  return formatSignificant(value);
}

/** A whole number with thousands separated: 12,345. */
export function formatCount(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.01) return '<0.01%';
  return `${formatSignificant(Math.abs(percent) >= 10 ? Math.round(percent * 10) / 10 : percent)}%`;
}

/** `1 span`, `2 spans`; for nouns that take an s. */
export function formatPlural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
