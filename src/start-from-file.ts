/** `OTEL_CONFIG_FILE` -> the stock SDK as its declarative configuration describes it. */
import { createRequire } from 'node:module';
import { logs, metrics, trace } from '@opentelemetry/api';
import type { Config, Env } from './config/types.ts';
import type { Running } from './running.ts';
import type { Voice } from './stderr.ts';

const require = createRequire(import.meta.url);

/** Hands over to the SDK's own declarative configuration; only the instrumentations stay ours. Undefined: the file is of no use, which is told. */
export function startFromFile(config: Config, env: Env, voice: Voice): Running | undefined {
  let failure: string | undefined;
  try {
    const { diag, startNodeSdk } = require('./lazy/declarative.ts') as typeof import('./lazy/declarative.ts');
    const { setLogger, error } = diag;
    // The SDK would take over the diagnostics with a logger that writes to the app's stdout, and tells of a failure by it alone.
    diag.setLogger = () => true;
    diag.error = (message, ...rest) => {
      if (message.includes('SDK will not be setup: ')) failure = message.slice(message.indexOf(': ') + 2);
      else error(message, ...rest);
    };
    try {
      startNodeSdk({ instrumentations: [] } as Parameters<typeof startNodeSdk>[0]);
    } finally {
      Object.assign(diag, { setLogger, error });
    }
  } catch (error) {
    failure = String(error);
  }
  if (failure !== undefined) {
    const reason = failure.replace(/\s+/g, ' ').slice(0, 500);
    voice.error(
      `OTEL_CONFIG_FILE ${config.configFile ?? ''} could not be used: ${reason}. Telemetry is off; the app runs on. Correct the file.`,
    );
    return undefined;
  }
  let done = false;
  return {
    serviceName: 'the service of a configuration file',
    serviceVersion: undefined,
    async flush(timeoutMs) {
      done = true;
      let timer: NodeJS.Timeout | undefined;
      await Promise.race([flushProviders(), new Promise((resolve) => (timer = setTimeout(resolve, timeoutMs)))]);
      clearTimeout(timer);
    },
    deliverNow() {},
    canDeliverNow: false,
    processors: undefined,
    hasWork: () => !done && env['OTEL_CONFIG_FILE'] !== undefined,
  };
}

/** Flushes what is registered, whoever made it. Not a shutdown: the app may well go on, and what it records then is to arrive too. */
async function flushProviders(): Promise<void> {
  interface Flushable {
    getDelegate?(): Flushable;
    forceFlush?(): Promise<void>;
  }
  const providers = [trace.getTracerProvider(), metrics.getMeterProvider(), logs.getLoggerProvider()] as readonly Flushable[];
  await Promise.allSettled(providers.map((provider) => (provider.getDelegate?.() ?? provider).forceFlush?.()));
}
