/**
 * What Node.js and V8 tell of themselves -> metrics of the event loop, garbage collection, the heap and active resources.
 * https://opentelemetry.io/docs/specs/semconv/runtime/nodejs-metrics/ and .../v8js-metrics/
 */
import { createRequire } from 'node:module';
import type { PerformanceEntry, monitorEventLoopDelay } from 'node:perf_hooks';
import { ValueType } from '@opentelemetry/api';
import type { Attributes, BatchObservableResult, Meter, MetricOptions, Observable } from '@opentelemetry/api';
import type { OwnInstrumentation, OwnSetup } from './own-instrumentation.ts';

const require = createRequire(import.meta.url);

type IntervalHistogram = ReturnType<typeof monitorEventLoopDelay>;
type CollectionEntry = PerformanceEntry & { readonly detail?: { readonly kind: number } };

const SCOPE = 'otelier/runtime';
const SECONDS: MetricOptions = { unit: 's' };
const BYTES: MetricOptions = { unit: 'By' };
const MS_PER_S = 1000;
const NS_PER_S = 1e9;

/** Fewer readings than this are no distribution. */
const MIN_DELAYS = 5;
const DELAYS: readonly (readonly [name: string, description: string, read: (histogram: IntervalHistogram) => number])[] = [
  ['min', 'minimum', (histogram) => histogram.min],
  ['max', 'maximum', (histogram) => histogram.max],
  ['mean', 'mean', (histogram) => histogram.mean],
  ['stddev', 'standard deviation', (histogram) => histogram.stddev],
  ['p50', '50 percentile', (histogram) => histogram.percentile(50)],
  ['p90', '90 percentile', (histogram) => histogram.percentile(90)],
  ['p99', '99 percentile', (histogram) => histogram.percentile(99)],
];

const GC_BOUNDARIES = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

export function runtimeMetrics({ options, meterProvider }: OwnSetup): OwnInstrumentation {
  const { monitoringPrecision = 10 } = options as { monitoringPrecision?: number };
  return {
    patches: {},
    start() {
      // Loaded late: a start has better things to do than to measure itself.
      const perf = require('node:perf_hooks') as typeof import('node:perf_hooks');
      const meter = meterProvider.getMeter(SCOPE);
      measureLoop(meter, perf);
      measureDelay(meter, perf.monitorEventLoopDelay({ resolution: monitoringPrecision }));
      measureCollections(meter, perf);
      measureHeap(meter);
      countResources(meter);
    },
  };
}

function measureLoop(meter: Meter, { performance }: typeof import('node:perf_hooks')): void {
  let before = performance.eventLoopUtilization();
  meter
    .createObservableGauge('nodejs.eventloop.utilization', { description: 'Event loop utilization', unit: '1' })
    .addCallback((result) => {
      const now = performance.eventLoopUtilization();
      result.observe(performance.eventLoopUtilization(now, before).utilization);
      before = now;
    });
  const description = 'Cumulative duration of time the event loop has been in each state.';
  meter.createObservableCounter('nodejs.eventloop.time', { description, ...SECONDS }).addCallback((result) => {
    const { active, idle } = performance.eventLoopUtilization();
    result.observe(active / MS_PER_S, { 'nodejs.eventloop.state': 'active' });
    result.observe(idle / MS_PER_S, { 'nodejs.eventloop.state': 'idle' });
  });
}

/** Of the time since the last collection. */
function measureDelay(meter: Meter, histogram: IntervalHistogram): void {
  histogram.enable();
  const gauges = DELAYS.map(([name, words]) =>
    meter.createObservableGauge(`nodejs.eventloop.delay.${name}`, { description: `Event loop ${words} delay.`, ...SECONDS }),
  );
  const observe = (result: BatchObservableResult): void => {
    if (histogram.count < MIN_DELAYS) return;
    DELAYS.forEach(([, , read], at) => result.observe(gauges[at] as Observable, read(histogram) / NS_PER_S || 0));
    histogram.reset();
  };
  meter.addBatchObservableCallback(observe, gauges);
}

function measureCollections(meter: Meter, { PerformanceObserver, constants }: typeof import('node:perf_hooks')): void {
  const histogram = meter.createHistogram('v8js.gc.duration', {
    description: 'Garbage collection duration by kind, one of major, minor, incremental or weakcb.',
    valueType: ValueType.DOUBLE,
    advice: { explicitBucketBoundaries: GC_BOUNDARIES },
    ...SECONDS,
  });
  // One object each, which never changes: the engine knows its series again without looking inside.
  const kinds: Readonly<Record<number, Attributes>> = Object.fromEntries(
    Object.entries({
      major: constants.NODE_PERFORMANCE_GC_MAJOR,
      minor: constants.NODE_PERFORMANCE_GC_MINOR,
      incremental: constants.NODE_PERFORMANCE_GC_INCREMENTAL,
      weakcb: constants.NODE_PERFORMANCE_GC_WEAKCB,
    }).map(([name, kind]) => [kind, Object.freeze({ 'v8js.gc.type': name })]),
  );
  const observer = new PerformanceObserver((list) => {
    for (const { duration, detail } of list.getEntries() as CollectionEntry[]) {
      histogram.record(duration / MS_PER_S, kinds[detail?.kind ?? 0]);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
}

function measureHeap(meter: Meter): void {
  const { getHeapSpaceStatistics } = require('node:v8') as typeof import('node:v8');
  const size = meter.createObservableUpDownCounter('v8js.memory.heap.space.size', {
    description: 'Total heap memory size pre-allocated for a heap space.',
    ...BYTES,
  });
  const gauge = (name: string, description: string): Observable => meter.createObservableGauge(name, { description, ...BYTES });
  const used = gauge('v8js.memory.heap.used', 'Heap Memory size allocated.');
  const available = gauge('v8js.memory.heap.space.available_size', 'Heap space available size.');
  const physical = gauge('v8js.memory.heap.space.physical_size', 'Committed size of a heap space.');
  const observe = (result: BatchObservableResult): void => {
    for (const space of getHeapSpaceStatistics()) {
      const attributes = { 'v8js.heap.space.name': space.space_name };
      result.observe(size, space.space_size, attributes);
      result.observe(used, space.space_used_size, attributes);
      result.observe(available, space.space_available_size, attributes);
      result.observe(physical, space.physical_space_size, attributes);
    }
  };
  meter.addBatchObservableCallback(observe, [size, used, available, physical]);
}

/** A type that was there once is told with 0 when none is left. */
function countResources(meter: Meter): void {
  const known = new Set<string>();
  const description = 'Count of the active resources that are currently keeping the event loop alive.';
  meter.createObservableGauge('v8js.resource.active', { description, unit: '{resource}' }).addCallback((result) => {
    const counts = new Map<string, number>();
    for (const type of process.getActiveResourcesInfo()) {
      known.add(type);
      counts.set(type, (counts.get(type) ?? 0) + 1);
    }
    for (const type of known) result.observe(counts.get(type) ?? 0, { 'v8js.resource.type': type });
  });
}
