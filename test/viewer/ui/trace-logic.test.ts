/** What else is made of a trace: sums by name, lanes of the flame graph, the comparison of two, search, zoom. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareTrees, sumUp } from '../../../src/viewer/ui/logic/compare.ts';
import { layFlame } from '../../../src/viewer/ui/logic/flame.ts';
import { findSpans } from '../../../src/viewer/ui/logic/span-search.ts';
import { summariseSpans } from '../../../src/viewer/ui/logic/span-stats.ts';
import { buildTree } from '../../../src/viewer/ui/logic/waterfall.ts';
import { formatZoom, parseZoom, placeBar, placeMark } from '../../../src/viewer/ui/logic/zoom.ts';
import { span } from './spans.ts';

test('spans are summed by service and name; the shares of self time add up to one', () => {
  const tree = buildTree([
    span('root', '', 0, 100),
    span('q1', 'root', 0, 30, { name: 'query' }),
    span('q2', 'root', 40, 10, { name: 'query', status: { code: 'error' } }),
  ]);
  const stats = summariseSpans(tree);
  const query = stats.find(({ name }) => name === 'query');
  assert.deepEqual([query?.count, query?.errors, query?.totalMs, query?.meanMs, query?.maxMs, query?.spanId], [2, 1, 40, 20, 30, 'q1']);
  assert.equal(
    stats.reduce((sum, { share }) => sum + share, 0),
    1,
  );
});

test('in the flame graph no two spans of a lane overlap, and a child is below its parent', () => {
  const number = fc.integer({ min: 0, max: 40 });
  fc.assert(
    fc.property(
      fc.array(fc.record({ parent: fc.integer({ min: -1, max: 9 }), start: number, duration: number }), { maxLength: 10 }),
      (drawn) => {
        const spans = drawn.map(({ parent, start, duration }, i) => span(`s${i}`, parent < i ? `s${parent}` : '', start, duration));
        const { boxes } = layFlame(buildTree(spans));
        assert.equal(boxes.length, spans.length);
        for (const a of boxes) {
          for (const b of boxes) {
            if (a === b || a.lane !== b.lane) continue;
            const [from, to] = [a.node.span.startMs, a.node.span.startMs + a.node.span.durationMs];
            assert.ok(b.node.span.startMs >= to || b.node.span.startMs + b.node.span.durationMs <= from);
          }
          const parent = boxes.find(({ node }) => node.span.spanId === a.node.span.parentSpanId);
          if (parent) assert.ok(a.lane > parent.lane);
        }
      },
    ),
  );
});

test('two traces are aligned by place, service and name: what is on one side only is told, the rest has its difference', () => {
  const left = buildTree([span('r', '', 0, 100), span('a', 'r', 0, 10), span('b', 'r', 20, 10)]);
  const right = buildTree([span('r', '', 1000, 150), span('a', 'r', 1000, 60), span('c', 'r', 1070, 10)]);
  const rows = compareTrees(left, right);
  assert.deepEqual(
    rows.map(({ name, depth, differenceMs }) => [name, depth, differenceMs]),
    [
      ['r', 0, 50],
      ['a', 1, 50],
      ['b', 1, undefined],
      ['c', 1, undefined],
    ],
  );
  assert.deepEqual(sumUp(rows), { both: 2, leftOnly: 1, rightOnly: 1 });
});

test('spans are found by name, attribute and event, all words together, whatever their case', () => {
  const spans = [
    span('a', '', 0, 1, { name: 'GET /orders', attributes: { 'tenant.id': 'acme' } }),
    span('b', '', 0, 1, { events: [{ name: 'exception', timeMs: 0, attributes: { 'exception.type': 'TypeError' } }] }),
  ];
  assert.deepEqual([...findSpans(spans, 'tenant.id=ACME orders')], ['a']);
  assert.deepEqual([...findSpans(spans, 'typeerror')], ['b']);
  assert.deepEqual([...findSpans(spans, 'acme typeerror')], []);
  assert.equal(findSpans(spans, '  ').size, 0);
});

test('a zoom survives the URL, nonsense is the whole trace, and bars out of sight are not drawn', () => {
  const zoom = { from: 10, to: 30 };
  assert.deepEqual(parseZoom(formatZoom(zoom, 100) ?? '', 100), zoom);
  assert.equal(formatZoom({ from: 0, to: 100 }, 100), undefined);
  for (const text of ['', 'x', '30-10', '5-900']) assert.deepEqual(parseZoom(text, 100), { from: 0, to: 100 });
  assert.deepEqual(placeBar(zoom, 20, 30), { left: 50, width: 50 });
  assert.deepEqual(placeBar(zoom, 0, 100), { left: 0, width: 100 });
  assert.equal(placeBar(zoom, 31, 40), undefined);
  assert.equal(placeMark(zoom, 15), 25);
  assert.equal(placeMark(zoom, 5), undefined);
});
