/** One line of the result: one thing that was measured, of one preload. */
import type { Spread } from './statistics.ts';

export interface Row {
  /** The section's name as `--only` takes it. */
  readonly section: string;
  /** What was done, such as `start-up, express.cjs`. */
  readonly what: string;
  /** The option's name of the preload. */
  readonly variant: string;
  readonly unit: string;
  readonly value: Spread;
  /** To the bare samples beside it, in the same unit. */
  readonly added?: Spread;
  /** To the bare samples beside it: times at start-up and of latency, requests per second under load. */
  readonly ratio?: Spread;
  /** What it adds as a part of what upstream adds. */
  readonly ofUpstream?: number;
  readonly rssMb?: Spread;
  readonly addedRssMb?: Spread;
  /** Files before the app. */
  readonly files?: number;
  /** Packages added to an app. */
  readonly packages?: number;
  /** What arrived at the sink or was counted otherwise, and what is wrong with it. */
  readonly seen: string;
  /** The samples themselves, for `--json`. */
  readonly samples: readonly unknown[];
}
