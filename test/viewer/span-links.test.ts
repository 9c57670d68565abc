/** Who calls each request and what answers each call: the links are those of the rows that are here, in whatever order and portions they came. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Segment } from '../../src/viewer/query/column-index.ts';
import { RowTable } from '../../src/viewer/query/row-table.ts';
import { SpanLinks, isEntry } from '../../src/viewer/query/span-links.ts';
import { createSpanColumns } from '../../src/viewer/store/columns.ts';
import type { SpanColumns } from '../../src/viewer/store/columns.ts';
import { SEGMENT_ROWS } from '../../src/viewer/store/schema.ts';

interface Span {
  readonly trace: number;
  readonly spanId: number;
  readonly parentId: number;
  readonly kind: number;
}

/** A few traces, kinds and ids: many spans belong together, and several have one id. */
const span = fc.record({
  trace: fc.integer({ min: 1, max: 4 }),
  spanId: fc.integer({ min: 1, max: 6 }),
  parentId: fc.nat(6),
  kind: fc.integer({ min: 1, max: 5 }),
});

/** One transaction, after which the map may be asked for. */
const step = fc.record({
  spans: fc.array(span, { maxLength: 12 }),
  /** The segment that is being filled is whole then. */
  closes: fc.boolean(),
  /** Of the oldest segments. */
  evicts: fc.nat(2),
  asks: fc.boolean(),
});

const scratch = createSpanColumns();

/** A row's number is its resource, so that a resource tells which row was found. */
function segmentOf(number: number, rows: readonly Span[], firstResource: number): Segment<SpanColumns> {
  const columns = { ...scratch, trace: u32(), spanId: u32(), parentId: u32(), resource: u32(), kindStatus: new Uint8Array(16) };
  for (const [i, { trace, spanId, parentId, kind }] of rows.entries()) {
    columns.trace[i] = trace;
    columns.spanId[i] = spanId;
    columns.parentId[i] = parentId;
    columns.kindStatus[i] = kind * 4;
    columns.resource[i] = firstResource + i;
  }
  const place = { number, firstId: number * SEGMENT_ROWS + 1, count: rows.length };
  return { ...place, columns, minMs: 0, maxMs: 0, filter: undefined };
}
const u32 = (): Uint32Array => new Uint32Array(16);

interface Stored {
  readonly number: number;
  readonly firstResource: number;
  readonly rows: Span[];
}

/** What the links should say, from all rows there are. */
function expected(stored: readonly Stored[]): readonly unknown[] {
  const all = stored.flatMap(({ rows, firstResource }) => rows.map((row, i) => ({ ...row, resource: firstResource + i })));
  return all.map((row) => {
    const isParent = (other: (typeof all)[number]): boolean =>
      other.resource !== row.resource && other.trace === row.trace && other.spanId === row.parentId;
    const isAnswer = (other: Span): boolean => isEntry(other.kind) && other.trace === row.trace && other.parentId === row.spanId;
    return isEntry(row.kind) ? (all.findLast(isParent)?.resource ?? 0) : all.some(isAnswer);
  });
}

function actual(links: SpanLinks, segments: readonly Segment<SpanColumns>[]): readonly unknown[] {
  links.update(segments);
  return segments.flatMap((segment) =>
    Array.from({ length: segment.count }, (_, i) =>
      isEntry(segment.columns.kindStatus[i]! >> 2) ? links.resourceOfCaller(segment, i) : links.isAnswered(segment, i),
    ),
  );
}

test('whatever comes and goes, each request has its caller and each call its answer', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const links = new SpanLinks();
      let stored: Stored[] = [{ number: 0, firstResource: 1, rows: [] }];
      for (const { spans, closes, evicts, asks } of steps) {
        const open = stored.at(-1)!;
        open.rows.push(...spans.slice(0, 16 - open.rows.length));
        if (closes && open.rows.length > 0)
          stored.push({ number: open.number + 1, firstResource: open.firstResource + open.rows.length, rows: [] });
        stored = stored.slice(Math.min(evicts, stored.length - 1));
        // As the reader has them: no segment without a row, and a new object for what was filled meanwhile.
        const held = stored.filter(({ rows }) => rows.length > 0);
        if (asks)
          assert.deepEqual(
            actual(
              links,
              held.map(({ number, rows, firstResource }) => segmentOf(number, rows, firstResource)),
            ),
            expected(held),
          );
      }
    }),
    { numRuns: 400 },
  );
});

test('many segments that come at once are linked across their borders', () => {
  const rows = (number: number): readonly Span[] => [
    { trace: 1, spanId: 100 + number, parentId: 100 + ((number * 7) % 50), kind: number % 2 === 0 ? 2 : 3 },
    { trace: 10 + number, spanId: 1, parentId: 2, kind: 5 },
    { trace: 9 + number, spanId: 2, parentId: 0, kind: 4 },
  ];
  const stored = Array.from({ length: 50 }, (_, number) => ({ number, firstResource: number * 3 + 1, rows: [...rows(number)] }));
  const found = actual(
    new SpanLinks(),
    stored.map(({ number, rows: own, firstResource }) => segmentOf(number, own, firstResource)),
  );
  assert.deepEqual(found, expected(stored));
  assert.ok(found.filter((link) => link !== 0 && link !== false).length > 100);
});

test('rows are found by trace and id, the latest first, also when many traces count their ids alike', () => {
  const table = new RowTable(30_000);
  for (let trace = 1; trace <= 10_000; trace++) for (const id of [1, 2]) table.add(trace, id, trace * 2 + id);
  for (let trace = 1; trace <= 10_000; trace++) table.add(trace, 1, trace);
  for (const trace of [1, 5000, 10_000]) {
    const latest = table.latest(trace, 1);
    assert.deepEqual([table.rowOf(latest), table.rowOf(table.before(latest))], [trace, trace * 2 + 1]);
    assert.equal(table.before(table.before(latest)), 0);
    assert.equal(table.rowOf(table.latest(trace, 2)), trace * 2 + 2);
    assert.equal(table.latest(trace, 3), 0);
  }
  assert.equal(table.latest(10_001, 1), 0);
});
