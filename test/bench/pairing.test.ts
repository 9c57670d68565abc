import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { besideOf, pairWithBase, scheduleRound } from '../../bench/pairing.ts';

suite('bench/pairing.ts', () => {
  test('in a round each variant runs once, right beside a bare run', () => {
    for (const round of [0, 1]) {
      const order = scheduleRound(['bare', 'a', 'b', 'c', 'd', 'e'], round);
      assert.deepEqual(order.filter((name) => name !== 'bare').toSorted(), ['a', 'b', 'c', 'd', 'e']);
      for (const [index, name] of order.entries())
        if (name !== 'bare') assert.ok(order[index - 1] === 'bare' || order[index + 1] === 'bare', `${name} in ${order.join(' ')}`);
    }
  });

  test('every second round runs backwards', () => {
    assert.deepEqual(scheduleRound(['bare', 'a', 'b', 'c'], 0), ['bare', 'a', 'b', 'bare', 'c', 'bare']);
    assert.deepEqual(scheduleRound(['bare', 'a', 'b', 'c'], 1), ['bare', 'c', 'bare', 'b', 'a', 'bare']);
    assert.deepEqual(scheduleRound(['bare'], 0), ['bare']);
  });

  test('a sample is compared with the bare ones just before and after it, never with itself', () => {
    const taken = [
      { variant: 'bare', sample: 10 },
      { variant: 'a', sample: 30 },
      { variant: 'b', sample: 50 },
      { variant: 'bare', sample: 20 },
      { variant: 'a', sample: 70 },
    ];
    const pairs = pairWithBase(taken);
    assert.deepEqual(pairs.get('a'), [
      { sample: 30, beside: [10, 20] },
      { sample: 70, beside: [20] },
    ]);
    assert.deepEqual(pairs.get('bare'), [
      { sample: 10, beside: [20] },
      { sample: 20, beside: [10] },
    ]);
    assert.equal(besideOf({ sample: 30, beside: [10, 20] }, Number), 15);
    assert.ok(Number.isNaN(besideOf({ sample: 30, beside: [] }, Number)));
  });
});
