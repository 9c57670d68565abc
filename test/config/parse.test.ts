import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  parseAttributes,
  parseBoolean,
  parseChoice,
  parseChoices,
  parseHeaders,
  parseInteger,
  parseList,
  parseNumber,
  parseRatio,
  parseUrl,
  type Parsed,
} from '../../src/config/parse.ts';

const WRONG = Symbol('wrong');
type Table<Value> = readonly (readonly [text: string, value: Value | typeof WRONG])[];

function checkTable<Value>(title: string, parse: (text: string) => Parsed<Value>, table: Table<Value>): void {
  suite(title, () => {
    for (const [text, expected] of table) {
      test(`${JSON.stringify(text)} is ${expected === WRONG ? 'wrong' : JSON.stringify(expected)}`, () => {
        const parsed = parse(text);
        if (expected === WRONG) {
          assert.ok('wrong' in parsed);
          assert.match(parsed.wrong, /^[^A-Z].*[^.]$/, 'a phrase for the middle of a sentence');
          assert.match(parsed.remedy, /^[A-Z].*[.?]$/, 'a whole sentence');
        } else {
          assert.deepEqual(parsed, { value: expected });
        }
      });
    }
  });
}

checkTable('parseBoolean', parseBoolean, [
  ['true', true],
  ['TRUE', true],
  [' True ', true],
  ['false', false],
  ['False', false],
  ['1', WRONG],
  ['0', WRONG],
  ['yes', WRONG],
  ['on', WRONG],
  ['truee', WRONG],
]);

checkTable('parseInteger', (text) => parseInteger(text, { min: 1, max: 100 }), [
  ['1', 1],
  ['100', 100],
  [' 42 ', 42],
  ['+7', 7],
  ['007', 7],
  ['0', WRONG],
  ['101', WRONG],
  ['-5', WRONG],
  ['1.5', WRONG],
  ['1e2', WRONG],
  ['5s', WRONG],
  ['0x10', WRONG],
  ['1_0', WRONG],
  ['Infinity', WRONG],
  ['NaN', WRONG],
  ['ten', WRONG],
  ['99999999999999999999999999', WRONG],
]);

checkTable('parseNumber', parseNumber, [
  ['1', 1],
  ['-1.5', -1.5],
  ['.5', 0.5],
  ['2.', 2],
  ['1e3', 1000],
  ['1e999', WRONG],
  ['NaN', WRONG],
  ['0x1', WRONG],
  ['1,5', WRONG],
  ['.', WRONG],
]);

checkTable('parseRatio', parseRatio, [
  ['0', 0],
  ['1', 1],
  ['0.25', 0.25],
  ['1e-3', 0.001],
  ['2', WRONG],
  ['-0.1', WRONG],
  ['10%', WRONG],
  ['half', WRONG],
]);

checkTable('parseChoice', (text) => parseChoice(text, ['always_on', 'always_off', 'Mixed']), [
  ['always_on', 'always_on'],
  ['ALWAYS_OFF', 'always_off'],
  [' mixed', 'Mixed'],
  ['always', WRONG],
  ['', WRONG],
]);

checkTable(
  'parseUrl',
  (text) => {
    const parsed = parseUrl(text);
    return 'value' in parsed ? { value: parsed.value.href } : parsed;
  },
  [
    ['http://localhost:4318', 'http://localhost:4318/'],
    ['HTTPS://Example.COM/a', 'https://example.com/a'],
    ['http://[::1]:4318', 'http://[::1]:4318/'],
    ['localhost:4318', WRONG],
    ['ftp://host', WRONG],
    ['http://', WRONG],
    ['http://host:99999', WRONG],
    ['/v1/traces', WRONG],
    ['unix:///tmp/s', WRONG],
  ],
);

test('a mistyped choice is told the nearest right one', () => {
  const remedyOf = (text: string): string => {
    const parsed = parseChoice(text, ['none', 'error', 'warn', 'info']);
    return 'remedy' in parsed ? parsed.remedy : '';
  };
  assert.equal(remedyOf('eror'), 'Did you mean error?');
  assert.equal(remedyOf('wran'), 'Did you mean warn?');
  assert.equal(remedyOf('warning'), 'Did you mean warn?');
  assert.equal(remedyOf('x'), 'Set it to one of these.');
});

test('lists are trimmed, and lose empty and repeated items', () => {
  assert.deepEqual(parseList(' a, b,,a , '), ['a', 'b']);
  assert.deepEqual(parseList(' , '), []);
  assert.deepEqual(parseChoices('B,x,a,b', ['a', 'b']), { value: ['b', 'a'], unknown: ['x'] });
});

suite('parseAttributes', () => {
  const table: readonly (readonly [text: string, value: Record<string, string>, dropped: readonly number[]])[] = [
    ['a=b,c=d', { a: 'b', c: 'd' }, []],
    [' a = b , c=d,', { a: 'b', c: 'd' }, []],
    ['a=b=c', { a: 'b=c' }, []],
    ['a=', { a: '' }, []],
    ['a=1%2C2,k%3D=%C3%A9', { a: '1,2', 'k=': 'é' }, []],
    ['a=b,oops,c=d', { a: 'b', c: 'd' }, [2]],
    ['a=%zz,c=d', { c: 'd' }, [1]],
    ['=x,c=d', { c: 'd' }, [1]],
    ['A=1,A=2', { A: '2' }, []],
    ['', {}, []],
  ];
  for (const [text, value, dropped] of table) {
    test(JSON.stringify(text), () => {
      const parsed = parseAttributes(text);
      assert.deepEqual(parsed.value, value);
      assert.deepEqual(
        parsed.dropped.map(({ position }) => position),
        dropped,
      );
    });
  }

  test('__proto__ is a key like any other', () => {
    const { value } = parseAttributes('__proto__=x');
    assert.deepEqual(Object.entries(value), [['__proto__', 'x']]);
    assert.equal(Object.getPrototypeOf(value), Object.prototype);
  });
});

test('headers have lower-case names, and what Node would refuse to send is dropped', () => {
  const { value, dropped } = parseHeaders('API-Key=a%20b,bad name=x,ok=1,nl=a%0D%0Ab,wide=%E2%82%AC');
  assert.deepEqual(value, { 'api-key': 'a b', ok: '1' });
  assert.deepEqual(
    dropped.map(({ position }) => position),
    [2, 4, 5],
  );
});

test('any attributes, percent-encoded, are read back', () => {
  const text = fc.string({ unit: 'grapheme' }).map((value) => value.toWellFormed());
  fc.assert(
    fc.property(
      fc.dictionary(
        text.filter((key) => key !== ''),
        text,
        { noNullPrototype: true },
      ),
      (attributes) => {
        const written = Object.entries(attributes)
          .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
          .join(',');
        assert.deepEqual(Object.entries(parseAttributes(written).value), Object.entries(attributes));
      },
    ),
  );
});

test('no parser throws, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      parseBoolean(text);
      parseInteger(text, { min: 0, max: 10, unit: 'ms' });
      parseNumber(text);
      parseRatio(text);
      parseList(text);
      parseChoice(text, ['a']);
      parseChoices(text, ['a']);
      parseUrl(text);
      parseAttributes(text);
      parseHeaders(text);
    }),
  );
});
