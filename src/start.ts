/** The story of a start on one page: configuration -> signals -> globals -> module hooks -> the end of the process. Nothing here awaits. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ROOT_CONTEXT, context, metrics, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import packageJson from '../package.json' with { type: 'json' };
import { resolveConfig } from './config/resolve.ts';
import type { Config } from './config/types.ts';
import { registerExit } from './exit.ts';
import { deliverNow } from './export/last-delivery.ts';
import { createReporter } from './export/reporter.ts';
import { createTransport } from './export/transport.ts';
import { createInstruments } from './instrument/activate.ts';
import { registerModuleHooks } from './instrument/module-hooks.ts';
import { instrumentationOptions } from './instrument/options.ts';
import { QuietContextManager, createContextSwitch } from './signals/context.ts';
import { registerDiagnostics, registerProviders } from './signals/globals.ts';
import { registerProcessMetrics } from './signals/process-metrics.ts';
import { createPropagator } from './signals/propagation.ts';
import { createResource } from './signals/resource.ts';
import { registerSelfMetrics } from './signals/self-metrics.ts';
import type { Running } from './running.ts';
import type { Processors, SignalParts, Signals } from './signals/signals.ts';
import { decodePartialSuccess } from './otlp/partial-success.ts';
import { startFromFile } from './start-from-file.ts';
import { formatStartLine } from './start-line.ts';
import { createDiagLogger, createVoice } from './stderr.ts';
import type { Voice } from './stderr.ts';

const require = createRequire(import.meta.url);

/** A running otelier. */
export interface Handle {
  readonly version: string;
  /** Delivers what is recorded so far; resolves when done or after `timeoutMs` (default 10 s). Never rejects. */
  flush(timeoutMs?: number): Promise<void>;
  /** Undefined where a configuration file says which processors there are. */
  readonly processors: Processors | undefined;
}

const userAgent = `${packageJson.name}/${packageJson.version} OTel-OTLP-Exporter-JavaScript`;
const FLUSH_MS = 10_000;

export function start(env: Readonly<Record<string, string | undefined>>): Handle {
  const readFile = (path: string): string => readFileSync(path, 'utf8');
  const { config, problems } = resolveConfig(env, { readFile, instrumentations: instrumentationOptions });
  const voice = createVoice(config.logLevel);
  const { logger, level } = createDiagLogger(voice, config.logLevel);
  registerDiagnostics(logger, level);
  for (const { message } of problems) voice.warn(message);

  const source = { env, entry: process.argv[1], cwd: process.cwd(), readFile };
  const running = config.configFile === undefined ? startFromEnvironment(config, source, voice) : startFromFile(config, env, voice);
  if (!running) return { version: packageJson.version, flush: async () => {}, processors: undefined };
  voice.info(formatStartLine(packageJson, config, running, problems.length));

  const instruments = createInstruments({
    config: config.instrumentations,
    consoleLogs: config.consoleLogs,
    http: config.http,
    contexts: createContextSwitch(),
    env,
    tracerProvider: trace.getTracerProvider(),
    meterProvider: metrics.getMeterProvider(),
    ownPort: config.metrics?.prometheus?.port,
  });
  const onError = (name: string, error: unknown): void =>
    voice.error(`${name} could not be instrumented: ${String(error)}. The app is not affected.`);
  registerModuleHooks(instruments, {
    onError,
    flags: [...process.execArgv, env['NODE_OPTIONS'] ?? ''],
    appFolder: source.entry === undefined ? source.cwd : dirname(source.entry),
  });
  instruments.activateUntargeted();
  registerExit(running, config.shutdownTimeoutMs);
  return { version: packageJson.version, flush: (timeoutMs = FLUSH_MS) => running.flush(timeoutMs), processors: running.processors };
}

/** The engine that the configuration names; the other one is not even loaded. */
function createSignals(parts: SignalParts): Signals {
  if (parts.config.engine === 'sdk') {
    const { createSdkSignals } = require('./signals/sdk-engine.ts') as typeof import('./signals/sdk-engine.ts');
    return createSdkSignals(parts);
  }
  const { createLeanSignals } = require('./signals/lean-engine.ts') as typeof import('./signals/lean-engine.ts');
  return createLeanSignals(parts);
}

function startFromEnvironment(config: Config, source: Parameters<typeof createResource>[2], voice: Voice): Running {
  const { resource, ready, serviceName, serviceVersion } = createResource(config, packageJson, source);
  const reporter = createReporter(voice);
  const untracedContext = suppressTracing(ROOT_CONTEXT);
  const processors: Processors = { span: [], log: [] };
  const signals = createSignals({
    config,
    resource,
    processors,
    warn: (line) => voice.warn(line),
    outletFor: (signal, target, batch) => ({
      signal,
      target,
      batch,
      reporter,
      get ready() {
        return ready();
      },
      transport: createTransport(target, userAgent),
      readPartial: (body) => decodePartialSuccess(target.protocol === 'http/json' ? 'json' : 'protobuf', body),
      untraced: (work) => context.with(untracedContext, work),
    }),
  });
  registerProviders({ contextManager: new QuietContextManager().enable(), propagator: createPropagator(config.propagators), ...signals });
  if (signals.meterProvider) {
    registerProcessMetrics(signals.meterProvider);
    if (config.metrics?.selfMetrics) registerSelfMetrics(signals.meterProvider, signals);
  }

  let triedSize = 0;
  const size = (): number => signals.outlets.reduce((sum, outlet) => sum + outlet.size, 0);
  const hasWork = (): boolean => size() > triedSize || signals.hasNews();
  return {
    serviceName,
    serviceVersion,
    processors,
    async flush(timeoutMs) {
      const until = Date.now() + timeoutMs;
      await signals.collect().catch(() => {});
      await Promise.all(signals.outlets.map((outlet) => outlet.flush(Math.max(until - Date.now(), 1))));
      triedSize = size();
    },
    deliverNow(timeoutMs) {
      // What is only observed (memory, CPU) goes along with what was recorded; alone it is not worth holding up the end.
      if (hasWork()) signals.collectNow();
      const jobs = signals.outlets.flatMap((outlet) => outlet.drain());
      deliverNow(jobs, timeoutMs, join(import.meta.dirname, 'export', 'deliver.js'), userAgent, reporter);
    },
    hasWork,
    canDeliverNow: true,
  };
}
