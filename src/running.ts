/** What the start hands to those who flush and to the end of the process. */
import type { Processors } from './signals/signals.ts';

/** Signals that run. */
export interface Running {
  readonly serviceName: string;
  readonly serviceVersion: string | undefined;
  flush(timeoutMs: number): Promise<void>;
  deliverNow(timeoutMs: number): void;
  hasWork(): boolean;
  readonly canDeliverNow: boolean;
  readonly processors: Processors | undefined;
}
