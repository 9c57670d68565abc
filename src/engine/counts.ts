/** How many spans and log records an app made: plain numbers that cost an addition each, read when metrics are collected. */
import type { SpanContext } from '@opentelemetry/api';
import { Identity } from './ids.ts';

/** Where the parent of a span is; the order is that of `SpanCounts.started`. */
export const PARENT_ORIGINS = ['none', 'local', 'remote'] as const;

export class SpanCounts {
  /** Two numbers for each origin of the parent: spans that are not sampled, and those that are. */
  readonly started: number[] = [0, 0, 0, 0, 0, 0];
  /** Sampled ones. */
  ended = 0;

  /** @param parent a valid one; undefined for a root. */
  start(parent: Identity | SpanContext | undefined, sampled: boolean): void {
    const origin = parent === undefined ? 0 : !(parent instanceof Identity) && parent.isRemote === true ? 4 : 2;
    (this.started[sampled ? origin + 1 : origin] as number)++;
  }

  /** Sampled spans that have not ended. */
  get live(): number {
    const [, roots = 0, , children = 0, , entries = 0] = this.started;
    return roots + children + entries - this.ended;
  }
}

export class LogCounts {
  created = 0;
}
