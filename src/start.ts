/** The story of a start on one page: configuration -> signals -> globals -> module hooks -> the end of the process. Nothing here awaits. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT_CONTEXT, context, logs, metrics, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import type { ISerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import packageJson from '../package.json' with { type: 'json' };
import { resolveConfig } from './config/resolve.ts';
import type { BatchSettings, Config, MetricsConfig, OtlpTarget } from './config/types.ts';
import { registerExit } from './exit.ts';
import { deliverNow } from './export/last-delivery.ts';
import { createPipeline } from './export/pipeline.ts';
import type { Pipeline, Remainder } from './export/pipeline.ts';
import { createReporter } from './export/reporter.ts';
import type { Signal } from './export/transport.ts';
import { createTransport } from './export/transport.ts';
import { createInstruments } from './instrument/activate.ts';
import { registerModuleHooks } from './instrument/module-hooks.ts';
import { instrumentationOptions } from './instrument/options.ts';
import { collectNow, hasNews } from './signals/collect-now.ts';
import { QuietContextManager } from './signals/context.ts';
import { registerDiagnostics, registerProviders } from './signals/globals.ts';
import { createLoggerProvider } from './signals/logs.ts';
import { createMetrics } from './signals/metrics.ts';
import { registerProcessMetrics } from './signals/process-metrics.ts';
import { createPropagator } from './signals/propagation.ts';
import { createResource } from './signals/resource.ts';
import { createTracerProvider } from './signals/traces.ts';
import { formatStartLine } from './start-line.ts';
import { createDiagLogger, createVoice } from './stderr.ts';

const require = createRequire(import.meta.url);

/** A running otelier. */
export interface Handle {
  readonly version: string;
  /** Delivers what is recorded so far; resolves when done or after `timeoutMs` (default 10 s). Never rejects. */
  flush(timeoutMs?: number): Promise<void>;
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
  if (!running) return { version: packageJson.version, flush: async () => {} };
  voice.info(formatStartLine(packageJson, config, running, problems.length));

  const instruments = createInstruments({
    config: config.instrumentations,
    http: config.http,
    consoleLogs: config.consoleLogs,
    env,
    tracerProvider: trace.getTracerProvider(),
    meterProvider: metrics.getMeterProvider(),
    ownPort: config.metrics?.prometheus?.port,
  });
  const onError = (name: string, error: unknown): void =>
    voice.error(`${name} could not be instrumented: ${String(error)}. The app is not affected.`);
  registerModuleHooks(instruments, { onError, flags: [...process.execArgv, env['NODE_OPTIONS'] ?? ''] });
  instruments.activateUntargeted();
  registerExit(running, config.shutdownTimeoutMs);
  return { version: packageJson.version, flush: (timeoutMs = FLUSH_MS) => running.flush(timeoutMs) };
}

/** Signals that run. */
export interface Running {
  readonly serviceName: string;
  readonly serviceVersion: string | undefined;
  flush(timeoutMs: number): Promise<void>;
  deliverNow(timeoutMs: number): void;
  hasWork(): boolean;
  readonly canDeliverNow: boolean;
}

type Voice = ReturnType<typeof createVoice>;

