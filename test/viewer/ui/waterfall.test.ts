/** The tree of a trace and the rows of its waterfall, also from spans that no honest SDK sends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { groupLogs, traceRows } from '../../../src/viewer/ui/logic/trace-rows.ts';
import { buildTree, closedAtDepth, openTo, visibleRows } from '../../../src/viewer/ui/logic/waterfall.ts';
import { log, span } from './spans.ts';

const none: ReadonlySet<string> = new Set();
const shop = [
  span('root', '', 0, 100),
  span('b', 'root', 50, 40),
  span('a', 'root', 10, 20),
  span('a1', 'a', 12, 5, { status: { code: 'error' } }),
];

test('rows are parents before children, children by start, with depth, count and errors below', () => {
  const tree = buildTree(shop);
  const rows = visibleRows(tree.roots, none).map(({ span: { spanId }, depth, descendants, errorsBelow }) => [
    spanId,
    depth,
    descendants,
    errorsBelow,
  ]);
  assert.deepEqual(rows, [
    ['root', 0, 3, 1],
    ['a', 1, 1, 1],
    ['a1', 2, 0, 0],
    ['b', 1, 0, 0],
  ]);
  assert.deepEqual([tree.startMs, tree.endMs, tree.depth], [0, 100, 3]);
});

test('self time is what no child covers, children that overlap count once, and children cannot cover more than their parent', () => {
  const tree = buildTree([span('root', '', 0, 100), span('a', 'root', 10, 40), span('b', 'root', 30, 40), span('late', 'root', 90, 500)]);
  assert.equal(tree.byId.get('root')?.selfMs, 30);
});

test('closing hides what is below, to a depth or one by one, and a span that is looked for opens what hides it', () => {
  const tree = buildTree(shop);
  const closed = closedAtDepth(tree, 1);
  assert.deepEqual(
    visibleRows(tree.roots, closed).map((node) => node.span.spanId),
    ['root'],
  );
  assert.deepEqual(
    visibleRows(tree.roots, openTo(tree, 'a1', closed)).map((node) => node.span.spanId),
    ['root', 'a', 'a1', 'b'],
  );
});

test('a missing parent makes a root that says so', () => {
  const tree = buildTree([span('x', 'gone', 5, 1)]);
  assert.equal(tree.roots[0]?.orphan, true);
});

test('whatever the parents are, cycles and self-parents included, each span has exactly one row', () => {
  const ids = fc.integer({ min: 0, max: 12 });
  fc.assert(
    fc.property(fc.array(fc.record({ parent: ids, start: ids, duration: ids }), { maxLength: 12 }), (drawn) => {
      const spans = drawn.map(({ parent, start, duration }, index) => span(`s${index}`, `s${parent}`, start, duration));
      const rows = visibleRows(buildTree(spans).roots, none).map((node) => node.span.spanId);
      assert.deepEqual([...rows].sort(), spans.map(({ spanId }) => spanId).sort());
    }),
  );
});

test('a chain of 5,000 spans is laid without recursion', () => {
  const chain = Array.from({ length: 5000 }, (_, i) => span(`s${i}`, i === 0 ? '' : `s${i - 1}`, i, 5000 - i));
  const tree = buildTree(chain);
  assert.equal(tree.depth, 5000);
  assert.equal(visibleRows(tree.roots, none).length, 5000);
});

test('log lines stand below their span between its children, in the order of time; those without a span at the top level', () => {
  const tree = buildTree(shop);
  const logs = groupLogs(tree, [log('after b', 'root', 95), log('before a', 'root', 5), log('in a1', 'a1', 14), log('lost', 'gone', 0)]);
  assert.deepEqual(
    traceRows(tree, logs, none).map(({ id }) => id),
    ['log lost', 'root', 'log before a', 'a', 'a1', 'log in a1', 'b', 'log after b'],
  );
  assert.deepEqual(
    traceRows(tree, logs, new Set(['root'])).map(({ id }) => id),
    ['log lost', 'root'],
  );
});
