/** Turns a metric's value and its UCUM unit into text: (0.25, "s") -> 250 ms, (1048576, "By") -> 1 MiB, (0.5, "1") -> 50%. */
import { formatBytes } from './bytes.ts';
import { formatDuration, formatTick } from './duration.ts';
import { formatNumber, formatPercent } from './number.ts';

const millisecondsPer: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };
const bytesPer: Readonly<Record<string, number>> = {
  By: 1,
  KiBy: 1024,
  MiBy: 1024 ** 2,
  GiBy: 1024 ** 3,
  kBy: 1e3,
  MBy: 1e6,
  GBy: 1e9,
  bit: 1 / 8,
};

export interface UnitOptions {
  /** The value is per second. */
  readonly rate?: boolean;
  /** A round number of an axis. */
  readonly tick?: boolean;
  /** The metric's name, which tells shares from plain counts where the unit "1" does not. */
  readonly name?: string;
}

/** Names of metrics whose unit 1 means a share of one. */
const shares = /(utilization|ratio|share)$/;

export function formatUnit(value: number, unit: string, { rate = false, tick = false, name = '' }: UnitOptions = {}): string {
  if (!Number.isFinite(value)) return '–';
  const ms = millisecondsPer[unit];
  // Seconds of something per second are a share of the time: CPU time, for one.
  if (ms !== undefined) return rate ? formatPercent((value * ms) / 1000) : (tick ? formatTick : formatDuration)(value * ms);
  const bytes = bytesPer[unit];
  if (bytes !== undefined) return formatBytes(value * bytes) + (rate ? '/s' : '');
  if (unit === '1' && !rate && shares.test(name)) return formatPercent(value);
  if (unit === '%') return formatPercent(value / 100);
  return formatNumber(value) + (rate ? '/s' : '');
}

/** What stands at the axis of a chart and in lists: the unit in words, without UCUM's braces. */
export function describeUnit(unit: string, rate: boolean): string {
  const plain =
    unit === '1' ? '' : unit.replace(/[{}]/g, '').replace(/^By$/, 'bytes').replace(/^s$/, 'seconds').replace(/^ms$/, 'milliseconds');
  return rate ? `${plain || 'per second'}${plain === '' ? '' : ' per second'}` : plain;
}
