/** The metrics configuration -> a meter provider of the stock SDK: a reader that pushes through a pipeline of ours, a pull endpoint, or both. */
import {
  AggregationTemporality,
  AggregationType,
  ConsoleMetricExporter,
  InstrumentType,
  MeterProvider,
  MetricReader,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { AggregationOption, IMetricReader, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Resource } from '@opentelemetry/resources';
import type { MetricsConfig, Temporality } from '../config/types.ts';
import type { Pipeline } from '../export/pipeline.ts';

export interface Metrics {
  readonly provider: MeterProvider;
  /** Collects now and hands the result to the pipeline. Only synchronous instruments are sure to be in it when the caller cannot wait. */
  collect(): Promise<void>;
}

/** Starts a pull endpoint and returns its reader; handed in so that the exporter is loaded only when it is wanted. */
export type StartPull = (at: { readonly host: string; readonly port: number }) => IMetricReader;

export function createMetrics(
  config: MetricsConfig,
  resource: Resource,
  pipeline: Pipeline<ResourceMetrics> | undefined,
  startPull: StartPull,
): Metrics {
  const readers: IMetricReader[] = [];
  const push = pipeline && new PushReader(config, pipeline);
  if (push) readers.push(push);
  const printing =
    config.console &&
    new PeriodicExportingMetricReader({
      exporter: new ConsoleMetricExporter(),
      exportIntervalMillis: config.exportIntervalMs,
      exportTimeoutMillis: config.exportTimeoutMs,
    });
  if (printing) readers.push(printing);
  if (config.prometheus) readers.push(startPull(config.prometheus));
  return {
    provider: new MeterProvider({ resource, readers }),
    collect: async () => {
      await Promise.all([push?.collectInto(), printing && printing.forceFlush()]);
    },
  };
}

class PushReader extends MetricReader {
  readonly #pipeline: Pipeline<ResourceMetrics>;
  readonly #intervalMs: number;
  readonly #timeoutMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(config: MetricsConfig, pipeline: Pipeline<ResourceMetrics>) {
    super({
      aggregationTemporalitySelector: temporalitySelectors[config.temporality],
      aggregationSelector: (type) =>
        type === InstrumentType.HISTOGRAM ? histogramAggregations[config.histogram] : { type: AggregationType.DEFAULT },
      cardinalitySelector: () => config.cardinalityLimit,
    });
    this.#pipeline = pipeline;
    this.#intervalMs = config.exportIntervalMs;
    this.#timeoutMs = config.exportTimeoutMs;
  }

  protected override onInitialized(): void {
    this.#timer = setInterval(() => void this.collectInto(), this.#intervalMs);
    this.#timer.unref();
  }

  async collectInto(): Promise<void> {
    const { resourceMetrics } = await this.collect({ timeoutMillis: this.#timeoutMs });
    if (resourceMetrics.scopeMetrics.some(({ metrics }) => metrics.length > 0)) this.#pipeline.add(resourceMetrics);
  }

  protected async onForceFlush(): Promise<void> {
    await this.collectInto();
    await this.#pipeline.flush(this.#timeoutMs);
  }

  protected async onShutdown(): Promise<void> {
    clearInterval(this.#timer);
  }
}

const histogramAggregations: Readonly<Record<MetricsConfig['histogram'], AggregationOption>> = {
  // The default keeps the bucket advice of an instrument; the explicit aggregation would override it.
  explicit_bucket_histogram: { type: AggregationType.DEFAULT },
  base2_exponential_bucket_histogram: { type: AggregationType.EXPONENTIAL_HISTOGRAM },
};

const { CUMULATIVE, DELTA } = AggregationTemporality;

/** https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/ */
const temporalitySelectors: Readonly<Record<Temporality, (type: InstrumentType) => AggregationTemporality>> = {
  cumulative: () => CUMULATIVE,
  delta: (type) => (type === InstrumentType.UP_DOWN_COUNTER || type === InstrumentType.OBSERVABLE_UP_DOWN_COUNTER ? CUMULATIVE : DELTA),
  lowmemory: (type) => (type === InstrumentType.COUNTER || type === InstrumentType.HISTOGRAM ? DELTA : CUMULATIVE),
};
