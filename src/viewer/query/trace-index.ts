/** The spans' columns -> start, end and failure of each trace, by its row id: what lists and scatters are sorted and cut by. */
import type { SpanColumns } from '../store/columns.ts';
import type { Segment } from './column-index.ts';

export class TraceIndex {
  /** Row id of the trace at position 0. */
  base = 0;
  /** Infinity where no span is here. */
  startMs = new Float64Array(0);
  endMs = new Float64Array(0);
  failed = new Uint8Array(0);
  /** One past the last position in use. */
  length = 0;
  /** The longest time from a trace's first start to its last end. */
  longestMs = 0;
  #seen: readonly { readonly segment: Segment<SpanColumns>; readonly count: number }[] = [];

  /** When rows were replaced: others may stand where those stood that are known. */
  clear(): void {
    this.#seen = [];
    this.base = 0;
    this.length = 0;
    this.longestMs = 0;
  }

  /** Adds the rows that have come; computes everything anew when rows went away. */
  refresh(segments: readonly Segment<SpanColumns>[]): void {
    const grown = this.#seen.every(({ segment }, i) => segments[i]?.firstId === segment.firstId);
    if (!grown) this.clear();
    for (const [i, segment] of segments.entries()) {
      const from = this.#seen[i]?.count ?? 0;
      if (from < segment.count) this.#add(segment, from);
    }
    this.#seen = segments.map((segment) => ({ segment, count: segment.count }));
  }

  #add({ columns, count }: Segment<SpanColumns>, from: number): void {
    const { trace, startMs, durationMs, kindStatus } = columns;
    let lowest = Infinity;
    let highest = 0;
    for (let i = from; i < count; i++) {
      if (trace[i]! < lowest) lowest = trace[i]!;
      if (trace[i]! > highest) highest = trace[i]!;
    }
    this.#reach(lowest, highest);
    for (let i = from; i < count; i++) {
      const at = trace[i]! - this.base;
      const start = startMs[i]!;
      const end = start + durationMs[i]!;
      if (start < this.startMs[at]!) this.startMs[at] = start;
      if (end > this.endMs[at]!) this.endMs[at] = end;
      if ((kindStatus[i]! & 3) === 2) this.failed[at] = 1;
      const duration = this.endMs[at]! - this.startMs[at]!;
      if (duration > this.longestMs) this.longestMs = duration;
    }
  }

  /** Makes room for the row ids. */
  #reach(lowest: number, highest: number): void {
    const base = this.length === 0 ? lowest : Math.min(this.base, lowest);
    const length = Math.max(this.length + this.base - base, highest - base + 1, 0);
    const shift = this.length === 0 ? 0 : this.base - base;
    if (shift > 0 || length > this.startMs.length) {
      const room = Math.max(1024, Math.ceil(length * 1.25));
      const grow = <T extends Float64Array | Uint8Array>(old: T, fresh: T, empty: number): T => {
        fresh.fill(empty);
        fresh.set(old.subarray(0, this.length), shift);
        return fresh;
      };
      this.startMs = grow(this.startMs, new Float64Array(room), Infinity);
      this.endMs = grow(this.endMs, new Float64Array(room), -Infinity);
      this.failed = grow(this.failed, new Uint8Array(room), 0);
    } else {
      this.startMs.fill(Infinity, this.length, length);
      this.endMs.fill(-Infinity, this.length, length);
      this.failed.fill(0, this.length, length);
    }
    this.base = base;
    this.length = length;
  }
}
