/** Values that an app may give as attributes: good ones of every type, and ones that are none. */
import fc from 'fast-check';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.constantFrom('', '\ud800', 'é'.repeat(41), 'x'.repeat(43), 'y'.repeat(130), 'z'.repeat(20_000), '\u0000'),
);
const number = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, -1, 127, 128, 2 ** 31, 2 ** 32, -(2 ** 31), Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 0.1, NaN, Infinity),
);

/** The stock serializer writes a whole number beyond 2^53 as 64 bits that it has not: ours is then a double. Not compared. */
const comparable = number.filter((value) => !Number.isInteger(value) || Number.isSafeInteger(value));

const simple: fc.Arbitrary<unknown> = fc.oneof(text, comparable, fc.boolean());
const lists: fc.Arbitrary<unknown> = fc.oneof(
  fc.array(text),
  fc.array(comparable),
  fc.array(fc.oneof(fc.boolean(), fc.constant(null), fc.constant(undefined))),
);

/** Any `AnyValue`. */
export const anyValue: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    simple,
    lists,
    fc.constant(null),
    fc.uint8Array({ maxLength: 200 }),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(
      fc.string({ maxLength: 10 }).filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 5 },
    ),
  ),
})).value;

const cycle: Record<string, unknown> = {};
cycle['self'] = { cycle };

/** What is no value of an attribute. */
export const noValue: fc.Arbitrary<unknown> = fc.constantFrom(
  undefined,
  10n,
  Symbol('s'),
  () => {},
  new Date(0),
  new Map(),
  [1, Symbol('s')],
  { a: () => {} },
  cycle,
);

const key = fc
  .oneof(fc.string({ minLength: 1 }), fc.constantFrom('http.route', 'k', 'k', '', 'x'.repeat(120), 'y'.repeat(200), 'schlüssel'))
  .filter((name) => name !== '__proto__');

/** Names with values, most of them good. */
export const attributes: fc.Arbitrary<Record<string, unknown>> = fc.dictionary(
  key,
  fc.oneof({ weight: 8, arbitrary: anyValue }, { weight: 1, arbitrary: noValue }),
  { maxKeys: 12 },
);
export const attributeKey: fc.Arbitrary<string> = key;
export const nameText: fc.Arbitrary<string> = text;
