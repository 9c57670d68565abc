import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { median, percentile, slopeOf, spreadOf } from '../../bench/statistics.ts';

suite('bench/statistics.ts', () => {
  test('the median is the middle value, or the mean of the two in the middle, in any order', () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.ok(Number.isNaN(median([])));
  });

  test('a spread is the median between the extremes', () => {
    assert.deepEqual(spreadOf([3, 1, 2]), { median: 2, min: 1, max: 3 });
    assert.ok(Number.isNaN(spreadOf([]).median));
  });

  test('a percentile is a value that was measured', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);
    assert.equal(percentile(values, 0.5), 50);
    assert.equal(percentile(values, 0.99), 99);
    assert.equal(percentile(values, 1), 100);
    assert.equal(percentile([7], 0.01), 7);
    assert.ok(Number.isNaN(percentile([], 0.5)));
  });

  test('the slope is that of the line through the points, noise on both sides of it aside', () => {
    assert.equal(slopeOf([0, 1, 2, 3].map((x) => ({ x, y: 10 + 2 * x }))), 2);
    const noisy = Array.from({ length: 100 }, (_, x) => ({ x, y: 3 * x + (x % 2 === 0 ? 1 : -1) }));
    assert.ok(Math.abs(slopeOf(noisy) - 3) < 0.01);
    assert.ok(Number.isNaN(slopeOf([{ x: 1, y: 1 }])));
  });
});
