import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { checkGoals } from '../../bench/goals.ts';
import type { Row } from '../../bench/row.ts';
import { formatPart, formatRows, formatTable } from '../../bench/table.ts';

const one = (value: number): { median: number; min: number; max: number } => ({ median: value, min: value, max: value });

const row: Row = {
  section: 'http',
  what: 'node:http',
  variant: 'otelier',
  unit: 'us CPU/request',
  value: one(48),
  added: { median: 9.5, min: -0.5, max: 12 },
  ratio: { median: 0.8, min: 0.75, max: 0.85 },
  ofUpstream: 1 / 12,
  rssMb: one(90),
  addedRssMb: one(20),
  seen: '1.00 spans',
  samples: [],
};

suite('bench/table.ts', () => {
  test('a row shows its median, and what it adds with the extremes', () => {
    const cells = (formatRows([row]).split('\n')[2] ?? '').split('|').map((cell) => cell.trim());
    assert.deepEqual(cells.slice(1, -1), [
      'node:http',
      'otelier',
      '48 us CPU/request',
      '+9.5 (-0.5..+12)',
      '0.80 (0.75..0.85)',
      '1/12',
      '90',
      '+20',
      '1.00 spans',
    ]);
  });

  test('all lines of a table are equally wide', () => {
    const lines = formatTable(
      ['a', 'long title'],
      [
        ['a long cell', '1'],
        ['b', '22'],
      ],
      new Set([0]),
    ).split('\n');
    assert.equal(new Set(lines.map((line) => line.length)).size, 1, lines.join('\n'));
    assert.match(lines[1] ?? '', /^\|-+\|-+:\|$/);
  });

  test('a part of upstream is a fraction when it is small', () => {
    assert.equal(formatPart(0.05), '1/20');
    assert.equal(formatPart(0.7), '0.70');
    assert.equal(formatPart(-0.1), 'below noise');
    assert.equal(formatPart(undefined), '');
    assert.equal(formatPart(NaN), '');
  });
});

suite('bench/goals.ts', () => {
  test('a goal whose row was measured is reached or missed, the others are left out', () => {
    const verdictOf = (ratio: number): unknown => checkGoals([{ ...row, ratio: one(ratio) }]).map(({ value, verdict }) => [value, verdict]);
    assert.deepEqual(verdictOf(0.75), [['0.75', 'reached']]);
    assert.deepEqual(verdictOf(0.74), [['0.74', 'missed']]);
    assert.deepEqual(checkGoals([{ ...row, variant: 'upstream' }]), []);
    assert.deepEqual(verdictOf(NaN), []);
  });

  test('upstream as a measure: added start-up of 1/15 is reached, of 1/14 missed', () => {
    const startup = { ...row, section: 'startup', what: 'start-up, express.cjs, listening', addedRssMb: one(15.1) };
    const verdicts = (part: number): unknown =>
      checkGoals([{ ...startup, ofUpstream: part }]).map(({ value, verdict }) => [value, verdict]);
    assert.deepEqual(verdicts(1 / 15), [
      ['1/15.0', 'reached'],
      ['15.1 MB', 'missed'],
    ]);
    assert.deepEqual(verdicts(1 / 14), [
      ['1/14.0', 'missed'],
      ['15.1 MB', 'missed'],
    ]);
  });
});
