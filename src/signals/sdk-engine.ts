/** The sdk engine: the three providers of the stock SDK, whose items are serialized by the stock serializers when they are sent. */
import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { BatchSettings, MetricsConfig, OtlpTarget } from '../config/types.ts';
import { LogCounts, SpanCounts } from '../engine/counts.ts';
import { createPipeline } from '../export/pipeline.ts';
import type { Pipeline } from '../export/pipeline.ts';
import type { Signal } from '../export/transport.ts';
import { collectNow, hasNews } from './collect-now.ts';
import { createLoggerProvider } from './logs.ts';
import { createMetrics } from './metrics.ts';
import { startPull } from './pull.ts';
import { metricsBatch, noMetrics, pointsIn } from './signals.ts';
import type { MetricSignals, SignalParts, Signals } from './signals.ts';
import { createTracerProvider } from './traces.ts';

interface Serializers<T> {
  readonly protobuf: (items: readonly T[]) => Uint8Array | undefined;
  readonly json: (items: readonly T[]) => Uint8Array | undefined;
}

const spanSerializers: Serializers<ReadableSpan> = {
  protobuf: (items) => ProtobufTraceSerializer.serializeRequest([...items]),
  json: (items) => JsonTraceSerializer.serializeRequest([...items]),
};
const logSerializers: Serializers<ReadableLogRecord> = {
  protobuf: (items) => ProtobufLogsSerializer.serializeRequest([...items]),
  json: (items) => JsonLogsSerializer.serializeRequest([...items]),
};
/** A batch of metrics is one collection. */
const metricSerializers: Serializers<ResourceMetrics> = {
  protobuf: ([item]) => item && ProtobufMetricsSerializer.serializeRequest(item),
  json: ([item]) => item && JsonMetricsSerializer.serializeRequest(item),
};

export function createSdkSignals(parts: SignalParts): Signals {
  const { resource, processors } = parts;
  const { traces, metrics, logs } = parts.config;
  const spans = pipelineTo(parts, 'traces', traces?.otlp, traces?.batch, spanSerializers);
  const records = pipelineTo(parts, 'logs', logs?.otlp, logs?.batch, logSerializers);
  const points = metrics ? createSdkMetrics(metrics, parts) : noMetrics;
  const started = new SpanCounts();
  const created = new LogCounts();
  return {
    ...points,
    counts: { spans: traces && started, logs: logs && created },
    tracerProvider: traces && createTracerProvider(traces, resource, spans, processors.span, started),
    loggerProvider: logs && createLoggerProvider(logs, resource, records, processors.log, created),
    outlets: [spans, ...points.outlets, records].filter((pipeline) => pipeline !== undefined),
  };
}

function createSdkMetrics(metrics: MetricsConfig, parts: SignalParts): MetricSignals {
  const points = pipelineTo(parts, 'metrics', metrics.otlp, metricsBatch(metrics), metricSerializers, pointsIn);
  const { provider, collect } = createMetrics(metrics, parts.resource, points, (at) => startPull(at, parts.warn));
  return {
    meterProvider: provider,
    outlets: points ? [points] : [],
    collect,
    collectNow() {
      points?.add(collectNow(provider));
    },
    hasNews: () => hasNews(provider),
  };
}

function pipelineTo<T>(
  { outletFor }: SignalParts,
  signal: Signal,
  target: OtlpTarget | undefined,
  batch: BatchSettings | undefined,
  serializers: Serializers<T>,
  weigh?: (item: T) => number,
): Pipeline<T> | undefined {
  if (!target || !batch) return undefined;
  const serialize = target.protocol === 'http/json' ? serializers.json : serializers.protobuf;
  return createPipeline<T>(outletFor(signal, target, batch), serialize, weigh);
}
