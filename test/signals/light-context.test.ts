import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, createContextKey } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { EMPTY_CONTEXT } from '../../src/signals/light-context.ts';

const keys = ['a', 'b', 'c'].map(createContextKey);

/** All contexts that `depth` changes can lead to from one of the API's and from a light one, in pairs. */
function* changed(pair: readonly [Context, Context], depth: number): Generator<readonly [Context, Context]> {
  yield pair;
  if (depth === 0) return;
  const [stock, light] = pair;
  for (const key of keys) {
    yield* changed([stock.setValue(key, depth), light.setValue(key, depth)], depth - 1);
    yield* changed([stock.deleteValue(key), light.deleteValue(key)], depth - 1);
  }
}

test("a light context holds what the API's holds, whatever is set and deleted", () => {
  for (const [stock, light] of changed([ROOT_CONTEXT, EMPTY_CONTEXT], 4)) {
    assert.deepEqual(
      keys.map((key) => light.getValue(key)),
      keys.map((key) => stock.getValue(key)),
    );
  }
});

test('a context does not change when another is made of it', () => {
  const [a, b] = keys as [symbol, symbol];
  const first = EMPTY_CONTEXT.setValue(a, 1).setValue(b, 2);
  first.setValue(a, 3);
  first.deleteValue(a);
  assert.deepEqual([first.getValue(a), first.getValue(b)], [1, 2]);
});

test('a value that is set again and again, as by work that starts itself anew, keeps none of those before', () => {
  const [a, b] = keys as [symbol, symbol];
  let context = EMPTY_CONTEXT.setValue(a, 0).setValue(b, 0);
  for (let i = 0; i < 100_000; i++) context = context.setValue(i % 2 === 0 ? a : b, i);
  // A chain of all that was set would be too deep to be gone through.
  assert.equal(context.getValue(createContextKey('none')), undefined);
  assert.deepEqual([context.getValue(a), context.getValue(b)], [99_998, 99_999]);
});
