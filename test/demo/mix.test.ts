import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseMix } from '../../examples/shop/customers/mix.ts';
import { brokenPage, overTheLimit } from '../../examples/shop/customers/visits.ts';

test('without shares every visit is a usual one, four a second', () => {
  const mix = parseMix({});
  assert.equal(mix.visitsPerSecond, 4);
  assert.deepEqual(
    Array.from({ length: 20 }, () => mix.pick()),
    Array.from({ length: 20 }),
  );
});

test('a share is met exactly after a few visits, and evenly', () => {
  const mix = parseMix({ DECLINE_SHARE: '0.6', ERROR_SHARE: '0.2' });
  for (let ten = 0; ten < 3; ten++) {
    const picked = Array.from({ length: 10 }, () => mix.pick());
    const count = (visit: unknown): number => picked.filter((one) => one === visit).length;
    assert.deepEqual([count(overTheLimit), count(brokenPage), count(undefined)], [6, 2, 2]);
  }
});

test('shares may fill everything, but no more', () => {
  assert.ok(parseMix({ DECLINE_SHARE: '0.7', ERROR_SHARE: '0.2', SLOW_SHARE: '0.1' }).pick() !== undefined);
  assert.throws(() => parseMix({ DECLINE_SHARE: '0.7', ERROR_SHARE: '0.4' }), /DECLINE_SHARE \+ ERROR_SHARE .* more than 1/);
});

test('what is no number is told with what is allowed', () => {
  assert.throws(() => parseMix({ RATE: 'fast' }), { message: 'RATE is "fast"; it is a number from 0.01 to 100.' });
  assert.throws(() => parseMix({ SLOW_SHARE: '1.5' }), /SLOW_SHARE is "1\.5"; it is a number from 0 to 1\./);
});
