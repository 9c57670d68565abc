/**
 * The spans' columns -> for each request the span that calls it, and for each call the request that answers it: what the map asks. A span is looked at when
 * it has come, beside those of its trace that came before; whatever the order of arrival, the links are those of the rows that are here.
 *
 * A link says how many rows further on the other span stands. Of several spans with the id that is looked for the latest row counts: as the oldest rows go
 * first, a link whose row has gone leads nowhere, and nothing has to be done when rows go.
 */
import type { SpanColumns } from '../store/columns.ts';
import { SEGMENT_ROWS } from '../store/schema.ts';
import { CONSUMER, SERVER } from './codes.ts';
import type { Segment } from './column-index.ts';
import { RowTable } from './row-table.ts';

/** A request or message that arrives: the kinds whose parent says who calls. */
export const isEntry = (kind: number): boolean => kind === SERVER || kind === CONSUMER;

/** Segments that are linked at once: the tables of so many rows stay in the processor's cache. */
const SEGMENTS_AT_ONCE = 16;

/** A segment as far as its rows are linked, which are those before `count`. */
interface Linked {
  segment: Segment<SpanColumns>;
  /** A row is counted from the first one that is here: that at position 0 of this segment. */
  start: number;
  count: number;
  /** Rows to the parent of a request, or to the request that a call has led to; 0: none. */
  readonly links: Int32Array;
  /** Ids of traces are given in the order of arrival: those of a segment lie close together. */
  minTrace: number;
  maxTrace: number;
}

/** Rows of a segment that came together. */
interface Fresh {
  readonly linked: Linked;
  readonly from: number;
  readonly to: number;
}

export class SpanLinks {
  /** By the segment's number, counted from the first one that is here. */
  #linked: Linked[] = [];

  /** When rows were replaced. */
  clear(): void {
    this.#linked = [];
  }

  /** Links the rows that have come; to be called before anything is asked. */
  update(segments: readonly Segment<SpanColumns>[]): void {
    this.#keep(segments);
    let fresh: Fresh[] = [];
    for (const linked of this.#linked) {
      if (linked.count === linked.segment.count) continue;
      fresh.push({ linked, from: linked.count, to: linked.segment.count });
      if (fresh.length < SEGMENTS_AT_ONCE) continue;
      this.#link(fresh);
      fresh = [];
    }
    if (fresh.length > 0) this.#link(fresh);
  }

  /** Of the span that calls this request; 0 where it is not here. */
  resourceOfCaller(segment: Segment<SpanColumns>, position: number): number {
    const row = this.#rowOfLink(segment, position);
    return row < 0 ? 0 : this.#linked[Math.floor(row / SEGMENT_ROWS)]!.segment.columns.resource[row % SEGMENT_ROWS]!;
  }

  /** A request of a traced service tells of this call. */
  isAnswered(segment: Segment<SpanColumns>, position: number): boolean {
    return this.#rowOfLink(segment, position) >= 0;
  }

