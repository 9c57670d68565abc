/**
 * The lean engine: recorders of our own that write OTLP bytes the moment something is finished; for `http/json` these are transcoded when they are sent.
 * The console gets spans and records as objects of the stock SDK's shape, by way of its exporters, which are loaded only then.
 */
import { createRequire } from 'node:module';
import type { Resource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import type { LogsConfig, TracesConfig } from '../config/types.ts';
import { createBytePipeline } from '../export/pipeline.ts';
import type { BytePipeline, Outlet, PipelineOptions } from '../export/pipeline.ts';
import { createLeanMetricSignals } from './lean-metrics.ts';
import { FLUSH_MS, noMetrics } from './signals.ts';
import type { SignalParts, Signals } from './signals.ts';
import { LogCounts, SpanCounts } from '../engine/counts.ts';
import { encodeLog } from '../engine/encode-log.ts';
import { encodeSpan } from '../engine/encode-span.ts';
import { LeanLoggerProvider } from '../engine/logger.ts';
import { createSample } from '../engine/sampling.ts';
import { LeanTracerProvider } from '../engine/tracer.ts';

const require = createRequire(import.meta.url);

export function createLeanSignals(parts: SignalParts): Signals {
  const { traces, metrics, logs } = parts.config;
  const spans = traces && createTraces(traces, parts);
  const records = logs && createLogs(logs, parts);
  const points = metrics ? createLeanMetricSignals(metrics, parts) : noMetrics;
  return {
    ...points,
    tracerProvider: spans?.provider,
    loggerProvider: records?.provider,
    counts: { spans: spans?.counts, logs: records?.counts },
    outlets: [spans?.outlet, ...points.outlets, records?.outlet].filter((outlet) => outlet !== undefined),
  };
}

function createTraces(
  { otlp, console, sampler, batch, limits }: TracesConfig,
  { resource, outletFor, processors }: SignalParts,
): { provider: LeanTracerProvider; outlet: Outlet | undefined; counts: SpanCounts } {
  const counts = new SpanCounts();
  const outlet = otlp && pipelineTo(outletFor('traces', otlp, batch), 'TracesData', resource);
  if (console) processors.span.push(consoleSpans());
  const length = lengthOf(limits.attributeValueLengthLimit);
  const provider = new LeanTracerProvider({
    resource,
    sample: createSample(sampler),
    counts,
    limits: {
      attributes: { count: limits.attributeCountLimit, length },
      eventAttributes: { count: limits.attributePerEventCountLimit, length },
      linkAttributes: { count: limits.attributePerLinkCountLimit, length },
      events: limits.eventCountLimit,
      links: limits.linkCountLimit,
    },
    processors: processors.span,
    finish(span) {
      counts.ended++;
      outlet?.add(span.scope, encodeSpan, span);
      // Nobody but a processor looks at a span that has ended.
      if (processors.span.length === 0) span.forget();
    },
    flush: async () => outlet?.flush(FLUSH_MS),
  });
  return { provider, outlet, counts };
}

function createLogs(
  { otlp, console, batch, limits }: LogsConfig,
  { resource, outletFor, processors }: SignalParts,
): { provider: LeanLoggerProvider; outlet: Outlet | undefined; counts: LogCounts } {
  const counts = new LogCounts();
  const outlet = otlp && pipelineTo(outletFor('logs', otlp, batch), 'LogsData', resource);
  if (console) {
    const { ConsoleLogRecordExporter, SimpleLogRecordProcessor } =
      require('@opentelemetry/sdk-logs') as typeof import('@opentelemetry/sdk-logs');
    processors.log.push(new SimpleLogRecordProcessor({ exporter: new ConsoleLogRecordExporter() }));
  }
  const provider = new LeanLoggerProvider({
    resource,
    limits: { count: limits.attributeCountLimit, length: lengthOf(limits.attributeValueLengthLimit) },
    processors: processors.log,
    delivers: outlet !== undefined,
    counts,
    finish: outlet ? (record) => outlet.add(record.scope, encodeLog, record) : () => {},
    flush: async () => outlet?.flush(FLUSH_MS),
  });
  return { provider, outlet, counts };
}

function pipelineTo(options: PipelineOptions, data: 'TracesData' | 'LogsData', resource: Resource): BytePipeline {
  const attributes = (): Resource['attributes'] => resource.attributes;
  if (options.target.protocol !== 'http/json') return createBytePipeline(options, attributes);
  const { transcodeToJson } = require('../otlp/transcode.ts') as typeof import('../otlp/transcode.ts');
  return createBytePipeline(options, attributes, (body) => transcodeToJson(data, body));
}

function consoleSpans(): SpanProcessor {
  const { ConsoleSpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace') as typeof import('@opentelemetry/sdk-trace');
  return new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() });
}

/** As the stock SDK has it: a limit of nothing is none. */
function lengthOf(limit: number | undefined): number {
  return limit === undefined || limit <= 0 ? Infinity : limit;
}
