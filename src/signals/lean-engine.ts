/**
 * The lean engine: recorders of our own that write OTLP bytes the moment something is finished. What is not protobuf over OTLP (JSON, the console) gets
 * the same spans and records as objects of the stock SDK's shape, by way of the stock serializers and exporters, which are loaded only then.
 */
import { createRequire } from 'node:module';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { LogsConfig, TracesConfig } from '../config/types.ts';
import { createBytePipeline, createPipeline } from '../export/pipeline.ts';
import type { Outlet } from '../export/pipeline.ts';
import { createLeanMetricSignals } from './lean-metrics.ts';
import { noMetrics } from './signals.ts';
import type { SignalParts, Signals } from './signals.ts';
import { encodeLog } from '../engine/encode-log.ts';
import { encodeSpan } from '../engine/encode-span.ts';
import type { LeanLogRecord } from '../engine/log-record.ts';
import { LeanLoggerProvider } from '../engine/logger.ts';
import { createSample } from '../engine/sampling.ts';
import type { LeanSpan } from '../engine/span.ts';
import { LeanTracerProvider } from '../engine/tracer.ts';

const require = createRequire(import.meta.url);

/** Bound of a flush that an app asks for through the API. */
const FLUSH_MS = 30_000;

export function createLeanSignals(parts: SignalParts): Signals {
  const { traces, metrics, logs } = parts.config;
  const spans = traces && createTraces(traces, parts);
  const records = logs && createLogs(logs, parts);
  const points = metrics ? createLeanMetricSignals(metrics, parts) : noMetrics;
  return {
    ...points,
    tracerProvider: spans?.provider,
    loggerProvider: records?.provider,
    outlets: [spans?.outlet, ...points.outlets, records?.outlet].filter((outlet) => outlet !== undefined),
  };
}

function createTraces(
  { otlp, console, sampler, batch, limits }: TracesConfig,
  { resource, outletFor, processors }: SignalParts,
): { provider: LeanTracerProvider; outlet: Outlet | undefined } {
  const { outlet, finish } = ((): { outlet?: Outlet; finish: (span: LeanSpan) => void } => {
    if (!otlp) return { finish() {} };
    const options = outletFor('traces', otlp, batch);
    if (otlp.protocol !== 'http/json') {
      const pipeline = createBytePipeline(options, () => resource.attributes);
      const finish = (span: LeanSpan): void => {
        pipeline.add(span.scope, encodeSpan, span);
        // A processor sees the span after this, and may keep it.
        if (processors.span.length === 0) span.forget();
      };
      return { outlet: pipeline, finish };
    }
    const { JsonTraceSerializer } = require('@opentelemetry/otlp-transformer') as typeof import('@opentelemetry/otlp-transformer');
    const pipeline = createPipeline<ReadableSpan>(options, (items) => JsonTraceSerializer.serializeRequest([...items]));
    return { outlet: pipeline, finish: (span) => pipeline.add(span as never as ReadableSpan) };
  })();
  if (console) processors.span.push(consoleSpans());
  const length = lengthOf(limits.attributeValueLengthLimit);
  const provider = new LeanTracerProvider({
    resource,
    sample: createSample(sampler),
    limits: {
      attributes: { count: limits.attributeCountLimit, length },
      eventAttributes: { count: limits.attributePerEventCountLimit, length },
      linkAttributes: { count: limits.attributePerLinkCountLimit, length },
      events: limits.eventCountLimit,
      links: limits.linkCountLimit,
    },
    processors: processors.span,
    finish,
    flush: async () => outlet?.flush(FLUSH_MS),
  });
  return { provider, outlet };
}

function createLogs(
  { otlp, console, batch, limits }: LogsConfig,
  { resource, outletFor, processors }: SignalParts,
): { provider: LeanLoggerProvider; outlet: Outlet | undefined } {
  const { outlet, finish } = ((): { outlet?: Outlet; finish: (record: LeanLogRecord) => void } => {
    if (!otlp) return { finish() {} };
    const options = outletFor('logs', otlp, batch);
    if (otlp.protocol !== 'http/json') {
      const pipeline = createBytePipeline(options, () => resource.attributes);
      return { outlet: pipeline, finish: (record) => pipeline.add(record.scope, encodeLog, record) };
    }
    const { JsonLogsSerializer } = require('@opentelemetry/otlp-transformer') as typeof import('@opentelemetry/otlp-transformer');
    const pipeline = createPipeline<ReadableLogRecord>(options, (items) => JsonLogsSerializer.serializeRequest([...items]));
    return { outlet: pipeline, finish: (record) => pipeline.add(record as never as ReadableLogRecord) };
  })();
  if (console) {
    const { ConsoleLogRecordExporter, SimpleLogRecordProcessor } =
      require('@opentelemetry/sdk-logs') as typeof import('@opentelemetry/sdk-logs');
    processors.log.push(new SimpleLogRecordProcessor({ exporter: new ConsoleLogRecordExporter() }));
  }
  const provider = new LeanLoggerProvider({
    resource,
    limits: { count: limits.attributeCountLimit, length: lengthOf(limits.attributeValueLengthLimit) },
    processors: processors.log,
    finish,
    flush: async () => outlet?.flush(FLUSH_MS),
  });
  return { provider, outlet };
}

function consoleSpans(): SpanProcessor {
  const { ConsoleSpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace') as typeof import('@opentelemetry/sdk-trace');
  return new SimpleSpanProcessor({ exporter: new ConsoleSpanExporter() });
}

/** As the stock SDK has it: a limit of nothing is none. */
function lengthOf(limit: number | undefined): number {
  return limit === undefined || limit <= 0 ? Infinity : limit;
}
