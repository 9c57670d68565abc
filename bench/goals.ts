/** The figures that otelier is to reach, and which of them a run did. */
import type { Row } from './row.ts';
import { labelOf } from './variants.ts';

interface Goal {
  readonly text: string;
  readonly section: string;
  /** Part of the row's `what` where a section has several. */
  readonly app?: string;
  readonly variant?: string;
  readonly read: (row: Row) => number | undefined;
  /** The value has to be at most this, or at least that. */
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly format: (value: number) => string;
}

const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;
const megabytes = (value: number): string => `${value.toFixed(1)} MB`;
const ratio = (value: number): string => value.toFixed(2);
const count = (value: number): string => value.toFixed(0);

export const goals: readonly Goal[] = [
  {
    text: 'start-up, express + winston: added time at most 1/15 of upstream',
    section: 'startup',
    app: 'express.cjs',
    read: (row) => row.ofUpstream,
    atMost: 1 / 15,
    format: (value) => (value <= 0 ? 'below noise' : `1/${(1 / value).toFixed(1)}`),
  },
  {
    text: 'start-up when disabled: at most 3 ms added',
    section: 'startup',
    app: 'trivial.cjs',
    variant: 'otelier-disabled',
    read: (row) => row.added?.median,
    atMost: 3,
    format: milliseconds,
  },
  {
    text: 'files read before the first line of the app: at most 5',
    section: 'startup',
    app: 'trivial.cjs',
    read: (row) => row.files,
    atMost: 5,
    format: count,
  },
  {
    text: 'memory when listening: at most 15 MB added',
    section: 'startup',
    app: 'express.cjs',
    read: (row) => row.addedRssMb?.median,
    atMost: 15,
    format: megabytes,
  },
  {
    text: 'memory under load, express + winston: at most 30 MB added',
    section: 'express',
    read: (row) => row.addedRssMb?.median,
    atMost: 30,
    format: megabytes,
  },
  {
    text: 'node:http, requests per second to bare: at least 0.75',
    section: 'http',
    read: (row) => row.ratio?.median,
    atLeast: 0.75,
    format: ratio,
  },
  {
    text: 'express + one winston line, requests per second to bare: at least 0.55',
    section: 'express',
    read: (row) => row.ratio?.median,
    atLeast: 0.55,
    format: ratio,
  },
  {
    text: '1 % sampled: at most 5 us of CPU added to a request',
    section: 'sampled',
    read: (row) => row.added?.median,
    atMost: 5,
    format: (value) => `${value.toFixed(1)} us`,
  },
  { text: 'installed size: at most 8 MB', section: 'size', read: (row) => row.value.median, atMost: 8, format: megabytes },
  { text: 'packages added to an app: at most 5', section: 'size', read: (row) => row.packages, atMost: 5, format: count },
];

export interface Verdict {
  readonly goal: string;
  readonly variant: string;
  readonly value: string;
  readonly verdict: 'reached' | 'missed';
}

/** One verdict for each goal whose row was measured; goals of other sections are left out. */
export function checkGoals(rows: readonly Row[]): readonly Verdict[] {
  return goals.flatMap((goal): readonly Verdict[] => {
    const name = goal.variant ?? 'otelier';
    const row = rows.find(
      ({ section, what, variant }) => section === goal.section && variant === name && (goal.app === undefined || what.includes(goal.app)),
    );
    const value = row && goal.read(row);
    if (value === undefined || Number.isNaN(value)) return [];
    const reached = value <= (goal.atMost ?? Infinity) && value >= (goal.atLeast ?? -Infinity);
    return [{ goal: goal.text, variant: labelOf(name), value: goal.format(value), verdict: reached ? 'reached' : 'missed' }];
  });
}