function startFromEnvironment(config: Config, source: Parameters<typeof createResource>[2], voice: Voice): Running {
  const { resource, ready, serviceName, serviceVersion } = createResource(config, packageJson, source);
  const reporter = createReporter(voice);
  const untracedContext = suppressTracing(ROOT_CONTEXT);

  const pipelineTo = <T, R extends { partialSuccess?: object }>(
    signal: Signal,
    target: OtlpTarget | undefined,
    batch: BatchSettings,
    serializers: { protobuf: ISerializer<T, R>; json: ISerializer<T, R> },
    toRequest: (items: readonly never[]) => T,
  ): Pipeline<never> | undefined => {
    if (!target) return undefined;
    const serializer = target.protocol === 'http/json' ? serializers.json : serializers.protobuf;
    return createPipeline<never>({
      signal,
      target,
      batch,
      transport: createTransport(target, userAgent),
      serialize: (items) => serializer.serializeRequest(toRequest(items)),
      readPartial: (body) => readPartialSuccess(serializer, body),
      reporter,
      ready,
      untraced: (work) => context.with(untracedContext, work),
    });
  };

  const { traces, metrics: metricsConfig, logs } = config;
  const spans =
    traces &&
    (pipelineTo(
      'traces',
      traces.otlp,
      traces.batch,
      { protobuf: ProtobufTraceSerializer, json: JsonTraceSerializer },
      (items) => [...items] as ReadableSpan[],
    ) as Pipeline<ReadableSpan> | undefined);
  const records =
    logs &&
    (pipelineTo(
      'logs',
      logs.otlp,
      logs.batch,
      { protobuf: ProtobufLogsSerializer, json: JsonLogsSerializer },
      (items) => [...items] as ReadableLogRecord[],
    ) as Pipeline<ReadableLogRecord> | undefined);
  const points =
    metricsConfig &&
    (pipelineTo(
      'metrics',
      metricsConfig.otlp,
      metricsBatch(metricsConfig),
      { protobuf: ProtobufMetricsSerializer, json: JsonMetricsSerializer },
      (items) => items[0] as unknown as ResourceMetrics,
    ) as Pipeline<ResourceMetrics> | undefined);
  const pipelines = [spans, points, records].filter((pipeline) => pipeline !== undefined);

  const measured = metricsConfig && createMetrics(metricsConfig, resource, points, (at) => startPull(at, voice));
  registerProviders({
    contextManager: new QuietContextManager().enable(),
    propagator: createPropagator(config.propagators),
    tracerProvider: traces && createTracerProvider(traces, resource, spans),
    meterProvider: measured?.provider,
    loggerProvider: logs && createLoggerProvider(logs, resource, records),
  });
  if (measured) registerProcessMetrics(measured.provider);

  let triedSize = 0;
  const size = (): number => pipelines.reduce((sum, pipeline) => sum + pipeline.size, 0);
  const hasWork = (): boolean => size() > triedSize || (measured !== undefined && hasNews(measured.provider));
  return {
    serviceName,
    serviceVersion,
    async flush(timeoutMs) {
      const until = Date.now() + timeoutMs;
      await measured?.collect().catch(() => {});
      await Promise.all(pipelines.map((pipeline) => pipeline.flush(Math.max(until - Date.now(), 1))));
      triedSize = size();
    },
    deliverNow(timeoutMs) {
      // What is only observed (memory, CPU) goes along with what was recorded; alone it is not worth holding up the end.
      if (measured && points && hasWork()) points.add(collectNow(measured.provider));
      const jobs: Remainder[] = pipelines.flatMap((pipeline) => pipeline.drain());
      deliverNow(jobs, timeoutMs, join(import.meta.dirname, 'export', 'deliver.js'), userAgent, reporter);
    },
    hasWork,
    canDeliverNow: true,
  };
}

/** One export at a time, and room for those that could not be sent: few of cumulative points, where a lost one costs resolution only, not truth. */
const metricsBatch = ({ exportTimeoutMs, temporality }: MetricsConfig): BatchSettings => ({
  scheduleDelayMs: 0,
  exportTimeoutMs,
  maxQueueSize: temporality === 'cumulative' ? 4 : 100,
  maxExportBatchSize: 1,
});

function readPartialSuccess<R extends { partialSuccess?: object }>(
  serializer: ISerializer<never, R>,
  body: Uint8Array,
): { rejected: number; message: string } | undefined {
  try {
    const { partialSuccess } = serializer.deserializeResponse(body);
    if (!partialSuccess) return undefined;
    const { errorMessage = '', ...counts } = partialSuccess as { errorMessage?: string } & Record<string, unknown>;
    const [rejected = 0] = Object.values(counts);
    return { rejected: Number(rejected), message: errorMessage };
  } catch {
    return undefined;
  }
}

function startPull(
  { host, port }: { host: string; port: number },
  voice: Voice,
): InstanceType<typeof import('@opentelemetry/exporter-prometheus').PrometheusExporter> {
  const { PrometheusExporter } = require('@opentelemetry/exporter-prometheus') as typeof import('@opentelemetry/exporter-prometheus');
  const exporter = new PrometheusExporter({ host, port, preventServerStart: true });
  const server = (exporter as unknown as { _server?: import('node:http').Server })._server;
  server?.unref();
  server?.on('error', (error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'another process listens there' : error.message;
    voice.warn(
      `metrics cannot be served on ${host}:${port}: ${why}. There is no pull endpoint in this process; set OTEL_EXPORTER_PROMETHEUS_PORT to a free port.`,
    );
  });
  void exporter.startServer().catch(() => {});
  return exporter;
}

/** Hands over to the SDK's own declarative configuration; only the instrumentations stay ours. Undefined: the file is of no use, which is told. */
function startFromFile(config: Config, env: Readonly<Record<string, string | undefined>>, voice: Voice): Running | undefined {
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
