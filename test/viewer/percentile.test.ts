/** Percentiles of numbers as they come: by nearest rank, exact up to a limit, near beyond it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRandom } from '../../bench/viewer/payloads.ts';
import { Samples } from '../../src/viewer/query/percentile.ts';

const EXACT = 8192;

const sorted = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b);
const nearestRank = (values: readonly number[], share: number): number =>
  sorted(values)[Math.max(Math.ceil(share * values.length) - 1, 0)] ?? 0;

function samplesOf(values: readonly number[]): Samples {
  const samples = new Samples();
  for (const value of values) samples.add(value);
  return samples;
}

test('whatever the numbers and the shares, also when more come after a percentile was asked for', () => {
  const values = fc.array(fc.oneof(fc.nat(5), fc.double({ min: 0, max: 1e6, noNaN: true })), { maxLength: 200 });
  const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(values, values, shares, (first, second, wanted) => {
      const samples = samplesOf(first);
      for (const share of wanted) assert.equal(samples.percentile(share), nearestRank(first, share));
      for (const value of second) samples.add(value);
      for (const share of wanted) assert.equal(samples.percentile(share), nearestRank([...first, ...second], share));
      assert.equal(samples.length, first.length + second.length);
    }),
    { numRuns: 500 },
  );
});

test('as many as are exact, in any order that is likely to come', () => {
  const random = createRandom(1);
  const orders: Readonly<Record<string, (i: number) => number>> = {
    rising: (i) => i,
    falling: (i) => -i,
    'all the same': () => 7,
    'two values': (i) => i % 2,
    'up and down': (i) => Math.min(i, EXACT - i),
    'a saw': (i) => i % 100,
    random,
  };
  for (const [order, valueAt] of Object.entries(orders)) {
    const values = Array.from({ length: EXACT }, (_, i) => valueAt(i));
    const samples = samplesOf(values);
    for (const share of [0.95, 0.5, 0.99, 0, 1]) assert.equal(samples.percentile(share), nearestRank(values, share), order);
  }
});

test('of more, the choice stands for all: a percentile is that of nearly the same rank, wherever the numbers came', () => {
  const count = 400_000;
  const random = createRandom(2);
  for (const valueAt of [(i: number) => i / count, (i: number) => 1 - i / count, () => random()]) {
    const samples = samplesOf(Array.from({ length: count }, (_, i) => valueAt(i)));
    assert.equal(samples.length, count);
    // The values are their own ranks. Of 8,192 that are chosen at random, one in a million is further off than this.
    for (const share of [0.5, 0.95, 0.99]) {
      const off = Math.abs(samples.percentile(share) - share);
      assert.ok(off < 5 * Math.sqrt((share * (1 - share)) / EXACT), `p${share * 100} is off by ${off}`);
    }
  }
});
