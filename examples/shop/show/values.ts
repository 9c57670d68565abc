/** Values of records as people read them: durations, sizes, times of day, attributes. */

import type { Attributes, AttributeValue } from '../../../src/otlp/records.ts';
import { flatten } from './text.ts';

/** Three significant digits: `0.42 ms`, `61.2 ms`, `1.20 s`. */
export function formatMs(ms: number): string {
  return ms < 1000 ? `${digits(ms)} ms` : `${digits(ms / 1000)} s`;
}

function digits(value: number): string {
  if (value < 10) return value.toFixed(2);
  return value < 100 ? value.toFixed(1) : value.toFixed(0);
}

export function formatBytes(bytes: number): string {
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

export function formatPercent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}

/** The local time of day, `06:03:51`. */
export function formatTime(unixNano: bigint): string {
  return new Date(Number(unixNano / 1_000_000n)).toTimeString().slice(0, 8);
}

export function nanosToMs(nanos: bigint): number {
  return Number(nanos) / 1e6;
}

/** A string attribute, or undefined when there is none by that name. */
export function textOf(attributes: Attributes, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes[name];
    if (value !== undefined && value !== null) return formatAttribute(value);
  }
  return undefined;
}

export function numberOf(attributes: Attributes, ...names: readonly string[]): number | undefined {
  const text = textOf(attributes, ...names);
  return text === undefined || Number.isNaN(Number(text)) ? undefined : Number(text);
}

/** One attribute's value on one line; objects and lists as JSON. */
export function formatAttribute(value: AttributeValue): string {
  if (typeof value === 'string') return flatten(value);
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (typeof value === 'object' && value !== null)
    return flatten(JSON.stringify(value, (_key, inner) => (typeof inner === 'bigint' ? Number(inner) : inner)));
  return String(value);
}
