/** The words of the lean metrics SDK: what instruments, series, readers and the encoder share. Shapes are the stock SDK's, so that its exporters fit. */
import type { Attributes, HrTime, SpanContext, ValueType } from '@opentelemetry/api';
import type { DataPoint, MetricData } from '@opentelemetry/sdk-metrics';
import type { Identity } from '../ids.ts';

/** `InstrumentType` of the stock SDK. */
export type Kind =
  | 'COUNTER'
  | 'GAUGE'
  | 'HISTOGRAM'
  | 'UP_DOWN_COUNTER'
  | 'OBSERVABLE_COUNTER'
  | 'OBSERVABLE_GAUGE'
  | 'OBSERVABLE_UP_DOWN_COUNTER';

/** Identity of an instrument, and what is exported of it. */
export interface Descriptor {
  readonly name: string;
  readonly type: Kind;
  readonly description: string;
  readonly unit: string;
  readonly valueType: ValueType;
  readonly advice: { readonly explicitBucketBoundaries?: number[] };
}

/** `AggregationTemporality` of the stock SDK. */
export const DELTA = 0;
export const CUMULATIVE = 1;
export type TemporalityCode = typeof DELTA | typeof CUMULATIVE;

/** `DataPointType` of the stock SDK. */
export const POINT_TYPES = { histogram: 0, exponential: 1, gauge: 2, sum: 3 } as const;

/** A measurement with the span it was made in. https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exemplars */
export interface Exemplar {
  /** Empty: without views no attribute is left out of a point. */
  readonly filteredAttributes: Attributes;
  readonly value: number;
  readonly timestamp: HrTime;
  /** Hex. Both or none. */
  readonly traceId?: string;
  readonly spanId?: string;
}

/** A data point of the stock SDK's shape; `exemplars` only when there are any. */
export type Point<T = unknown> = DataPoint<T> & { readonly exemplars?: readonly Exemplar[] };

/** `undefined`: no exemplar of this measurement; `null`: one without a span. A span of ours makes text of its ids only when it is kept. */
export type Offer = Identity | SpanContext | null | undefined;

/** How one reader wants its figures. */
export interface ReaderSettings {
  temporality(kind: Kind): TemporalityCode;
  /** Most series of one instrument, the overflow series included. */
  cardinalityLimit(kind: Kind): number;
  /** Base-2 exponential histograms instead of explicit buckets: their most buckets; undefined: explicit buckets. */
  readonly exponentialSize: number | undefined;
  /** What a reader of its own does when the provider is told to flush or to shut down. */
  forceFlush?(): Promise<void>;
  shutdown?(): Promise<void>;
}

/** What one instrument gives one reader at one collection. Undefined: nothing. */
export interface Stream {
  collect(nowMs: number): MetricData | undefined;
}
