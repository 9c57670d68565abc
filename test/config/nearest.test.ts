import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { editDistance, nearestName } from '../../src/config/nearest.ts';

test('the distance counts insertions, deletions, replacements and swaps', () => {
  const table: readonly (readonly [a: string, b: string, edits: number])[] = [
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'ab', 1],
    ['abc', 'acb', 1],
    ['kitten', 'sitting', 3],
    ['ca', 'abc', 3],
  ];
  for (const [a, b, edits] of table) {
    assert.equal(editDistance(a, b, 10), edits, `${a} ${b}`);
    assert.equal(editDistance(b, a, 10), edits, `${b} ${a}`);
  }
});

test('a bound changes nothing within it, and gives bound + 1 beyond it', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
  fc.assert(
    fc.property(word, word, fc.nat(6), (a, b, max) => {
      assert.equal(editDistance(a, b, max), Math.min(editDistance(a, b, 100), max + 1));
    }),
  );
});

test('the nearest name is found, and nothing where all are far', () => {
  const names = ['http', 'express', 'pg', 'mysql2', 'mysql', 'socket.io'];
  assert.equal(nearestName('expres', names), 'express');
  assert.equal(nearestName('pgg', names), 'pg');
  assert.equal(nearestName('mysql3', names), 'mysql2');
  assert.equal(nearestName('socketio', names), 'socket.io');
  assert.equal(nearestName('zzzzzz', names), undefined);
  assert.equal(nearestName('x'.repeat(1_000_000), names), undefined);
});
