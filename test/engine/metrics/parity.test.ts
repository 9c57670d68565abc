import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ValueType } from '@opentelemetry/api';
import type { Attributes, Meter, MeterProvider } from '@opentelemetry/api';
import { MeterProvider as StockMeterProvider } from '@opentelemetry/sdk-metrics';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { StockReader, createLean, plain, resource } from './support.ts';
import type { Settings } from './support.ts';

const kinds = ['counter', 'intCounter', 'upDown', 'gauge', 'histogram', 'advised'] as const;

interface Measurement {
  readonly kind: (typeof kinds)[number];
  readonly value: number;
  readonly attributes: Attributes | undefined;
}
type Observed = readonly { readonly value: number; readonly attributes: Attributes }[];

/** One interval: what is recorded, then what is observed at the collection. */
interface Interval {
  readonly measurements: readonly Measurement[];
  readonly observed: Observed;
}

// Quarters add up without rounding, in whatever order they are added.
const quarters = fc.integer({ min: -40, max: 60_000 }).map((n) => n / 4);
const attributeSets: readonly (Attributes | undefined)[] = [
  undefined,
  {},
  { a: 1 },
  { a: '1' },
  Object.freeze({ a: true }),
  { a: 'x', b: 2 },
  { b: 2, a: 'x' },
  Object.freeze({ b: 2, a: 'x' }),
  Object.freeze({ 'http.request.method': 'GET', 'http.response.status_code': 200, 'url.scheme': 'http' }),
  { list: [1, 2], text: '1:a"' },
];
/** A new object for those that are not frozen, as an app would pass it. */
const attributes = fc.constantFrom(...attributeSets).map((set) => (set === undefined || Object.isFrozen(set) ? set : { ...set }));
const measurements = (values: fc.Arbitrary<number>): fc.Arbitrary<Measurement[]> =>
  fc.array(fc.record({ kind: fc.constantFrom(...kinds), value: values, attributes }), { maxLength: 30 });
const distinct = attributeSets.slice(1).filter((_, i) => ![5, 6].includes(i)) as Attributes[];
const observeSome: fc.Arbitrary<Observed> = fc
  .array(fc.record({ value: quarters.map(Math.abs), attributes: fc.constantFrom(...distinct) }), { maxLength: 6 })
  .map((all) => all.filter(({ attributes: set }, i) => all.findIndex((other) => other.attributes === set) === i));
const observeAll: fc.Arbitrary<Observed> = fc
  .array(quarters.map(Math.abs), { minLength: distinct.length, maxLength: distinct.length })
  .map((values) => values.map((value, i) => ({ value, attributes: distinct[i] as Attributes })));

interface Driven {
  record(measurement: Measurement): void;
  observed: Observed;
}

function drive(provider: MeterProvider): Driven {
  const meter = provider.getMeter('shop', '1.2.3', { schemaUrl: 'https://example.com/schema' });
  const driven: Driven = { record: recorderOf(meter), observed: [] };
  const observables = [
    meter.createObservableCounter('o.counter', { unit: 'By' }),
    meter.createObservableUpDownCounter('o.updown', { valueType: ValueType.INT }),
    meter.createObservableGauge('o.gauge', { description: 'seen' }),
  ];
  observables[0]!.addCallback((result) => driven.observed.forEach(({ value, attributes: set }) => result.observe(value, set)));
  meter.addBatchObservableCallback(
    (result) =>
      driven.observed.forEach(({ value, attributes: set }) => {
        result.observe(observables[1]!, Math.trunc(value), set);
        result.observe(observables[2]!, -value, set);
      }),
    observables,
  );
  return driven;
}

function recorderOf(meter: Meter): Driven['record'] {
  const counter = meter.createCounter('counter', { unit: '{item}', description: 'items' });
  const intCounter = meter.createCounter('intCounter', { valueType: ValueType.INT });
  const upDown = meter.createUpDownCounter('upDown');
  const gauge = meter.createGauge('gauge');
  const histogram = meter.createHistogram('histogram', { unit: 'ms' });
  const advised = meter.createHistogram('advised', { advice: { explicitBucketBoundaries: [10, 1, Infinity, 0.25, 4000] } });
  const write: Readonly<Record<Measurement['kind'], (value: number, set?: Attributes) => void>> = {
    counter: (value, set) => counter.add(value, set),
    intCounter: (value, set) => intCounter.add(value, set),
    upDown: (value, set) => upDown.add(value, set),
    gauge: (value, set) => gauge.record(value, set),
    histogram: (value, set) => histogram.record(value, set),
    advised: (value, set) => advised.record(value, set),
  };
  return ({ kind, value, attributes: set }) => write[kind](value, set);
}

