/** `key=value` and its like, as a person types them -> conditions on attributes, for SQL to narrow down and for JavaScript to decide. */
import { hashKey, hashPair, mayContain } from '../store/key-filter.ts';

export type Operator = '=' | '!=' | '~' | '>' | '<' | 'exists';

export interface Condition {
  readonly key: string;
  readonly operator: Operator;
  readonly value: string;
}

/** `key=value`, `key!=value`, `key~part`, `key>1`, `key<1`, or `key` alone. Undefined for text that is no condition. */
export function parseCondition(text: string): Condition | undefined {
  const match = /^([^=!~<>\s][^=!~<>]*)(?:(!=|=|~|>|<)(.*))?$/s.exec(text);
  if (match === null) return undefined;
  const key = match[1]!.trim();
  const operator = (match[2] ?? 'exists') as Operator;
  const value = match[3] ?? '';
  if ((operator === '>' || operator === '<') && (value.trim() === '' || Number.isNaN(Number(value)))) return undefined;
  return { key, operator, value };
}

/** False: the segment holds no such row. */
export function mayMatch(filter: Uint8Array, { key, operator, value }: Condition): boolean {
  const keyHash = hashKey(key);
  return operator === '=' ? mayContain(filter, hashPair(keyHash, value)) : mayContain(filter, keyHash);
}

/**
 * Texts that a row's attributes must hold to meet the condition: SQLite finds them without parsing. The value of an equality is left out where JSON
 * may write it in more than one way.
 */
export function needlesOf({ key, operator, value }: Condition): readonly string[] {
  const needles = [`${JSON.stringify(key)}:`];
  if (operator === '=' && value !== '' && /^[\w ./:@-]+$/.test(value)) needles.push(value);
  return needles;
}

/** Decides by the value of the record itself, else of its resource. Of an array one element is enough. An attribute that is not there meets nothing. */
export function meets(condition: Condition, own: Readonly<Record<string, unknown>>, resource: Readonly<Record<string, unknown>>): boolean {
  const { key } = condition;
  const value = Object.hasOwn(own, key) ? own[key] : Object.hasOwn(resource, key) ? resource[key] : undefined;
  return value !== undefined && meetsValue(condition, value);
}

function meetsValue(condition: Condition, actual: unknown): boolean {
  const { operator, value } = condition;
  if (operator === 'exists') return true;
  if (operator === '!=') return !meetsValue({ ...condition, operator: '=' }, actual);
  if (Array.isArray(actual)) return actual.some((item) => meetsValue(condition, item));
  if (operator === '=') return textOf(actual) === value;
  if (operator === '~') return textOf(actual).toLowerCase().includes(value.toLowerCase());
  const number = typeof actual === 'number' ? actual : typeof actual === 'string' && actual.trim() !== '' ? Number(actual) : NaN;
  return operator === '>' ? number > Number(value) : number < Number(value);
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}
