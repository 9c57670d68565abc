/** Attributes as an app passes them -> keys of a series, and a copy that nobody changes any more. Nothing here throws. */
import type { Attributes } from '@opentelemetry/api';

export interface CleanAttributes {
  /** The same for the same attributes in any order, and for no others. */
  readonly key: string;
  readonly attributes: Attributes;
  /** Some attribute was left out, because its value is none that metrics can carry or could not be read. */
  readonly incomplete: boolean;
}

type Scalar = string | number | boolean | null;

/** Lengths go before texts: no text can be written so that it passes for two. */
const scalarKey = (value: Scalar): string => {
  if (typeof value === 'string') return `${value.length}"${value}`;
  return typeof value === 'number' ? `#${value};` : value === null ? '0' : value ? '+' : '-';
};

/** Takes strings, numbers, booleans and arrays of them; `undefined` is no attribute at all. */
export function cleanAttributes(raw: unknown): CleanAttributes {
  const attributes: Attributes = {};
  const keys: string[] = [];
  let incomplete = false;
  for (const name of namesOf(raw)) {
    try {
      const value: unknown = (raw as Record<string, unknown>)[name];
      if (value === undefined) continue;
      const clean = name === '' || name === '__proto__' ? undefined : cleanValue(value);
      if (clean === undefined) {
        incomplete = true;
        continue;
      }
      attributes[name] = clean;
      keys.push(`${name.length}:${name}${Array.isArray(clean) ? `[${clean.map(scalarKey).join('')}]` : scalarKey(clean)}`);
    } catch {
      incomplete = true;
    }
  }
  return { key: keys.sort().join(''), attributes: Object.freeze(attributes), incomplete };
}

function namesOf(raw: unknown): readonly string[] {
  if (typeof raw !== 'object' || raw === null) return [];
  try {
    return Object.keys(raw);
  } catch {
    return [];
  }
}

function cleanValue(value: unknown): Exclude<Scalar, null> | Scalar[] | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (!Array.isArray(value)) return undefined;
  const items = Array.from(value, (item: unknown) => item ?? null);
  return items.every(isScalar) ? items : undefined;
}

const isScalar = (item: unknown): item is Scalar =>
  item === null || typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean';

/** Will these attributes read the same for ever? Then their identity can stand for them. */
export function isConstant(attributes: object): boolean {
  try {
    return (
      Object.isFrozen(attributes) &&
      Object.values(Object.getOwnPropertyDescriptors(attributes)).every(
        ({ get, value }) => get === undefined && (!Array.isArray(value) || Object.isFrozen(value)),
      )
    );
  } catch {
    return false;
  }
}
