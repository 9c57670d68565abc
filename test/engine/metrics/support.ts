/** Readers and results for the tests of the lean metrics SDK. */
import { diag } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { Resource } from '@opentelemetry/resources';
import { AggregationType, MetricReader } from '@opentelemetry/sdk-metrics';
import type { AggregationTemporality, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { Config, MetricsConfig } from '../../../src/config/types.ts';
import { LeanMeterProvider } from '../../../src/engine/metrics/provider.ts';
import type { Reader } from '../../../src/engine/metrics/provider.ts';
import { settingsOf } from '../../../src/engine/metrics/readers.ts';
import type { ExemplarFilter } from '../../../src/engine/metrics/exemplars.ts';
import type { Point } from '../../../src/engine/metrics/types.ts';

export type Settings = Pick<NonNullable<Config['metrics']>, 'temporality' | 'histogram' | 'cardinalityLimit'>;

export const resource: Resource = resourceFromAttributes({ 'service.name': 'shop', replicas: 3, zones: ['a', 'b'] });

export function createLean(
  settings: Partial<MetricsConfig> = {},
  filter: ExemplarFilter = 'trace_based',
): { provider: LeanMeterProvider; reader: Reader } {
  const provider = new LeanMeterProvider(resource, filter);
  return { provider, reader: provider.addReader(settingsWith(settings)) };
}

export function settingsWith(settings: Partial<MetricsConfig>): ReturnType<typeof settingsOf> {
  return settingsOf({ temporality: 'cumulative', histogram: 'explicit_bucket_histogram', cardinalityLimit: 2000, ...settings });
}

/** A reader of the stock SDK that wants what the settings say. */
export class StockReader extends MetricReader {
  constructor(settings: Settings) {
    const { temporality, exponentialSize } = settingsOf(settings);
    super({
      aggregationTemporalitySelector: (kind) => temporality(kind) as number as AggregationTemporality,
      aggregationSelector: (kind) =>
        kind === 'HISTOGRAM' && exponentialSize !== undefined
          ? { type: AggregationType.EXPONENTIAL_HISTOGRAM }
          : { type: AggregationType.DEFAULT },
      cardinalitySelector: () => settings.cardinalityLimit,
    });
  }
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** Everything but times and exemplars, in a fixed order. */
export function plain({ scopeMetrics }: ResourceMetrics): unknown {
  return scopeMetrics.map(({ scope, metrics }) => ({
    scope: { name: scope.name, version: scope.version || undefined, schemaUrl: scope.schemaUrl },
    metrics: metrics
      .map(({ dataPoints, ...metric }) => ({
        ...metric,
        dataPoints: (dataPoints as Point[])
          .map(({ attributes, value }) => ({ attributes, value }))
          .sort((a, b) => (orderOf(a.attributes) < orderOf(b.attributes) ? -1 : 1)),
      }))
      .sort((a, b) => (a.descriptor.name < b.descriptor.name ? -1 : 1)),
  }));
}

const orderOf = (attributes: object): string => JSON.stringify(Object.entries(attributes).sort());

/** The points of one metric, by name. */
export function pointsOf({ scopeMetrics }: ResourceMetrics, name: string): Point<never>[] {
  return scopeMetrics.flatMap(({ metrics }) =>
    metrics.filter(({ descriptor }) => descriptor.name === name).flatMap(({ dataPoints }) => dataPoints as Point<never>[]),
  );
}

/** Attributes and value of each point. */
export function valuesOf(metrics: ResourceMetrics, name: string): unknown[] {
  return pointsOf(metrics, name).map(({ attributes, value }) => [attributes, value]);
}

/** What `work` makes the SDK warn of. */
export function warningsOf(work: () => void): string[] {
  const told: string[] = [];
  const tell = (message: string): void => void told.push(message);
  const ignore = (): void => {};
  diag.setLogger({ warn: tell, error: tell, info: ignore, debug: ignore, verbose: ignore }, { suppressOverrideMessage: true });
  try {
    work();
  } finally {
    diag.disable();
  }
  return told;
}
