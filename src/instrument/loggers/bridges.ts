/** What the log bridges have in common: each patches a file of its logging library, whose lines become log records that know their trace. */
import type { OwnInstrumentation } from '../own-instrumentation.ts';

export type LogBridge = OwnInstrumentation;

/** What a user can set for a bridge; the names are those of the upstream instrumentations. */
export interface LogBridgeOptions {
  readonly disableLogSending?: boolean;
  readonly disableLogCorrelation?: boolean;
}
