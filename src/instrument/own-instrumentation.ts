/** What an instrumentation of our own is, as `activate.ts` brings it to life. */
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { Config, OptionValue } from '../config/types.ts';
import type { ContextSwitch } from '../signals/context.ts';

export type Patch = (exports: unknown) => unknown;

export interface OwnInstrumentation {
  /** By file as the module hook names it (`winston/lib/winston/logger.js`): exports in, exports out. */
  readonly patches: Readonly<Record<string, Patch>>;
  /** What is to be done besides, when it comes to life. */
  readonly start?: () => void;
}

/** What instrumentations of upstream's do with RPC metadata, which costs each request a copy of its context; changes as they come to life. */
export interface RpcMetadataUse {
  /** Some look whether it is there: by it they know that a request has a server span. */
  readonly present: boolean;
  /** Some tell a route by it that nobody else knows. */
  readonly routes: boolean;
}

/** What an instrumentation of our own may need; each takes its part. */
export interface OwnSetup {
  readonly options: Readonly<Record<string, OptionValue>>;
  readonly http: Config['http'];
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
  /** Undefined: there is no way to change the active context, and no server span then. */
  readonly contexts: ContextSwitch | undefined;
  readonly ownPort: number | undefined;
  readonly rpc: RpcMetadataUse;
  /** Is an instrumentation of this short name chosen? */
  readonly isChosen: (name: string) => boolean;
}

export type CreateOwnInstrumentation = (setup: OwnSetup) => OwnInstrumentation;
