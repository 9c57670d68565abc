/** Turns milliseconds into text of at most four digits and back: 0.0123 -> 12.3 µs, "1.5s" -> 1500. */
import { formatSignificant, formatThree } from './number.ts';

/** With three significant digits, as measured values are shown; see formatTick for round ones. */
export function formatDuration(ms: number): string {
  return format(ms, formatThree);
}

/** Without needless zeros: for axes and for what people wrote. */
export function formatTick(ms: number): string {
  return format(ms, formatSignificant);
}

function format(ms: number, digits: (value: number) => string): string {
  if (!Number.isFinite(ms)) return '–';
  const size = Math.abs(ms);
  if (size === 0) return '0 ms';
  if (size < 0.001) return `${digits(ms * 1e6)} ns`;
  if (size < 1) return `${digits(ms * 1e3)} µs`;
  if (size < 999.5) return `${digits(ms)} ms`;
  if (size < 60_000) return `${digits(ms / 1000)} s`;
  if (size < 3_600_000) return formatPair(ms / 1000, 60, 'm', 's');
  if (size < 86_400_000) return formatPair(ms / 60_000, 60, 'h', 'm');
  return formatPair(ms / 3_600_000, 24, 'd', 'h');
}

function formatPair(value: number, per: number, large: string, small: string): string {
  const whole = Math.round(value);
  const rest = Math.abs(whole % per);
  return `${Math.trunc(whole / per)}${large}${rest > 0 ? ` ${rest}${small}` : ''}`;
}

const factors: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A number with a unit, without one milliseconds. Undefined when it is neither. */
export function parseDuration(text: string): number | undefined {
  const match = /^\s*(\d+(?:\.\d+)?|\.\d+)\s*(ns|us|µs|ms|s|m|h|d)?\s*$/i.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (factors[(match[2] ?? 'ms').toLowerCase()] ?? 1);
}
