import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFrozenSet, deepFreeze } from '../../src/config/freeze.ts';

test('all parts are frozen, however deep', () => {
  let deepest: { inner?: unknown } = {};
  const value = { list: [{ a: 1 }], deepest };
  for (let depth = 0; depth < 50_000; depth++) {
    const inner = {};
    deepest.inner = inner;
    deepest = inner;
  }
  deepFreeze(value);
  assert.ok(Object.isFrozen(value.list[0]));
  assert.ok(Object.isFrozen(deepest));
});

test('a frozen set can be read and not changed', () => {
  const set = createFrozenSet(['a', 'b']) as Set<string>;
  assert.deepEqual([...set], ['a', 'b']);
  assert.ok(set.has('a'));
  for (const change of [() => set.add('c'), () => set.delete('a'), () => set.clear()]) assert.throws(change, TypeError);
  assert.equal(set.size, 2);
});
