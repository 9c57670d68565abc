/** Turns an attribute's value into one line, and into indented text when it is structured. */
import type { Value } from '../../api.ts';

export function formatValue(value: Value): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Structured values, and texts that hold JSON objects or arrays, with indentation; undefined when the value is plain. */
export function formatStructured(value: Value): string | undefined {
  const parsed = typeof value === 'string' ? parseJson(value) : value;
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  if (Array.isArray(parsed) && parsed.every((item) => typeof item !== 'object'))
    return parsed.length > 8 ? JSON.stringify(parsed, null, 2) : undefined;
  return JSON.stringify(parsed, null, 2);
}

function parseJson(text: string): Value | undefined {
  if (text.length > 1_000_000 || !/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}
