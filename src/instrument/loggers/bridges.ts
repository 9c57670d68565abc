/** The log bridges: for each logging library, which file is patched and how its lines become log records that know their trace. */
import { bunyanBridge } from './bunyan.ts';
import { consoleBridge } from './console.ts';
import { pinoBridge } from './pino.ts';
import { winstonBridge } from './winston.ts';

export interface LogBridge {
  /** By file as the module hook names it (`winston/lib/winston/logger.js`): exports in, exports out. */
  readonly patches: Readonly<Record<string, (exports: unknown) => unknown>>;
}

/** What a user can set for a bridge; the names are those of the upstream instrumentations. */
export interface LogBridgeOptions {
  readonly disableLogSending?: boolean;
  readonly disableLogCorrelation?: boolean;
}

export const logBridges: Readonly<Record<string, (options: LogBridgeOptions) => LogBridge>> = {
  bunyan: bunyanBridge,
  console: consoleBridge,
  pino: pinoBridge,
  winston: winstonBridge,
};
