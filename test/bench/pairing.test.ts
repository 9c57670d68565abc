import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { besideOf, pairWithBase, scheduleRound } from '../../bench/pairing.ts';

suite('bench/pairing.ts', () => {
  test('in a round each variant runs once, right beside a bare run', () => {
    const rounds = [0, 1, 2].map((round) => scheduleRound(['bare', 'a', 'b', 'c', 'd', 'e'], round));
    for (const order of rounds) assert.deepEqual(order.filter((name) => name !== 'bare').toSorted(), ['a', 'b', 'c', 'd', 'e']);
    const whole = rounds.flat();
    for (const [index, name] of whole.entries()) {
      const beside = [whole[index - 1], whole[index + 1]];
      assert.equal(name !== 'bare', beside.includes('bare'), `${name} of ${whole.join(' ')}`);
    }
  });

  test('every second round runs backwards', () => {
    assert.deepEqual(scheduleRound(['bare', 'a', 'b', 'c'], 0), ['bare', 'a', 'b', 'bare', 'c', 'bare']);
    assert.deepEqual(scheduleRound(['bare', 'a', 'b', 'c'], 1), ['c', 'bare', 'b', 'a', 'bare']);
    assert.deepEqual(scheduleRound(['bare'], 1), ['bare']);
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
