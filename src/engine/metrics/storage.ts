/** Everything that is kept of one instrument: its descriptor and a stream for each reader. Instruments of the same identity share one. */
import { ValueType, diag } from '@opentelemetry/api';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { ExponentialSeries } from './exponential.ts';
import { HistogramSeries, resolveBoundaries } from './histogram.ts';
import { ObservedStream } from './observed-stream.ts';
import type { Observations } from './observed-stream.ts';
import { LastValueSeries, SumSeries } from './series.ts';
import { SyncStream } from './stream.ts';
import type { StreamOptions } from './stream.ts';
import { POINT_TYPES } from './types.ts';
import type { Descriptor, Kind, Point, ReaderSettings } from './types.ts';

const nothing: Observations = new Map();

export class Storage {
  descriptor: Descriptor;
  readonly observable: boolean;
  /** Counters only grow. */
  readonly monotonic: boolean;
  /** No value may be below it. */
  readonly least: number;
  /** Of a synchronous instrument, in the order of the readers. */
  readonly streams: SyncStream[] = [];
  /** Of an observable one. */
  readonly observed: ObservedStream[] = [];
  readonly #createdMs: number = Date.now();
  readonly #exponential: boolean[] = [];
  readonly #warned = new Set<string>();

  constructor(descriptor: Descriptor, readers: readonly ReaderSettings[]) {
    const { type } = descriptor;
    this.descriptor = descriptor;
    this.observable = type.startsWith('OBSERVABLE');
    this.monotonic = type === 'COUNTER' || type === 'OBSERVABLE_COUNTER';
    this.least = this.monotonic || type === 'HISTOGRAM' ? 0 : -Infinity;
    for (const reader of readers) this.addReader(reader);
  }

  addReader(reader: ReaderSettings): void {
    const { type } = this.descriptor;
    const temporality = reader.temporality(type);
    const limit = Math.max(reader.cardinalityLimit(type), 1);
    this.#exponential.push(type === 'HISTOGRAM' && reader.exponentialSize !== undefined);
    if (this.observable) {
      const sum = type !== 'OBSERVABLE_GAUGE';
      this.observed.push(new ObservedStream({ temporality, limit, sum, monotonic: this.monotonic, createdMs: this.#createdMs }));
    } else {
      const createSeries = seriesOf(type, this.descriptor.advice.explicitBucketBoundaries, reader.exponentialSize);
      const onIncomplete = (): void =>
        this.warnOnce('attributes', 'has attributes that are no text, number, boolean or array of them: recorded without those');
      this.streams.push(new SyncStream({ temporality, limit, createSeries, onIncomplete }));
    }
  }

  /** What the reader with this number is due. */
  collect(reader: number, observations: Observations | undefined, nowMs: number): MetricData | undefined {
    const stream = (this.observable ? this.observed : this.streams)[reader];
    const points = stream instanceof SyncStream ? stream.collect(nowMs) : stream?.collect(observations ?? nothing, nowMs);
    if (stream === undefined || points === undefined || points.length === 0) return undefined;
    return toMetricData(this.descriptor, stream.temporality, points, this.monotonic, this.#exponential[reader] === true);
  }

  /** The value, or a whole number where the instrument wants one; undefined (and told once) when it is none that the instrument records. */
  accept(value: unknown): number | undefined {
    if (typeof value !== 'number' || Number.isNaN(value)) {
      this.warnOnce('number', `takes numbers; ${typeof value === 'number' ? 'NaN' : `a value of type ${typeof value}`} was ignored`);
      return undefined;
    }
    if (value < this.least) {
      this.warnOnce('negative', 'takes no negative values; one was ignored');
      return undefined;
    }
    if (this.descriptor.valueType !== ValueType.INT || Number.isInteger(value)) return value;
    this.warnOnce('whole', 'takes whole numbers; fractions are cut off');
    const whole = Math.trunc(value);
    return Number.isInteger(whole) ? whole : undefined;
  }

  /** Each kind of mistake once: a hot path repeats it without end. */
  warnOnce(kind: string, message: string): void {
    if (this.#warned.has(kind)) return;
    this.#warned.add(kind);
    diag.warn(`The metric ${this.descriptor.name} ${message}.`);
  }
}

function seriesOf(type: Kind, advised: unknown, exponentialSize: number | undefined): StreamOptions['createSeries'] {
  if (type === 'GAUGE') return (key, attributes) => new LastValueSeries(key, attributes);
  if (type !== 'HISTOGRAM') return (key, attributes) => new SumSeries(key, attributes);
  if (exponentialSize !== undefined) return (key, attributes) => new ExponentialSeries(key, attributes, exponentialSize);
  const boundaries = resolveBoundaries(advised);
  return (key, attributes) => new HistogramSeries(key, attributes, boundaries);
}

/** The shape of the stock SDK, whose enums are not at hand without loading it. */
function toMetricData(
  descriptor: Descriptor,
  aggregationTemporality: number,
  dataPoints: readonly Point[],
  isMonotonic: boolean,
  exponential: boolean,
): MetricData {
  const { type } = descriptor;
  const common = { descriptor, aggregationTemporality, dataPoints };
  if (type === 'HISTOGRAM') {
    return { ...common, dataPointType: exponential ? POINT_TYPES.exponential : POINT_TYPES.histogram } as unknown as MetricData;
  }
  if (type === 'GAUGE' || type === 'OBSERVABLE_GAUGE') return { ...common, dataPointType: POINT_TYPES.gauge } as unknown as MetricData;
  return { ...common, dataPointType: POINT_TYPES.sum, isMonotonic } as unknown as MetricData;
}