  /** Below 0: there is none. */
  #rowOfLink({ number }: Segment<SpanColumns>, position: number): number {
    const { links, start } = this.#linked[number - this.#linked[0]!.segment.number]!;
    const link = links[position]!;
    return link === 0 ? -1 : start + position + link;
  }

  /** Forgets the segments that are gone, and knows those that have come. */
  #keep(segments: readonly Segment<SpanColumns>[]): void {
    const known = new Map(this.#linked.map((linked) => [linked.segment.number, linked]));
    const [first] = segments;
    this.#linked = [];
    for (const segment of segments) {
      const index = segment.number - first!.number;
      const linked = known.get(segment.number) ?? createLinked(segment);
      // That of a segment which was being filled has been replaced by the whole one.
      linked.segment = segment;
      linked.start = index * SEGMENT_ROWS;
      this.#linked[index] = linked;
    }
  }

  /** The rows in question come last of all that are linked so far. */
  #link(fresh: readonly Fresh[]): void {
    const before = this.#linked.filter(({ count }) => count > 0);
    const latestTrace = before.reduce((max, { maxTrace }) => Math.max(max, maxTrace), 0);
    const old = before.map((linked) => ({ linked, from: 0, to: linked.count }));
    for (const part of fresh) extend(part);

    const requests = collect(fresh, ({ parentId, kindStatus }, i) => parentId[i] !== 0 && isEntry(kindStatus[i]! >> 2), 'parentId');
    for (const part of [...old, ...fresh]) if (mayHold(part, requests)) this.#addRequests(part, requests);
    requests.table.release();

    const parents = collect(fresh, ({ trace }, i) => trace[i]! <= latestTrace, 'spanId');
    for (const part of old) if (mayHold(part, parents)) this.#addParents(part, parents);
    parents.table.release();
  }

  /** Requests that have come, and the spans of `part` that call them. */
  #addRequests({ linked, from, to }: Fresh, { table, minTrace, maxTrace }: Collected): void {
    const { start, links, segment } = linked;
    const { trace, spanId, kindStatus } = segment.columns;
    for (let i = from; i < to; i++) {
      if (trace[i]! < minTrace || trace[i]! > maxTrace) continue;
      let entry = table.latest(trace[i]!, spanId[i]!);
      if (entry === 0) continue;
      const row = start + i;
      if (!isEntry(kindStatus[i]! >> 2)) links[i] = table.rowOf(entry) - row;
      for (; entry !== 0; entry = table.before(entry)) this.#setLink(table.rowOf(entry), row);
    }
  }

  /** Spans that have come, and the requests of `part` that they call. */
  #addParents({ linked, from, to }: Fresh, { table, minTrace, maxTrace }: Collected): void {
    const { start, links, segment } = linked;
    const { trace, parentId, kindStatus } = segment.columns;
    for (let i = from; i < to; i++) {
      if (parentId[i] === 0 || trace[i]! < minTrace || trace[i]! > maxTrace || !isEntry(kindStatus[i]! >> 2)) continue;
      const entry = table.latest(trace[i]!, parentId[i]!);
      if (entry === 0) continue;
      const row = start + i;
      links[i] = table.rowOf(entry) - row;
      for (let parent = entry; parent !== 0; parent = table.before(parent)) this.#answer(table.rowOf(parent), row);
    }
  }

  /** A span is not its own parent. */
  #setLink(row: number, target: number): void {
    if (row !== target) this.#linked[Math.floor(row / SEGMENT_ROWS)]!.links[row % SEGMENT_ROWS] = target - row;
  }

  /** A request that came before the span which calls it; one that came later counts, if there is any. */
  #answer(row: number, request: number): void {
    const { links, segment } = this.#linked[Math.floor(row / SEGMENT_ROWS)]!;
    const position = row % SEGMENT_ROWS;
    if (isEntry(segment.columns.kindStatus[position]! >> 2)) return;
    const link = links[position]!;
    if (link === 0 || row + link < request) links[position] = request - row;
  }
}

function createLinked(segment: Segment<SpanColumns>): Linked {
  return { segment, start: 0, count: 0, links: new Int32Array(SEGMENT_ROWS), minTrace: Infinity, maxTrace: 0 };
}

function extend({ linked, from, to }: Fresh): void {
  const { trace } = linked.segment.columns;
  for (let i = from; i < to; i++) {
    linked.minTrace = Math.min(linked.minTrace, trace[i]!);
    linked.maxTrace = Math.max(linked.maxTrace, trace[i]!);
  }
  linked.count = to;
}

interface Collected {
  readonly table: RowTable;
  /** Of the rows in it. */
  readonly minTrace: number;
  readonly maxTrace: number;
}

/** Those of the rows that are wanted, to be found by their trace and the column `id`. */
function collect(
  parts: readonly Fresh[],
  isWanted: (columns: SpanColumns, position: number) => boolean,
  id: 'spanId' | 'parentId',
): Collected {
  let count = 0;
  let minTrace = Infinity;
  let maxTrace = 0;
  for (const { linked, from, to } of parts) {
    const { columns } = linked.segment;
    for (let i = from; i < to; i++) {
      if (!isWanted(columns, i)) continue;
      count++;
      minTrace = Math.min(minTrace, columns.trace[i]!);
      maxTrace = Math.max(maxTrace, columns.trace[i]!);
    }
  }
  const table = new RowTable(count);
  for (const { linked, from, to } of count === 0 ? [] : parts) {
    const { columns } = linked.segment;
    for (let i = from; i < to; i++) if (isWanted(columns, i)) table.add(columns.trace[i]!, columns[id][i]!, linked.start + i);
  }
  return { table, minTrace, maxTrace };
}

const mayHold = ({ linked }: Fresh, { minTrace, maxTrace }: Collected): boolean =>
  linked.minTrace <= maxTrace && linked.maxTrace >= minTrace;
