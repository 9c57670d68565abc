/** The critical path: its parts fill the root's time, without gap and overlap. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { criticalPath } from '../../src/viewer/query/critical-path.ts';
import type { PathSpan } from '../../src/viewer/query/critical-path.ts';

const span = (spanId: string, parentSpanId: string, startMs: number, durationMs: number): PathSpan => ({
  spanId,
  parentSpanId,
  startMs,
  durationMs,
});

test('of children one after the other, all count; of children at the same time, the one that ends last', () => {
  const path = criticalPath([span('r', '', 0, 100), span('a', 'r', 10, 20), span('b', 'r', 40, 50), span('c', 'r', 45, 10)]);
  const parts = Object.fromEntries(path.map(({ spanId, segments }) => [spanId, segments]));
  assert.deepEqual(parts, {
    r: [
      [0, 10],
      [30, 40],
      [90, 100],
    ],
    a: [[10, 30]],
    b: [[40, 90]],
  });
});

test('a span alone is its own path; without spans there is none; a circle does not hang', () => {
  assert.deepEqual(criticalPath([span('r', 'gone', 5, 5)]), [{ spanId: 'r', segments: [[5, 10]] }]);
  assert.deepEqual(criticalPath([]), []);
  assert.deepEqual(criticalPath([span('a', 'b', 0, 1), span('b', 'a', 0, 1)]), []);
});

test('whatever the tree, the parts fill the time of the root, each moment once', () => {
  const tree = fc.array(fc.tuple(fc.nat(1000), fc.nat(60), fc.nat(80)), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(tree, (rows) => {
      const spans = rows.map(([parent, start, duration], i) =>
        i === 0 ? span('s0', '', 0, 100) : span(`s${i}`, `s${parent % i}`, start, duration),
      );
      const segments = criticalPath(spans)
        .flatMap(({ segments: own }) => own)
        .filter(([from, to]) => to > from)
        .sort(([a], [b]) => a - b);
      let at = 0;
      for (const [from, to] of segments) {
        assert.equal(from, at);
        at = to;
      }
      assert.equal(at, 100);
    }),
    { numRuns: 500 },
  );
});
