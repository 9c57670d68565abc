/** The metrics configuration -> the lean meter provider with its readers: one that pushes over OTLP, the pull endpoint, the console. */
import { createRequire } from 'node:module';
import type { IMetricReader, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { MetricsConfig } from '../config/types.ts';
import { encodeMetrics } from '../engine/metrics/encode.ts';
import { createLeanMetrics } from '../engine/metrics/metrics.ts';
import type { Serialize } from '../export/backlog.ts';
import { createPipeline } from '../export/pipeline.ts';
import { startPull } from './pull.ts';
import { metricsBatch, pointsIn } from './signals.ts';
import type { MetricSignals, SignalParts } from './signals.ts';

const require = createRequire(import.meta.url);

export function createLeanMetricSignals(config: MetricsConfig, { resource, outletFor, warn }: SignalParts): MetricSignals {
  const { otlp } = config;
  const pipeline =
    otlp && createPipeline(outletFor('metrics', otlp, metricsBatch(config)), serializerOf(otlp.protocol === 'http/json'), pointsIn);
  const others: IMetricReader[] = [];
  if (config.prometheus) others.push(startPull(config.prometheus, warn));
  if (config.console) others.push(createConsoleReader(config));
  const { provider, ...rest } = createLeanMetrics(config, resource, pipeline, config.exemplarFilter, others);
  return { meterProvider: provider, outlets: pipeline ? [pipeline] : [], ...rest };
}

/** A batch of metrics is one collection. */
function serializerOf(json: boolean): Serialize<ResourceMetrics> {
  if (!json) return ([collected]) => collected && encodeMetrics(collected);
  const { transcodeToJson } = require('../otlp/transcode.ts') as typeof import('../otlp/transcode.ts');
  return ([collected]) => collected && transcodeToJson('MetricsData', encodeMetrics(collected));
}

/** The stock SDK's own, at the same pace. */
function createConsoleReader({ exportIntervalMs, exportTimeoutMs }: MetricsConfig): IMetricReader {
  const { ConsoleMetricExporter, PeriodicExportingMetricReader } =
    require('@opentelemetry/sdk-metrics') as typeof import('@opentelemetry/sdk-metrics');
  return new PeriodicExportingMetricReader({
    exporter: new ConsoleMetricExporter(),
    exportIntervalMillis: exportIntervalMs,
    exportTimeoutMillis: exportTimeoutMs,
  });
}
