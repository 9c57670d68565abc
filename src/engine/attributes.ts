/**
 * What an app gives as attributes -> names and values that fit on the wire, within the limits. Never throws, whatever it is given.
 * https://opentelemetry.io/docs/specs/otel/common/#attribute and #attribute-limits
 */
import { diag } from '@opentelemetry/api';
import type { AnyValue } from '@opentelemetry/api';
import type { SharedAttributes } from './shared-attributes.ts';
import { textOf } from './text.ts';

export interface AttributeLimits {
  readonly count: number;
  /** UTF-16 units of a text, bytes of a byte array. */
  readonly length: number;
}

/** Stands for "not a value of an attribute". */
const INVALID = Symbol('invalid');
/** What lies deeper becomes an empty value: receivers refuse a request whose messages are nested much deeper, and a stack has an end. */
const MAX_DEPTH = 30;

/** Names and values in the order in which the names first came. */
export class AttributeList {
  readonly keys: string[] = [];
  readonly values: AnyValue[] = [];
  /** Attributes besides these, none of which is among them. */
  shared: SharedAttributes | undefined = undefined;
  dropped = 0;
  #shown: Record<string, AnyValue> | undefined = undefined;

  /** Sets one attribute; one that is over the limit is counted, one that is no attribute is told to the diagnostics. */
  set(key: string, value: unknown, limits: AttributeLimits): void {
    if (value === undefined) return;
    const { keys } = this;
    const { length } = keys;
    let at = 0;
    while (at < length && keys[at] !== key) at++;
    if (at === length) {
      if (this.shared !== undefined && this.#ownShared(key)) {
        this.set(key, value, limits);
        return;
      }
      if (!isKey(key)) {
        tellInvalidKey();
        return;
      }
      if (length + (this.shared?.keys.length ?? 0) >= limits.count) {
        this.dropped++;
        return;
      }
    }
    const clean = cleanValue(value, limits.length);
    if (clean === INVALID) {
      tellInvalid(key);
      return;
    }
    keys[at] = key;
    this.values[at] = clean as AnyValue;
    if (this.#shown !== undefined) this.#shown[key] = clean as AnyValue;
  }

  /** Sets those that come with a span, an event or a link at its birth: what cannot be one counts as dropped, too. */
  setFirst(attributes: unknown, limits: AttributeLimits, simpleOnly = false): void {
    if (typeof attributes !== 'object' || attributes === null) return;
    for (const key of keysOf(attributes)) {
      const value = read(attributes, key);
      if (value === undefined) continue;
      if (this.keys.length >= limits.count) {
        this.dropped++;
        continue;
      }
      const clean = isKey(key) && (!simpleOnly || isSimple(value)) ? cleanValue(value, limits.length) : INVALID;
      if (clean === INVALID) {
        tellInvalid(key);
        this.dropped++;
        continue;
      }
      this.keys.push(key);
      this.values.push(clean as AnyValue);
    }
  }

  /** Sets each; a getter that throws costs its own attribute. */
  setAll(attributes: unknown, limits: AttributeLimits): void {
    if (typeof attributes !== 'object' || attributes === null) return;
    for (const key of keysOf(attributes)) this.set(key, read(attributes, key), limits);
  }

  /** Adds one that needs no check: a new name, and a text, number or boolean within the limits. */
  put(key: string, value: string | number | boolean): void {
    this.keys.push(key);
    this.values.push(value);
  }

  has(key: string): boolean {
    return this.keys.includes(key) || this.shared?.keys.includes(key) === true;
  }

  /** The object that processors see, which they may write to and delete from; `settle` takes over what they did. */
  show(): Record<string, AnyValue> {
    return (this.#shown ??= this.toObject());
  }

  /** Makes the list equal to the object that was shown; what was put there and is no attribute is left out. */
  settle({ length }: AttributeLimits): void {
    const shown = this.#shown;
    if (shown === undefined) return;
    this.#shown = undefined;
    this.shared = undefined;
    this.keys.length = 0;
    this.values.length = 0;
    for (const key of keysOf(shown)) {
      const value = read(shown, key);
      const clean = value === undefined || !isKey(key) ? INVALID : cleanValue(value, length);
      if (clean === INVALID) continue;
      this.keys.push(key);
      this.values.push(clean as AnyValue);
    }
  }

  toObject(): Record<string, AnyValue> {
    const object: Record<string, AnyValue> = {};
    const { shared } = this;
    if (shared !== undefined) for (let i = 0; i < shared.keys.length; i++) object[shared.keys[i] as string] = shared.values[i];
    for (let i = 0; i < this.keys.length; i++) object[this.keys[i] as string] = this.values[i];
    return object;
  }

  /** Makes the shared ones its own if `key` is among them: one of them is about to change. */
  #ownShared(key: string): boolean {
    const { shared } = this;
    if (shared === undefined || !shared.keys.includes(key)) return false;
    this.shared = undefined;
    this.keys.push(...shared.keys);
    this.values.push(...shared.values);
    return true;
  }
}

function isKey(key: unknown): key is string {
  return typeof key === 'string' && key !== '' && key !== '__proto__';
}

/** None for a proxy that does not tell. */
function keysOf(attributes: object): string[] {
  try {
    return Object.keys(attributes);
  } catch {
    return [];
  }
}

function read(from: object, key: string): unknown {
  try {
    return (from as Readonly<Record<string, unknown>>)[key];
  } catch {
    return INVALID;
  }
}

function tellInvalidKey(): void {
  diag.warn('Invalid attribute key: it is not a text, or empty');
}

function tellInvalid(key: string): void {
  diag.warn(`Invalid attribute value set for key: ${key}`);
}

/** The value itself where nothing can change it, a copy otherwise; INVALID for what is no `AnyValue`. */
function cleanValue(value: unknown, limit: number): AnyValue | typeof INVALID {
  switch (typeof value) {
    case 'string':
      return value.length > limit ? value.slice(0, limit) : value;
    case 'number':
    case 'boolean':
      return value;
    case 'object':
      if (value === null) return null;
      try {
        return cleanObject(value, limit, []);
      } catch {
        return INVALID;
      }
    default:
      return INVALID;
  }
}

/** For the body of a log record, to which no limit applies. What is no `AnyValue` becomes text: a line without its body is of no use. */
export function cleanAny(value: unknown): AnyValue {
  if (value === undefined) return undefined;
  const clean = cleanValue(value, Infinity);
  return clean === INVALID ? textOf(value) : (clean as AnyValue);
}

function cleanInner(value: unknown, limit: number, above: object[]): AnyValue | typeof INVALID {
  if (value === undefined) return undefined;
  return typeof value === 'object' && value !== null ? cleanObject(value, limit, above) : cleanValue(value, limit);
}

function cleanObject(value: object, limit: number, above: object[]): AnyValue | typeof INVALID {
  // A copy, as of any other value that the app could still change.
  if (value instanceof Uint8Array) return value.slice(0, Math.min(limit, value.length));
  if (above.includes(value)) return INVALID;
  if (above.length >= MAX_DEPTH) return null;
  const isArray = Array.isArray(value);
  const { constructor } = value;
  if (!isArray && constructor !== Object && constructor !== undefined) return INVALID;
  above.push(value);
  const result = isArray ? cleanArray(value, limit, above) : cleanMap(value as Readonly<Record<string, unknown>>, limit, above);
  above.pop();
  return result;
}

function cleanArray(items: readonly unknown[], limit: number, above: object[]): AnyValue | typeof INVALID {
  const result: AnyValue[] = [];
  for (const item of items) {
    const clean = cleanInner(item, limit, above);
    if (clean === INVALID) return INVALID;
    result.push(clean as AnyValue);
  }
  return result;
}

function cleanMap(map: Readonly<Record<string, unknown>>, limit: number, above: object[]): AnyValue | typeof INVALID {
  const result: Record<string, AnyValue> = {};
  for (const key of Object.keys(map)) {
    const clean = cleanInner(map[key], limit, above);
    if (clean === INVALID) return INVALID;
    if (clean !== undefined && key !== '__proto__') result[key] = clean as AnyValue;
  }
  return result;
}

/** Events take text, numbers, booleans, and arrays of one of these. */
function isSimple(value: unknown): boolean {
  if (typeof value !== 'object') return isPrimitive(typeof value);
  try {
    return Array.isArray(value) && isUniform(value);
  } catch {
    return false; // A proxy can refuse anything.
  }
}

function isUniform(items: readonly unknown[]): boolean {
  let type: string | undefined;
  for (const item of items) {
    if (item === null || item === undefined) continue;
    type ??= typeof item;
    if (typeof item !== type || !isPrimitive(type)) return false;
  }
  return true;
}

function isPrimitive(type: string): boolean {
  return type === 'string' || type === 'number' || type === 'boolean';
}
