/** The query of a URL -> a checked query object, by a table of what each parameter must look like. */
import { parseCondition } from '../query/condition.ts';
import { parseCursor } from '../query/traces.ts';

/** A request that asks for something that cannot be: 400 with what is allowed. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
}

type Read = (text: string) => unknown;

const MAX_TEXT = 2000;
const MAX_REPEATED = 20;

const number =
  (what: string, min: number, max: number, whole = false): Read =>
  (text) => {
    const value = Number(text);
    const fits = text.trim() !== '' && Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value));
    return fits ? value : refuse(text, what);
  };
const oneOf =
  (...words: readonly string[]): Read =>
  (text) =>
    words.includes(text) ? text : refuse(text, `one of ${words.join(', ')}`);
const hex =
  (what: string): Read =>
  (text) =>
    /^(?:[\da-f]{2}){1,64}$/i.test(text) ? text.toLowerCase() : refuse(text, what);
const text: Read = (value) => (value.length <= MAX_TEXT ? value : refuse(`${value.slice(0, 20)}…`, `at most ${MAX_TEXT} characters long`));

function refuse(given: string, what: string): never {
  throw new ParameterError(`is ${JSON.stringify(given.slice(0, 100))}; it must be ${what}`);
}

const time = number('a Unix time in milliseconds', -8.64e15, 8.64e15);
const duration = number('milliseconds, 0 or more', 0, 1e15);

/** Every parameter there is. Those of `repeated` become lists. */
const readers: Readonly<Record<string, Read>> = {
  from: time,
  to: time,
  limit: number('a whole number from 1 to 1000', 1, 1000, true),
  before: (value) => (parseCursor(value) === undefined ? refuse(value, 'the `next` of an earlier page') : value),
  service: text,
  name: text,
  attr: (value) =>
    parseCondition(text(value) as string) === undefined
      ? refuse(value, 'key, key=value, key!=value, key~part, key>number or key<number')
      : value,
  status: oneOf('unset', 'ok', 'error'),
  kind: oneOf('internal', 'server', 'client', 'producer', 'consumer'),
  minMs: duration,
  maxMs: duration,
  q: text,
  sort: oneOf('newest', 'slowest'),
  level: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal'),
  traceId: hex('hexadecimal digits'),
  spanId: hex('hexadecimal digits'),
  buckets: number('a whole number from 1 to 500', 1, 500, true),
  points: number('a whole number from 1 to 1000', 1, 1000, true),
  by: text,
  signal: oneOf('traces', 'logs'),
  signals: (value) => value.split(',').map(oneOf('traces', 'logs', 'metrics')),
  prefix: text,
  key: text,
};
const repeated: ReadonlySet<string> = new Set(['attr', 'by']);

/** @throws ParameterError for a parameter that the endpoint does not know, that is given twice, or that has no such value */
export function parseParameters(search: URLSearchParams, allowed: readonly string[]): Record<string, unknown> {
  const query: Record<string, unknown> = {};
  for (const name of new Set(search.keys())) {
    if (name === 'token') continue;
    const read = allowed.includes(name) ? readers[name] : undefined;
    if (read === undefined) {
      const known = allowed.length === 0 ? 'there are none' : `known are ${allowed.join(', ')}`;
      throw new ParameterError(`There is no parameter ${JSON.stringify(name.slice(0, 100))} here; ${known}.`);
    }
    const values = search.getAll(name);
    if (values.length > (repeated.has(name) ? MAX_REPEATED : 1))
      throw new ParameterError(
        `${name} is given ${values.length} times; ${repeated.has(name) ? `${MAX_REPEATED} times is the most` : 'once is allowed'}.`,
      );
    try {
      query[name] = repeated.has(name) ? values.map(read) : read(values[0]!);
    } catch (error) {
      throw new ParameterError(`${name} ${(error as Error).message}.`);
    }
  }
  return query;
}
