/** The two engines as apps meet them: configured by variables, asked through the API, read as the records that a collector would get. */
import { describe } from 'node:test';
import { ROOT_CONTEXT, context, diag, trace } from '@opentelemetry/api';
import type { Context, DiagLogger, Logger, LoggerProvider, SpanContext, Tracer, TracerProvider } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { resolveConfig } from '../../src/config/resolve.ts';
import { createReporter } from '../../src/export/reporter.ts';
import type { Outcome } from '../../src/export/transport.ts';
import { decodeLogs, decodeLogsJson, decodeMetrics, decodeTraces, decodeTracesJson } from '../../src/otlp/decode.ts';
import type { LogRecord, MetricRecord, SpanRecord } from '../../src/otlp/records.ts';
import { QuietContextManager } from '../../src/signals/context.ts';
import { createLeanSignals } from '../../src/signals/lean-engine.ts';
import { createSdkSignals } from '../../src/signals/sdk-engine.ts';
import { registerSelfMetrics } from '../../src/signals/self-metrics.ts';
import type { Processors } from '../../src/signals/signals.ts';

type FlushedProvider<T> = T & { forceFlush(): Promise<void>; shutdown(): Promise<void> };

/** One engine at work. */
export interface Recording {
  readonly tracerProvider: FlushedProvider<TracerProvider>;
  readonly loggerProvider: FlushedProvider<LoggerProvider>;
  readonly tracer: Tracer;
  readonly logger: Logger;
  readonly processors: Processors;
  /** Everything exported so far; what is still queued is sent first. */
  spans(): Promise<SpanRecord[]>;
  logs(): Promise<LogRecord[]>;
  /** One collection, as protobuf; of no metrics unless `OTEL_METRICS_EXPORTER=otlp`. */
  metrics(): Promise<MetricRecord[]>;
}

export type Start = (env?: Readonly<Record<string, string>>) => Recording;

const engines = { lean: createLeanSignals, sdk: createSdkSignals };
export type EngineName = keyof typeof engines;

context.setGlobalContextManager(new QuietContextManager().enable());

function start(name: EngineName, env: Readonly<Record<string, string>> = {}): Recording {
  const readFile = (): string => '';
  const { config, problems } = resolveConfig({ OTEL_METRICS_EXPORTER: 'none', ...env }, { readFile, instrumentations: {} });
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  const processors: Processors = { span: [], log: [] };
  const bodies: Record<string, { bytes: Uint8Array; json: boolean }[]> = { traces: [], logs: [], metrics: [] };
  const signals = engines[name]({
    config,
    resource: resourceFromAttributes({ 'service.name': 'shop' }),
    processors,
    warn() {},
    outletFor: (signal, target, batch) => ({
      signal,
      target,
      batch,
      reporter: createReporter({ warn() {}, info() {} }),
      ready: Promise.resolve(),
      transport: {
        async send(_signal, bytes): Promise<Outcome> {
          bodies[signal]?.push({ bytes: bytes.slice(), json: target.protocol === 'http/json' });
          return { ok: true, body: new Uint8Array() };
        },
        close() {},
      },
      readPartial: () => undefined,
      untraced: (work) => context.with(suppressTracing(ROOT_CONTEXT), work),
    }),
  });
  if (signals.meterProvider) registerSelfMetrics(signals.meterProvider, signals);
  const flush = (): Promise<unknown> => Promise.all(signals.outlets.map((outlet) => outlet.flush(5000)));
  const tracerProvider = signals.tracerProvider as Recording['tracerProvider'];
  const loggerProvider = signals.loggerProvider as Recording['loggerProvider'];
  return {
    tracerProvider,
    loggerProvider,
    tracer: tracerProvider?.getTracer('test'),
    logger: loggerProvider?.getLogger('test'),
    processors,
    async spans() {
      await flush();
      return bodies['traces']!.flatMap(({ bytes, json }) => (json ? decodeTracesJson(Buffer.from(bytes).toString()) : decodeTraces(bytes)));
    },
    async logs() {
      await flush();
      return bodies['logs']!.flatMap(({ bytes, json }) => (json ? decodeLogsJson(Buffer.from(bytes).toString()) : decodeLogs(bytes)));
    },
    async metrics() {
      await signals.collect();
      await flush();
      return decodeMetrics(bodies['metrics']!.at(-1)!.bytes);
    },
  };
}

/** The same tests on each engine. */
export function describeEngines(rules: string, define: (start: Start, engine: EngineName) => void): void {
  for (const name of Object.keys(engines) as EngineName[])
    describe(`${rules}, ${name} engine`, () => define((env) => start(name, env), name));
}

/** Where the stock SDK does not do what it should: each test says what it does instead. */
export function describeLean(rules: string, define: (start: Start) => void): void {
  describe(`${rules}, lean engine`, () => define((env) => start('lean', env)));
}

export const traceId = '0af7651916cd43dd8448eb211c80319c';
export const spanId = 'b7ad6b7169203331';

/** A context with a parent that came over the wire, sampled unless said otherwise. */
export function remoteParent(given: Partial<SpanContext> = {}): Context {
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags: 1, isRemote: true, ...given });
}

/** What is told to the diagnostics while `work` runs. */
export function diagnosticsOf(work: () => void): string[] {
  const lines: string[] = [];
  const tell = (line: string): void => void lines.push(line);
  const logger: DiagLogger = { error: tell, warn: tell, info() {}, debug() {}, verbose() {} };
  diag.setLogger(logger, { suppressOverrideMessage: true });
  try {
    work();
  } finally {
    diag.disable();
  }
  return lines;
}
