/** Configuration, or a reader of the stock SDK -> how that reader wants its figures. */
import type { IMetricReader, InstrumentType } from '@opentelemetry/sdk-metrics';
import type { MetricsConfig, Temporality } from '../../config/types.ts';
import { CUMULATIVE, DELTA } from './types.ts';
import type { Kind, ReaderSettings, TemporalityCode } from './types.ts';

/** https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/ */
const temporalities: Readonly<Record<Temporality, (kind: Kind) => TemporalityCode>> = {
  cumulative: () => CUMULATIVE,
  delta: (kind) => (kind === 'UP_DOWN_COUNTER' || kind === 'OBSERVABLE_UP_DOWN_COUNTER' ? CUMULATIVE : DELTA),
  lowmemory: (kind) => (kind === 'COUNTER' || kind === 'HISTOGRAM' ? DELTA : CUMULATIVE),
};

/** The specified maximum. */
const EXPONENTIAL_BUCKETS = 160;

/** The reader that pushes over OTLP. */
export function settingsOf(config: Pick<MetricsConfig, 'temporality' | 'histogram' | 'cardinalityLimit'>): ReaderSettings {
  return {
    temporality: temporalities[config.temporality],
    cardinalityLimit: () => config.cardinalityLimit,
    exponentialSize: config.histogram === 'base2_exponential_bucket_histogram' ? EXPONENTIAL_BUCKETS : undefined,
  };
}

/** `AggregationType.EXPONENTIAL_HISTOGRAM` of the stock SDK. */
const EXPONENTIAL = 5;

/** Of the aggregations only that choice is heard: the others are what views are for. */
export function settingsOfStockReader(reader: IMetricReader): ReaderSettings {
  const histogram = reader.selectAggregation('HISTOGRAM' as InstrumentType) as { type: number; options?: { maxSize?: number } };
  return {
    temporality: (kind) => ((reader.selectAggregationTemporality(kind as InstrumentType) as number) === DELTA ? DELTA : CUMULATIVE),
    cardinalityLimit: (kind) => reader.selectCardinalityLimit(kind as InstrumentType),
    exponentialSize: histogram.type === EXPONENTIAL ? (histogram.options?.maxSize ?? EXPONENTIAL_BUCKETS) : undefined,
    forceFlush: () => reader.forceFlush(),
    shutdown: () => reader.shutdown(),
  };
}
