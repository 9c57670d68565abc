/** What an instrumentation's option takes: texts are parsed by it, values of a file checked against it. */
import { parseBoolean, parseChoice, parseList, parseNumber, type Parsed } from './parse.ts';
import type { OptionKind, OptionValue } from './types.ts';

/** The text of a variable as a value of that kind; objects are written as JSON. */
export function parseOption(text: string, kind: OptionKind): Parsed<OptionValue> {
  switch (kind) {
    case 'boolean':
      return parseBoolean(text);
    case 'number':
      return parseNumber(text);
    case 'string':
      return { value: text };
    case 'list':
      return { value: parseList(text) };
    case 'object':
      return parseJsonObject(text);
    default:
      return parseChoice(text, kind);
  }
}

/** Whether a value, as JSON gives it, is of that kind. */
export function fitsOption(value: unknown, kind: OptionKind): value is OptionValue {
  switch (kind) {
    case 'boolean':
      return typeof value === 'boolean';
    case 'number':
      return typeof value === 'number' && Number.isFinite(value);
    case 'string':
      return typeof value === 'string';
    case 'list':
      return Array.isArray(value) && value.every((item) => typeof item === 'string');
    case 'object':
      return isObject(value);
    default:
      return typeof value === 'string' && kind.includes(value);
  }
}

/** A text that is a JSON object. What is wrong is told without a piece of the text, as the message of `JSON.parse` would have. */
export function parseJsonObject(text: string): Parsed<Record<string, unknown>> {
  const wrong = 'a JSON object is allowed';
  try {
    const value: unknown = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    return isObject(value) ? { value } : { wrong: `${wrong}, and this is ${describeValue(value)}`, remedy: 'Put it between { and }.' };
  } catch (error) {
    const place = /\(line \d+ column \d+\)/.exec(String(error))?.[0];
    return { wrong, remedy: place === undefined ? 'Mend its JSON.' : `Mend its JSON ${place}.` };
  }
}

export function describeOptionKind(kind: OptionKind): string {
  if (typeof kind !== 'string') return `one of ${kind.join(', ')}`;
  return { boolean: 'true or false', number: 'a number', string: 'a text', list: 'a list of texts', object: 'an object' }[kind];
}

/** A value by its type alone: it may be secret. */
export function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'boolean':
      return String(value);
    case 'number':
      return 'a number';
    case 'string':
      return 'a text';
    default:
      return 'an object';
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
