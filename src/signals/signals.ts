/** What an engine makes of the configuration: the three providers, and the way out of what they record. */
import type { LoggerProvider, MeterProvider, TracerProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { LogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import type { BatchSettings, Config, MetricsConfig, OtlpTarget } from '../config/types.ts';
import type { LogCounts, SpanCounts } from '../engine/counts.ts';
import type { Outlet, PipelineOptions } from '../export/pipeline.ts';
import type { Signal } from '../export/transport.ts';

/** What an engine works with. */
export interface SignalParts {
  readonly config: Config;
  readonly resource: Resource;
  /** Everything of a pipeline but what its items are. */
  readonly outletFor: (signal: Signal, target: OtlpTarget, batch: BatchSettings) => PipelineOptions;
  readonly processors: Processors;
  readonly warn: (line: string) => void;
}

/** Of the app, added while it runs: the arrays grow. */
export interface Processors {
  readonly span: SpanProcessor[];
  readonly log: LogRecordProcessor[];
}

/** The part of it that measures. */
export interface MetricSignals {
  /** Undefined where the signal is off. */
  readonly meterProvider: MeterProvider | undefined;
  readonly outlets: readonly Outlet[];
  /** Collects metrics and hands them to their way out. */
  collect(): Promise<void>;
  /** The same inside the `exit` event, where nothing asynchronous runs any more. */
  collectNow(): void;
  /** Has anything been measured since the last collection? Not asked of what is only observed. */
  hasNews(): boolean;
}

export interface Signals extends MetricSignals {
  readonly tracerProvider: TracerProvider | undefined;
  readonly loggerProvider: LoggerProvider | undefined;
  /** Undefined where the signal is off. */
  readonly counts: { readonly spans: SpanCounts | undefined; readonly logs: LogCounts | undefined };
}

/** Bound of a flush that an app asks for through the API. */
export const FLUSH_MS = 30_000;

/** Metrics are off. */
export const noMetrics: MetricSignals = {
  meterProvider: undefined,
  outlets: [],
  async collect() {},
  collectNow() {},
  hasNews: () => false,
};

/** One export at a time, and room for those that could not be sent: few of cumulative points, where a lost one costs resolution only, not truth. */
export function metricsBatch({ exportTimeoutMs, temporality }: MetricsConfig): BatchSettings {
  return { scheduleDelayMs: 0, exportTimeoutMs, maxQueueSize: temporality === 'cumulative' ? 4 : 100, maxExportBatchSize: 1 };
}

/** Data points of one collection. */
export function pointsIn({ scopeMetrics }: ResourceMetrics): number {
  let points = 0;
  for (const { metrics } of scopeMetrics) for (const { dataPoints } of metrics) points += dataPoints.length;
  return points;
}
