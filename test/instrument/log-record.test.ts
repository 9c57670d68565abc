/** What any value becomes as a log attribute, and which severity a level has. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  addTraceFields,
  exceptionOfStack,
  severityOfName,
  severityOfNumber,
  toAnyValue,
  toAttributes,
} from '../../src/instrument/loggers/log-record.ts';

const none: ReadonlySet<string> = new Set();

describe('toAnyValue', () => {
  class Money {
    readonly cents: number;
    constructor(cents: number) {
      this.cents = cents;
    }
    toJSON(): string {
      return `${this.cents / 100} EUR`;
    }
  }
  const cases: readonly [title: string, value: unknown, expected: unknown][] = [
    ['text, numbers, booleans and null as they are', ['a', 1.5, true, null], ['a', 1.5, true, null]],
    ['a bigint as text', 12345678901234567890n, '12345678901234567890'],
    ['a date as ISO text', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['a date that is none as null', new Date(Number.NaN), null],
    ['bytes as they are', new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    ['what says how it is to be written, so', new Money(700), '7 EUR'],
    ['functions and symbols not at all', { a: () => 1, b: Symbol('b'), c: undefined, d: 1 }, { d: 1 }],
    ['nested objects and lists', { a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 2 }] } }],
  ];
  for (const [title, value, expected] of cases) test(title, () => assert.deepEqual(toAnyValue(value), expected));

  test('an error as type, message and stack', () => {
    const error = new RangeError('too far');
    assert.deepEqual(toAnyValue(error), { type: 'RangeError', message: 'too far', stack: error.stack });
  });

  test('a cycle, and what is nested too deep, as a word', () => {
    const circle: Record<string, unknown> = { name: 'circle' };
    circle['list'] = [circle];
    assert.deepEqual(toAnyValue(circle), { name: 'circle', list: ['[circular]'] });
    const deep = { 1: { 2: { 3: { 4: { 5: { 6: { 7: 'here' } } } } } } };
    assert.ok(JSON.stringify(toAnyValue(deep)).includes('[deeper]'));
  });

  test('the same object twice, side by side, is no cycle', () => {
    const shared = { id: 7 };
    assert.deepEqual(toAnyValue({ a: shared, b: shared }), { a: { id: 7 }, b: { id: 7 } });
  });

  test('at most about a thousand values, whatever can be reached', () => {
    const wide = Object.fromEntries(
      Array.from({ length: 50 }, (_, a) => [a, Array.from({ length: 50 }, (_, b) => ({ b, more: Array(50).fill(0) }))]),
    );
    let count = 0;
    JSON.stringify(toAnyValue(wide), (_key, value: unknown) => {
      count++;
      return value;
    });
    assert.ok(count > 900 && count <= 1100, String(count));
  });

  test('anything at all gives something that JSON can hold', () => {
    fc.assert(
      fc.property(
        fc.anything({ withDate: true, withBigInt: true, withMap: true, withSet: true, withTypedArray: true, withNullPrototype: true }),
        (value) => void JSON.stringify(toAnyValue(value)),
      ),
    );
  });
});

describe('toAttributes', () => {
  test('leaves out what it is told to', () => {
    assert.deepEqual(toAttributes({ level: 'info', order: 7 }, new Set(['level'])), { order: 7 });
  });

  for (const key of ['err', 'error', 'exception']) {
    test(`makes exception attributes of an error under ${key}, also of one that a serializer has written out`, () => {
      const error = new TypeError('broken');
      for (const value of [
        error,
        { type: 'TypeError', message: 'broken', stack: error.stack },
        { name: 'TypeError', message: 'broken', stack: error.stack },
      ]) {
        const attributes = toAttributes({ [key]: value }, none);
        assert.deepEqual(
          [attributes['exception.type'], attributes['exception.message'], attributes['exception.stacktrace']],
          ['TypeError', 'broken', error.stack],
        );
      }
    });
  }

  test('makes none of something else by that name', () => {
    assert.deepEqual(toAttributes({ error: 'text', err: { code: 7 }, exception: null }, none), {
      error: 'text',
      err: { code: 7 },
      exception: null,
    });
  });
});

describe('exceptionOfStack', () => {
  const cases: readonly [stack: string, type: string, message: string][] = [
    ['TypeError: broken\n    at file.js:1:2', 'TypeError', 'broken'],
    ['Error\n    at file.js:1:2', 'Error', ''],
    ['SystemError [ERR_X]: two\nlines\n    at file.js:1:2', 'SystemError', 'two\nlines'],
    ['my.Error: no frames', 'my.Error', 'no frames'],
  ];
  for (const [stack, type, message] of cases) {
    test(JSON.stringify(stack), () => {
      assert.deepEqual(exceptionOfStack(stack), { 'exception.type': type, 'exception.message': message, 'exception.stacktrace': stack });
    });
  }
});

test('levels have the severity numbers of the specification', () => {
  const byName = [
    'silly',
    'trace',
    'debug',
    'verbose',
    'http',
    'info',
    'notice',
    'WARN',
    'warning',
    'error',
    'crit',
    'alert',
    'fatal',
    'emerg',
    'unheard-of',
  ];
  assert.deepEqual(byName.map(severityOfName), [1, 1, 5, 6, 7, 9, 10, 13, 13, 17, 18, 19, 21, 21, 0]);
  assert.deepEqual(
    [10, 20, 30, 35, 40, 50, 60, 5, 100].map((level) => Object.values(severityOfNumber(level))),
    [
      [1, 'trace'],
      [5, 'debug'],
      [9, 'info'],
      [10, 'info'],
      [13, 'warn'],
      [17, 'error'],
      [21, 'fatal'],
      [1, 'trace'],
      [21, 'fatal'],
    ],
  );
});

test('outside a trace a line of JSON stays as it is', () => {
  assert.equal(addTraceFields('{"a":1}\n'), '{"a":1}\n');
});
