/** The metrics configuration -> the lean meter provider and its readers: one that pushes, the pull endpoint, the console. */
import { createRequire } from 'node:module';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { MetricsConfig } from '../config/types.ts';
import { encodeMetrics } from '../engine/metrics/encode.ts';
import { LeanMeterProvider } from '../engine/metrics/provider.ts';
import type { Reader } from '../engine/metrics/provider.ts';
import { settingsOf } from '../engine/metrics/readers.ts';
import type { Serialize } from '../export/backlog.ts';
import { createPipeline } from '../export/pipeline.ts';
import type { Pipeline } from '../export/pipeline.ts';
import { startPull } from './pull.ts';
import { metricsBatch } from './signals.ts';
import type { MetricSignals, SignalParts } from './signals.ts';

const require = createRequire(import.meta.url);

export function createLeanMetrics(config: MetricsConfig, { resource, outletFor, warn }: SignalParts): MetricSignals {
  const provider = new LeanMeterProvider(resource, config.exemplarFilter);
  const push = config.otlp && {
    reader: provider.addReader({
      ...settingsOf(config),
      forceFlush: () => pushNow(),
    }),
    pipeline: createPipeline<ResourceMetrics>(
      outletFor('metrics', config.otlp, metricsBatch(config)),
      config.otlp.protocol === 'http/json' ? jsonSerializer() : ([collected]) => collected && encodeMetrics(collected),
    ),
  };
  const pushNow = async (): Promise<void> => {
    if (!push) return;
    await collectInto(push, config.exportTimeoutMs);
    await push.pipeline.flush(config.exportTimeoutMs);
  };
  if (push) setInterval(() => void collectInto(push, config.exportTimeoutMs), config.exportIntervalMs).unref();
  const print = config.console ? printOn(provider, config) : undefined;
  if (config.prometheus) provider.addStockReader(startPull(config.prometheus, warn));
  return {
    meterProvider: provider,
    outlets: push ? [push.pipeline] : [],
    async collect() {
      await Promise.all([push && collectInto(push, config.exportTimeoutMs), print?.()]);
    },
    collectNow() {
      if (push) add(push.pipeline, push.reader.collect());
    },
    hasNews: () => push?.reader.hasNews() ?? false,
  };
}

async function collectInto(
  { reader, pipeline }: { readonly reader: Reader; readonly pipeline: Pipeline<ResourceMetrics> },
  timeoutMs: number,
): Promise<void> {
  const { resourceMetrics } = await reader.collectLater(timeoutMs);
  add(pipeline, resourceMetrics);
}

/** Nothing measured, nothing sent. */
function add(pipeline: Pipeline<ResourceMetrics>, collected: ResourceMetrics): void {
  if (collected.scopeMetrics.some(({ metrics }) => metrics.length > 0)) pipeline.add(collected);
}

function jsonSerializer(): Serialize<ResourceMetrics> {
  const { JsonMetricsSerializer } = require('@opentelemetry/otlp-transformer') as typeof import('@opentelemetry/otlp-transformer');
  return ([collected]) => collected && JsonMetricsSerializer.serializeRequest(collected);
}

/** The stock SDK's own exporter, at the same pace. Returns how to print at once. */
function printOn(provider: LeanMeterProvider, { exportIntervalMs, exportTimeoutMs }: MetricsConfig): () => Promise<void> {
  const { ConsoleMetricExporter, PeriodicExportingMetricReader } =
    require('@opentelemetry/sdk-metrics') as typeof import('@opentelemetry/sdk-metrics');
  const reader = new PeriodicExportingMetricReader({
    exporter: new ConsoleMetricExporter(),
    exportIntervalMillis: exportIntervalMs,
    exportTimeoutMillis: exportTimeoutMs,
  });
  provider.addStockReader(reader);
  return () => reader.forceFlush();
}
