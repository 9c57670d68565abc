/** The stored points of a series -> what was added between them, and what was measured at a time. */
import { nanoOf } from '../store/numbers.ts';
import { ms } from '../store/schema.ts';
import { addBins, binsOf, scaleOf, subtractBins } from './bins.ts';
import type { Bins, Distribution } from './bins.ts';
import type { Reader } from './reader.ts';

export interface Point {
  readonly timeMs: number;
  /** Up to here the value was sent unchanged. */
  readonly untilMs: number;
  readonly startMs: number;
  readonly value: number | null;
  readonly count: number | null;
  readonly sum: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly distribution: Distribution | undefined;
}

/** What was added from one moment to another. */
export interface Increment {
  readonly fromMs: number;
  readonly toMs: number;
  readonly value: number;
  readonly count: number;
  readonly sum: number;
  readonly bins: Bins;
}

type PointRow = readonly [
  ...[timeMs: number, untilMs: number, startMs: number],
  ...[value: number | null, count: number | null, sum: number | null, min: number | null, max: number | null, distribution: string | null],
];

/** By time: those in the range, one before and one after it. */
export function readPoints(reader: Reader, series: number, from: number, to: number): readonly Point[] {
  const rows = reader.iterate(
    `SELECT ${ms('time_ns')}, ${ms('until_ns')}, ${ms('start_ns')}, value, CAST(count AS REAL), sum, min, max, distribution FROM point
     WHERE series = ?1 AND time_ns <= coalesce((SELECT min(time_ns) FROM point WHERE series = ?1 AND time_ns >= ?3), ?3)
       AND time_ns >= coalesce((SELECT max(time_ns) FROM point WHERE series = ?1 AND time_ns <= ?2), ?2)
     ORDER BY time_ns`,
    ...[series, nanoOf(from), nanoOf(to)],
  );
  const points: Point[] = [];
  for (const row of rows) {
    const [timeMs, untilMs, startMs, value, count, sum, min, max, json] = row as unknown as PointRow;
    const distribution = json === null ? undefined : (JSON.parse(json) as Distribution);
    points.push({ timeMs, untilMs, startMs, value, count, sum, min, max, distribution });
  }
  return points;
}

/** The least scale of all exponential histograms among them; only what has one scale can be compared. */
export function leastScale(points: readonly Point[]): number {
  return points.reduce((least, { distribution }) => Math.min(least, scaleOf(distribution)), Infinity);
}

const NOTHING: Bins = new Map();

/** Of a cumulative series the differences; where it began anew, what it has counted since. A delta series is increments already. */
export function incrementsOf(points: readonly Point[], cumulative: boolean, scale: number): readonly Increment[] {
  const increments: Increment[] = [];
  let before: Point | undefined;
  let beforeBins: Bins = NOTHING;
  for (const point of points) {
    const bins = binsOf(point.distribution, scale);
    const [value, count, sum] = [point.value ?? 0, point.count ?? 0, point.sum ?? 0];
    const whole = { toMs: point.timeMs, value, count, sum, bins };
    if (!cumulative) increments.push({ ...whole, fromMs: startOf(point, before) });
    else if (before === undefined || begins(point, before)) {
      // What was counted before anybody listened is known only when the start is.
      if (point.startMs > 0 || before !== undefined) increments.push({ ...whole, fromMs: startOf(point, before) });
    } else {
      increments.push({
        fromMs: before.untilMs,
        toMs: point.timeMs,
        value: value - (before.value ?? 0),
        count: count - (before.count ?? 0),
        sum: sum - (before.sum ?? 0),
        bins: subtractBins(bins, beforeBins),
      });
    }
    if (point.untilMs > point.timeMs)
      increments.push({ fromMs: point.timeMs, toMs: point.untilMs, value: 0, count: 0, sum: 0, bins: NOTHING });
    before = point;
    beforeBins = bins;
  }
  return increments;
}

function begins(point: Point, before: Point): boolean {
  return point.startMs !== before.startMs || (point.value ?? 0) < (before.value ?? 0) || (point.count ?? 0) < (before.count ?? 0);
}

function startOf({ startMs, timeMs }: Point, before: Point | undefined): number {
  const start = startMs > 0 ? startMs : (before?.untilMs ?? timeMs);
  return Math.min(before === undefined ? start : Math.max(start, Math.min(before.untilMs, timeMs)), timeMs);
}

/** Increments over equal steps of time; one that spans several is divided among them. */
export interface Step {
  value: number;
  count: number;
  sum: number;
  readonly bins: Map<number, number>;
  /** Something was reported of this time. */
  covered: boolean;
}

export function spread(increments: readonly Increment[], steps: readonly Step[], from: number, stepMs: number): void {
  for (const { fromMs, toMs, value, count, sum, bins } of increments) {
    // Counted from the first border: at the size of today's times a border would be rounded, to another place as end than as beginning.
    const [begins, ends] = [fromMs - from, toMs - from];
    if (ends < 0 || begins >= steps.length * stepMs) continue;
    const first = Math.max(Math.floor(begins / stepMs), 0);
    // What ends on a border belongs before it.
    const last = Math.min(Math.max(Math.ceil(ends / stepMs) - 1, first), steps.length - 1);
    const length = ends - begins;
    for (let i = first; i <= last; i++) {
      const step = steps[i]!;
      const share = length <= 0 ? 1 : Math.max(0, Math.min(ends, (i + 1) * stepMs) - Math.max(begins, i * stepMs)) / length;
      step.covered = true;
      if (share === 0) continue;
      step.value += value * share;
      step.count += count * share;
      step.sum += sum * share;
      addBins(step.bins, bins, share);
    }
  }
}