/** Each interval's result, of the lean SDK and of the stock one. */
async function runBoth(settings: Settings, intervals: readonly Interval[]): Promise<[unknown[], unknown[]]> {
  const { provider, reader } = createLean(settings);
  const stockReader = new StockReader(settings);
  const lean = drive(provider);
  const stock = drive(new StockMeterProvider({ resource, readers: [stockReader] }));
  const results: [unknown[], unknown[]] = [[], []];
  for (const interval of intervals) {
    for (const driven of [lean, stock]) {
      driven.observed = interval.observed;
      interval.measurements.forEach((measurement) => driven.record(measurement));
    }
    const expected: ResourceMetrics = (await stockReader.collect()).resourceMetrics;
    results[0].push(plain(reader.collect()));
    results[1].push(plain(expected));
  }
  return results;
}

async function assertSame(settings: Settings, intervals: fc.Arbitrary<Interval[]>, numRuns = 60): Promise<void> {
  await fc.assert(
    fc.asyncProperty(intervals, async (given) => {
      const [lean, stock] = await runBoth(settings, given);
      assert.deepEqual(lean, stock);
    }),
    { numRuns },
  );
}

const several = (values: fc.Arbitrary<number>, observed: fc.Arbitrary<Observed>): fc.Arbitrary<Interval[]> =>
  fc.array(fc.record({ measurements: measurements(values), observed }), { minLength: 1, maxLength: 4 });

const base: Settings = { temporality: 'cumulative', histogram: 'explicit_bucket_histogram', cardinalityLimit: 2000 };
const exponential = { ...base, histogram: 'base2_exponential_bucket_histogram' } as const;

test('cumulative metrics are those of the stock SDK', () => assertSame(base, several(quarters, observeAll)));

test('delta metrics are those of the stock SDK', () => {
  // The totals of up-down counters stay cumulative, where the stock SDK repeats what is not observed any more: all are observed.
  return assertSame({ ...base, temporality: 'delta' }, several(quarters, observeAll));
});

test('low-memory metrics are those of the stock SDK', () =>
  assertSame({ ...base, temporality: 'lowmemory' }, several(quarters, observeAll)));

test('some attributes being observed in one interval and others in the next, observed deltas are those of the stock SDK', () =>
  fc.assert(
    fc.asyncProperty(several(fc.constant(1), observeSome), async (intervals) => {
      const [lean, stock] = await runBoth({ ...base, temporality: 'delta' }, intervals);
      assert.deepEqual(metricsOf(lean, ['o.counter', 'o.gauge']), metricsOf(stock, ['o.counter', 'o.gauge']));
    }),
    { numRuns: 60 },
  ));

test('beyond the cardinality limit delta series overflow as in the stock SDK', () =>
  assertSame({ ...base, temporality: 'delta', cardinalityLimit: 4 }, several(quarters.map(Math.abs), fc.constant([])).map(syncDeltas)));

test('beyond the cardinality limit cumulative series overflow as in the stock SDK', () =>
  assertSame(
    { ...base, cardinalityLimit: 4 },
    several(quarters, fc.constant([])).map((intervals) => intervals.slice(0, 1)),
  ));

test('a limit of one leaves nothing but the overflow', () =>
  assertSame(
    { ...base, cardinalityLimit: 1 },
    several(quarters, fc.constant([])).map((intervals) => intervals.slice(0, 1)),
    20,
  ));

const wide = fc.oneof(
  quarters,
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: -1074, max: 1023 }).map((exponent) => 2 ** exponent),
  fc.constantFrom(0, 1, 2, Number.MIN_VALUE, Number.MAX_VALUE, 2 ** -1022),
);

test('exponential histograms of one interval are those of the stock SDK, over the whole range of numbers', () =>
  assertSame({ ...exponential, temporality: 'delta' }, several(wide, fc.constant([])).map(histogramsOnly), 200));

// Merging an interval of nothing but zeros, the stock SDK mixes up the scales: without zeros here.
test('exponential histograms that go on over several collections are those of the stock SDK', () =>
  assertSame(
    exponential,
    several(
      fc.integer({ min: 1, max: 2 ** 30 }).map((n) => n / 4),
      fc.constant([]),
    ).map(histogramsOnly),
    200,
  ));

function histogramsOnly(intervals: readonly Interval[]): Interval[] {
  return intervals.map(({ measurements: all, observed }) => ({ measurements: all.filter(({ kind }) => kind === 'histogram'), observed }));
}

/** Up-down counters stay cumulative, where the stock SDK's limit holds for each interval only. */
function syncDeltas(intervals: readonly Interval[]): Interval[] {
  return intervals.map(({ measurements: all, observed }) => ({ measurements: all.filter(({ kind }) => kind !== 'upDown'), observed }));
}

/** Of each interval the metrics of these names: an empty scope is left out by the one and not by the other. */
function metricsOf(results: readonly unknown[], names: readonly string[]): unknown[] {
  type Scope = { readonly metrics: readonly { readonly descriptor: { readonly name: string } }[] };
  return results.map((scopes) =>
    (scopes as readonly Scope[]).flatMap(({ metrics }) => metrics.filter(({ descriptor }) => names.includes(descriptor.name))),
  );
}
