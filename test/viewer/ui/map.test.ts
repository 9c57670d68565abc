/** The service map: how its boxes, lines and labels are placed, whatever the graph, and how it is looked at. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keepApart } from '../../../src/viewer/ui/logic/apart.ts';
import { overlap, placeLabels, type Box, type LabelledLine } from '../../../src/viewer/ui/logic/map-labels.ts';
import { keyOfEdge, layMap, linePath, pointBetween, type MapEdge } from '../../../src/viewer/ui/logic/map-layout.ts';
import { wrapName } from '../../../src/viewer/ui/logic/wrap-name.ts';
import { fitCamera, zoomAt } from '../../../src/viewer/ui/logic/camera.ts';

const measures = { nodeWidth: 188, nodeHeight: 64, gapX: 168, gapY: 36, lane: 26, port: 10 };

interface Graph {
  readonly nodes: readonly { readonly id: string }[];
  readonly edges: readonly MapEdge[];
  readonly sizes: readonly number[];
}

const graphs: fc.Arbitrary<Graph> = fc.integer({ min: 1, max: 16 }).chain((count) =>
  fc.uniqueArray(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 45, selector: ([a, b]) => `${a} ${b}` }).chain((pairs) =>
    fc.array(fc.constantFrom(1, 2, 3), { minLength: pairs.length, maxLength: pairs.length }).map((sizes) => ({
      nodes: Array.from({ length: count }, (_, i) => ({ id: `service:${i}` })),
      edges: pairs.map(([a, b]) => ({ from: `service:${a}`, to: `service:${b}` })),
      sizes,
    })),
  ),
);

function lay({ nodes, edges, sizes }: Graph): { layout: ReturnType<typeof layMap>; boxes: readonly Box[]; lines: readonly LabelledLine[] } {
  const layout = layMap(nodes, edges, measures);
  return {
    layout,
    boxes: [...layout.places.values()].map((place) => ({ ...place, width: measures.nodeWidth, height: measures.nodeHeight })),
    lines: edges.flatMap((edge, i) => {
      const points = layout.lines.get(keyOfEdge(edge));
      return points ? [{ key: keyOfEdge(edge), points, size: { width: 110, height: 16 * sizes[i]! } }] : [];
    }),
  };
}

test('boxes stand apart within the plane, and lines lead from box to box without passing through a third', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { layout, boxes, lines } = lay(graph);
      assert.equal(boxes.length, graph.nodes.length);
      assert.equal(lines.length, graph.edges.filter(({ from, to }) => from !== to).length);
      for (const [i, box] of boxes.entries()) {
        assert.ok(box.x >= 0 && box.y >= -1e-6 && box.x + box.width <= layout.width && box.y + box.height <= layout.height + 1e-6);
        for (const other of boxes.slice(i + 1)) assert.ok(!overlap(box, other));
      }
      for (const { key, points } of lines) {
        const [from, to] = (JSON.parse(key) as [string, string]).map((id) => layout.places.get(id)!) as [Box, Box];
        const [first, last] = [points[0]!, points.at(-1)!];
        const forward = from.x < to.x;
        assert.deepEqual([first.x, last.x], forward ? [from.x + 188, to.x] : [from.x, to.x + 188]);
        assert.ok(first.y > from.y && first.y < from.y + 64 && last.y > to.y && last.y < to.y + 64);
        for (const [i, point] of points.entries()) {
          if (i === 0) continue;
          for (let part = 0.05; part < 1; part += 0.05) {
            const { x, y } = pointBetween(points[i - 1]!, point, part);
            assert.ok(!boxes.some((box) => x > box.x + 0.01 && x < box.x + 187.99 && y > box.y && y < box.y + 64), `${key} at ${x} ${y}`);
          }
        }
        assert.match(linePath(points), /^M/);
      }
    }),
  );
});

test('labels stand at their line, cover no other label and no box, and are placed alike each time', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const { boxes, lines } = lay(graph);
      const placed = placeLabels(lines, { boxes, lines, mayCover: 1 });
      const labels = [...placed.entries()];
      for (const [i, [key, label]] of labels.entries()) {
        for (const [, other] of labels.slice(i + 1)) assert.ok(!overlap(label, other));
        for (const box of boxes) assert.ok(!overlap(label, box));
        const { points } = lines.find((line) => line.key === key)!;
        const near = points.some((to, j) =>
          Array.from({ length: 101 }, (_, part) => pointBetween(points[Math.max(0, j - 1)]!, to, part / 100)).some(
            ({ x, y }) => x > label.x - 8 && x < label.x + label.width + 8 && y > label.y - 8 && y < label.y + label.height + 8,
          ),
        );
        assert.ok(near, `the label of ${key} is away from its line`);
      }
      const again = lay({ ...graph, nodes: [...graph.nodes].reverse() });
      assert.deepEqual(placeLabels(lines, { boxes: again.boxes, lines: again.lines, mayCover: 1 }), placed);
    }),
  );
});

test('what is pointed at gets its labels beside those that stand already, over boxes where there is no other room', () => {
  const nodes = ['a', 'b'].map((id) => ({ id }));
  const { places, lines: all } = layMap(nodes, [{ from: 'a', to: 'b' }], measures);
  const boxes = [...places.values()].map((place) => ({ ...place, width: 188, height: 64 }));
  const line = { key: 'a b', points: [...all.values()][0]!, size: { width: 300, height: 40 } };
  assert.equal(placeLabels([line], { boxes, lines: [line], mayCover: 1 }).size, 0);
  const wide = placeLabels([line], { boxes, lines: [line], mayCover: Infinity });
  assert.equal(wide.size, 1);
  const small = { ...line, size: { width: 100, height: 16 } };
  const [first] = placeLabels([small], { boxes, lines: [small], mayCover: 1 }).values();
  const [second] = placeLabels([small], { boxes, taken: [first!], lines: [small], mayCover: 1 }).values();
  assert.ok(second === undefined || !overlap(first!, second));
  assert.ok(first!.x > 188 && first!.x + 100 < 356);
});

test('one with no calls, one with calls to itself, and none at all', () => {
  const alone = layMap([{ id: 'a' }], [{ from: 'a', to: 'a' }], measures);
  assert.deepEqual([[...alone.places], alone.lines.size, alone.width, alone.height], [[['a', { x: 0, y: 0 }]], 0, 188, 64]);
  assert.equal(layMap([], [], measures).places.size, 0);
});

test('what is kept apart keeps its order and its distance, and moves no further than it has to', () => {
  const wish = fc.record({ at: fc.integer({ min: -500, max: 500 }), weight: fc.integer({ min: 1, max: 9 }) });
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 12 }), fc.integer({ min: 0, max: 50 }), (wishes, gap) => {
      const places = keepApart(
        wishes,
        wishes.slice(1).map(() => gap),
      );
      assert.equal(places.length, wishes.length);
      for (let i = 1; i < places.length; i++) assert.ok(places[i]! - places[i - 1]! >= gap - 1e-6);
      const moved = (shift: number): number => wishes.reduce((sum, { at, weight }, i) => sum + weight * (places[i]! + shift - at) ** 2, 0);
      assert.ok(moved(0) <= moved(0.01) + 1e-6 && moved(0) <= moved(-0.01) + 1e-6);
    }),
  );
  assert.deepEqual(
    keepApart(
      [0, 100, 101].map((at) => ({ at, weight: 1 })),
      [10, 10],
    ),
    [0, 95.5, 105.5],
  );
});

test('a long name breaks where its parts end, and is cut in its last line', () => {
  assert.deepEqual(wrapName('web-frontend', 20, 2), ['web-frontend']);
  assert.deepEqual(wrapName('web-frontend', 9, 2), ['web-', 'frontend']);
  assert.deepEqual(wrapName('fraud-detection-and-risk', 12, 2), ['fraud-', 'detection-a…']);
  assert.deepEqual(wrapName('recommendations', 8, 2), ['recommen', 'dations']);
  assert.deepEqual(wrapName('recommendations', 8, 1), ['recomme…']);
  assert.deepEqual(wrapName('', 8, 2), []);
});

test('all of the map is in sight, never larger than life; a zoom keeps the point under the pointer', () => {
  const window = { width: 1000, height: 500 };
  assert.deepEqual(fitCamera({ width: 400, height: 100 }, window), { x: 300, y: 200, scale: 1 });
  const wide = fitCamera({ width: 1904, height: 400 }, window);
  assert.deepEqual([wide.scale, wide.x], [0.5, 24]);
  assert.ok(fitCamera({ width: 100_000, height: 400 }, window).scale > 0.3, 'names stay legible');
  const near = zoomAt(wide, 2, 300, 200);
  assert.deepEqual([(300 - near.x) / near.scale, (200 - near.y) / near.scale], [(300 - wide.x) / wide.scale, (200 - wide.y) / wide.scale]);
  assert.equal(zoomAt(wide, 1000, 0, 0).scale, 3);
});
