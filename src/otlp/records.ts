/** Plain records of the three signals, as OTLP bytes decode to: one record per span, metric or log record, with its resource and scope beside it. */

/** Integers are numbers as long as they are safe, bigints beyond. */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | Uint8Array
  | null
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };
export type Attributes = Readonly<Record<string, AttributeValue>>;

export interface Resource {
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly schemaUrl?: string;
}
export interface Scope {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly schemaUrl?: string;
}

export type SpanKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export interface SpanRecord {
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for a root span. */
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly flags: number;
  readonly name: string;
  readonly kind: SpanKind;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly attributes: Attributes;
  readonly events: readonly {
    readonly timeUnixNano: bigint;
    readonly name: string;
    readonly attributes: Attributes;
    readonly droppedAttributesCount: number;
  }[];
  readonly links: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly traceState: string;
    readonly flags: number;
    readonly attributes: Attributes;
    readonly droppedAttributesCount: number;
  }[];
  readonly status: { readonly code: 'unset' | 'ok' | 'error'; readonly message: string };
  readonly droppedAttributesCount: number;
  readonly droppedEventsCount: number;
  readonly droppedLinksCount: number;
  readonly resource: Resource;
  readonly scope: Scope;
}

export interface LogRecord {
  readonly timeUnixNano: bigint;
  readonly observedTimeUnixNano: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: AttributeValue;
  readonly attributes: Attributes;
  readonly eventName: string;
  /** Empty when the record stands outside a trace. */
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly droppedAttributesCount: number;
  readonly resource: Resource;
  readonly scope: Scope;
}

export interface Exemplar {
  readonly timeUnixNano: bigint;
  readonly value: number | bigint;
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: Attributes;
}

export interface MetricPoint {
  readonly attributes: Attributes;
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  readonly exemplars: readonly Exemplar[];
  readonly flags: number;
  /** Of gauges and sums; absent when the point says that nothing was recorded. */
  readonly value?: number | bigint;
  /** Of histograms of either kind, and summaries. */
  readonly count?: bigint;
  readonly sum?: number;
  readonly min?: number;
  readonly max?: number;
  readonly bounds?: readonly number[];
  readonly bucketCounts?: readonly bigint[];
  readonly exponential?: {
    readonly scale: number;
    readonly zeroCount: bigint;
    readonly zeroThreshold: number;
    readonly positive: { readonly offset: number; readonly bucketCounts: readonly bigint[] };
    readonly negative: { readonly offset: number; readonly bucketCounts: readonly bigint[] };
  };
  readonly quantiles?: readonly { readonly quantile: number; readonly value: number }[];
}

export interface MetricRecord {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  /** `empty` when the sender left the metric's data out, which the schema allows. */
  readonly type: 'gauge' | 'sum' | 'histogram' | 'exponentialHistogram' | 'summary' | 'empty';
  readonly temporality: 'unspecified' | 'delta' | 'cumulative';
  readonly monotonic: boolean;
  readonly points: readonly MetricPoint[];
  /** What a translator from another format noted about the metric. */
  readonly metadata: Attributes;
  readonly resource: Resource;
  readonly scope: Scope;
}
