/** Numbers, durations, bytes, units, times and foreign text as the page shows them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatBytes } from '../../../src/viewer/ui/format/bytes.ts';
import { formatDuration, formatTick, parseDuration } from '../../../src/viewer/ui/format/duration.ts';
import { formatCount, formatNumber, formatPercent } from '../../../src/viewer/ui/format/number.ts';
import { cutText, formatLine, showInvisible } from '../../../src/viewer/ui/format/text.ts';
import { formatAgo, formatMoment, formatTimeTick } from '../../../src/viewer/ui/format/time.ts';
import { formatUnit } from '../../../src/viewer/ui/format/unit.ts';
import { formatStructured } from '../../../src/viewer/ui/format/value.ts';

test('durations have three significant digits and the unit that fits', () => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 ms'],
    [0.0000004, '0.40 ns'],
    [0.0123, '12.3 µs'],
    [0.9, '900 µs'],
    [1.3, '1.30 ms'],
    [35.24, '35.2 ms'],
    [999.4, '999 ms'],
    [999.6, '1.00 s'],
    [59_990, '60.0 s'],
    [61_000, '1m 1s'],
    [3_600_000, '1h'],
    [90_000_000, '1d 1h'],
    [NaN, '–'],
  ];
  for (const [ms, text] of cases) assert.equal(formatDuration(ms), text);
  assert.deepEqual([formatTick(500), formatTick(1500), formatTick(10)], ['500 ms', '1.5 s', '10 ms']);
});

test('what is written as a duration is read back', () => {
  assert.deepEqual(['250', '250ms', '1.5s', '10 µs', '2m', '.5s'].map(parseDuration), [250, 250, 1500, 0.01, 120_000, 500]);
  assert.deepEqual(['', 'x', '1 parsec', '-5', '1e3'].map(parseDuration), [undefined, undefined, undefined, undefined, undefined]);
});

test('counts, numbers, shares and bytes are short', () => {
  assert.deepEqual([0, 999, 1234, 1_234_567].map(formatCount), ['0', '999', '1,234', '1,234,567']);
  assert.deepEqual([0, 1.2345, 1234, 12_345, 1_234_567, 5e9, -0.004].map(formatNumber), [
    '0',
    '1.23',
    '1,234',
    '12.3k',
    '1.23M',
    '5G',
    '-0.004',
  ]);
  assert.deepEqual([0, 0.00001, 0.0123, 0.5, 1].map(formatPercent), ['0%', '<0.01%', '1.23%', '50%', '100%']);
  assert.deepEqual([0, 1023, 1536, 1024 ** 3].map(formatBytes), ['0 B', '1023 B', '1.5 KiB', '1 GiB']);
});

test('units of metrics become words: seconds as durations, bytes as binary sizes, shares as percent, rates per second', () => {
  assert.equal(formatUnit(0.25, 's'), '250 ms');
  assert.equal(formatUnit(0.25, 's', { rate: true }), '25%');
  assert.equal(formatUnit(1_048_576, 'By'), '1 MiB');
  assert.equal(formatUnit(2048, 'By', { rate: true }), '2 KiB/s');
  assert.equal(formatUnit(0.5, '1', { name: 'process.cpu.utilization' }), '50%');
  assert.equal(formatUnit(3, '1', { name: 'queue.size' }), '3');
  assert.equal(formatUnit(7, '{request}', { rate: true }), '7/s');
  assert.equal(formatUnit(NaN, 's'), '–');
});

test('distances from now use the largest unit', () => {
  const now = 1_700_000_000_000;
  assert.deepEqual(
    [0, 1000, 45_000, 90_000, 7_300_000, 3 * 86_400_000].map((ms) => formatAgo(now - ms, now)),
    ['now', 'now', '45s ago', '1m ago', '2h ago', '3d ago'],
  );
});

test('foreign text cannot reorder or hide what is around it', () => {
  assert.equal(showInvisible('a\u202egpj.exe'), 'a⟨U+202E⟩gpj.exe');
  assert.equal(showInvisible('\u001b[31mred\u001b[0m\u0000'), 'red⟨U+0000⟩');
  assert.equal(formatLine('  two\n lines\t'), 'two lines');
  fc.assert(
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    fc.property(fc.string({ unit: 'binary' }), (text) => !/[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/.test(formatLine(text))),
  );
});

test('long text is cut, never inside a surrogate pair, and tells how much is hidden', () => {
  assert.deepEqual(cutText('abc', 5), { text: 'abc', hidden: 0 });
  assert.deepEqual(cutText('ab😀c', 3), { text: 'ab', hidden: 3 });
});

test('structured values are indented, also when they come as text; plain ones and broken JSON are left alone', () => {
  assert.equal(formatStructured('{"a":1}'), '{\n  "a": 1\n}');
  assert.equal(formatStructured({ a: [1] }), '{\n  "a": [\n    1\n  ]\n}');
  assert.deepEqual(['{broken', 'plain', 5, null, ['a', 'b']].map(formatStructured), [
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('an axis tells the date at midnight, and a list tells it of another day than today', () => {
  const at = (day: number, hour: number): number => new Date(2026, 10, day, hour, 3, 27, 123).getTime();
  const midnight = new Date(2026, 10, 17).getTime();
  assert.deepEqual([formatTimeTick(midnight), formatTimeTick(at(17, 9))], ['2026-11-17', '09:03:27']);
  assert.deepEqual([formatMoment(at(17, 9), at(17, 23)), formatMoment(at(17, 9), at(18, 0))], ['09:03:27.123', '11-17 09:03:27']);
});
