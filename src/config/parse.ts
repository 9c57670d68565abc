/** The text of a variable -> a value, or what is wrong with it. Pure; `read.ts` makes Problems of what is wrong. */
import { nearestName } from './nearest.ts';

/** `wrong` says what is allowed, `remedy` what to do; neither repeats the text, which may be secret. */
export interface Wrong {
  readonly wrong: string;
  readonly remedy: string;
}
export type Parsed<Value> = { readonly value: Value } | Wrong;

/** A pair that was left out: its place in the list, counted from 1, and why. Its text may be secret. */
export interface DroppedPair {
  readonly position: number;
  readonly why: string;
}
export interface Pairs {
  readonly value: Readonly<Record<string, string>>;
  readonly dropped: readonly DroppedPair[];
}

/** Only `true` and `false`, in any case: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#boolean */
export function parseBoolean(text: string): Parsed<boolean> {
  const word = text.trim().toLowerCase();
  if (word === 'true') return { value: true };
  if (word === 'false') return { value: false };
  return { wrong: 'only true or false is allowed', remedy: 'Set it to true or false.' };
}

export interface IntegerRange {
  readonly min: number;
  readonly max: number;
  readonly unit?: 'ms';
}

/** A whole number in decimal digits, within the range. */
export function parseInteger(text: string, { min, max, unit }: IntegerRange): Parsed<number> {
  const wrong = `a whole number${unit === 'ms' ? ' of milliseconds' : ''} from ${min} to ${max} is allowed`;
  const digits = text.trim();
  if (!/^[+-]?\d+$/.test(digits)) return { wrong, remedy: 'Write it in digits only, without a unit.' };
  const value = Number(digits);
  if (value < min || value > max) return { wrong, remedy: 'Set it within that range, or remove it.' };
  return { value: value === 0 ? 0 : value };
}

/** A decimal number of any sign. */
export function parseNumber(text: string): Parsed<number> {
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : NaN;
  return Number.isFinite(value) ? { value } : { wrong: 'a number is allowed', remedy: 'Write it in digits only.' };
}

/** A share from 0 to 1. */
export function parseRatio(text: string): Parsed<number> {
  const parsed = parseNumber(text);
  if ('value' in parsed && parsed.value >= 0 && parsed.value <= 1) return parsed;
  return { wrong: 'a ratio is 0 to 1', remedy: 'Set it to a number from 0 to 1.' };
}

/** Comma-separated words, trimmed; empty and repeated ones are left out. */
export function parseList(text: string): readonly string[] {
  return [
    ...new Set(
      text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== ''),
    ),
  ];
}

/** One of the given words, in any case: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#enum */
export function parseChoice<Word extends string>(text: string, words: readonly Word[]): Parsed<Word> {
  const wanted = text.trim().toLowerCase();
  const value = words.find((word) => word.toLowerCase() === wanted);
  if (value !== undefined) return { value };
  const nearest = nearestName(wanted, words);
  return { wrong: `allowed: ${words.join(', ')}`, remedy: nearest === undefined ? 'Set it to one of these.' : `Did you mean ${nearest}?` };
}

/** Some of the given words, comma-separated; what is unknown is returned apart. */
export function parseChoices<Word extends string>(
  text: string,
  words: readonly Word[],
): { readonly value: readonly Word[]; readonly unknown: readonly string[] } {
  const value = new Set<Word>();
  const unknown: string[] = [];
  for (const item of parseList(text)) {
    const parsed = parseChoice(item, words);
    if ('value' in parsed) value.add(parsed.value);
    else unknown.push(item);
  }
  return { value: [...value], unknown };
}

/** An absolute `http:` or `https:` URL. */
export function parseUrl(text: string): Parsed<URL> {
  const wrong = 'a URL that begins with http:// or https:// is allowed';
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) return { value: url };
  return { wrong, remedy: hasScheme(text) ? 'Write the whole URL, such as http://localhost:4318.' : 'Put http:// or https:// before it.' };
}

/** Whether the text begins as URLs with a host do: `scheme://`. */
export function hasScheme(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text.trim());
}

/**
 * `key=value,key=value` with percent-encoded keys and values, in the manner of W3C baggage. A bad pair drops only itself
 * (the specification would drop the whole variable: https://opentelemetry.io/docs/specs/otel/resource/sdk/).
 */
export function parseAttributes(text: string): Pairs {
  return parsePairs(
    text,
    (key) => key,
    () => undefined,
  );
}

/** As `parseAttributes`, for HTTP headers: names in lower case; what Node would refuse to send is dropped here. */
export function parseHeaders(text: string): Pairs {
  return parsePairs(
    text,
    (key) => key.toLowerCase(),
    (key, value) => {
      if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(key)) return 'its name has a character that header names cannot have';
      if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) return 'its value has a character that headers cannot carry';
      return undefined;
    },
  );
}

function parsePairs(
  text: string,
  normalizeKey: (key: string) => string,
  checkPair: (key: string, value: string) => string | undefined,
): Pairs {
  const pairs = new Map<string, string>();
  const dropped: DroppedPair[] = [];
  let position = 0;
  for (const part of text.split(',')) {
    const pair = part.trim();
    if (pair === '') continue;
    position++;
    const equals = pair.indexOf('=');
    if (equals === -1) {
      dropped.push({ position, why: 'it has no "="' });
      continue;
    }
    const key = decode(pair.slice(0, equals).trim());
    const value = decode(pair.slice(equals + 1).trim());
    if (key === undefined || value === undefined) {
      dropped.push({ position, why: 'it has a "%" that encodes nothing (a plain % is written %25)' });
    } else if (key === '') {
      dropped.push({ position, why: 'nothing stands before its "="' });
    } else {
      const name = normalizeKey(key);
      const why = checkPair(name, value);
      if (why === undefined) pairs.set(name, value);
      else dropped.push({ position, why });
    }
  }
  // fromEntries defines properties, so that a key named __proto__ is only a key.
  return { value: Object.fromEntries(pairs), dropped };
}

function decode(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
