/** The metrics configuration -> a running lean SDK: what it measures goes into a pipeline at each interval. */
import type { Resource } from '@opentelemetry/resources';
import type { IMetricReader, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { MetricsConfig } from '../../config/types.ts';
import type { Pipeline } from '../../export/pipeline.ts';
import type { ExemplarFilter } from './exemplars.ts';
import { LeanMeterProvider } from './provider.ts';
import { settingsOf } from './readers.ts';

export interface LeanMetrics {
  readonly provider: LeanMeterProvider;
  /** Collects now, asynchronous callbacks included, and hands the result to the pipeline; flushes the other readers. Never rejects. */
  collect(): Promise<void>;
  /** The same without waiting, for the `exit` event. */
  collectNow(): void;
  /** Has anything been recorded that the pipeline has not got? */
  hasNews(): boolean;
}

/** What of a pipeline is needed here. */
type WayOut = Pick<Pipeline<ResourceMetrics>, 'add' | 'flush'>;

/** `others` are readers of the stock SDK: a pull endpoint, the console. The timer keeps no process alive. */
export function createLeanMetrics(
  config: MetricsConfig,
  resource: Resource,
  pipeline: WayOut | undefined,
  exemplarFilter: ExemplarFilter,
  others: readonly IMetricReader[],
): LeanMetrics {
  const provider = new LeanMeterProvider(resource, exemplarFilter);
  const push = pipeline && createPush(config, provider, pipeline);
  for (const reader of others) provider.addStockReader(reader);
  return {
    provider,
    async collect() {
      await Promise.allSettled([push?.collect(), ...others.map((reader) => reader.forceFlush())]);
    },
    collectNow: () => push?.collectNow(),
    hasNews: () => push?.hasNews() ?? false,
  };
}

function createPush(
  config: MetricsConfig,
  provider: LeanMeterProvider,
  pipeline: WayOut,
): Pick<LeanMetrics, 'collect' | 'collectNow' | 'hasNews'> {
  const { exportIntervalMs, exportTimeoutMs } = config;
  const add = (metrics: ResourceMetrics): void => {
    if (metrics.scopeMetrics.length > 0) pipeline.add(metrics);
  };
  const collect = async (): Promise<void> => add((await reader.collectLater(exportTimeoutMs)).resourceMetrics);
  const timer = setInterval(() => void collect(), exportIntervalMs).unref();
  const reader = provider.addReader({
    ...settingsOf(config),
    async forceFlush() {
      await collect();
      await pipeline.flush(exportTimeoutMs);
    },
    async shutdown() {
      clearInterval(timer);
    },
  });
  return { collect, collectNow: () => add(reader.collect()), hasNews: () => reader.hasNews() };
}
