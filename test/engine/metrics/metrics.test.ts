import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { MetricsConfig } from '../../../src/config/types.ts';
import { createLeanMetrics } from '../../../src/engine/metrics/metrics.ts';
import type { Pipeline } from '../../../src/export/pipeline.ts';
import { StockReader, resource, valuesOf } from './support.ts';

const config: MetricsConfig = {
  otlp: undefined,
  console: false,
  prometheus: undefined,
  exportIntervalMs: 3_600_000,
  exportTimeoutMs: 1000,
  temporality: 'delta',
  histogram: 'explicit_bucket_histogram',
  exemplarFilter: 'trace_based',
  selfMetrics: true,
  cardinalityLimit: 2000,
};

interface Gathered extends Pick<Pipeline<ResourceMetrics>, 'add' | 'flush'> {
  readonly items: ResourceMetrics[];
  readonly first: Promise<void>;
  flushed: number;
}

/** A pipeline that ends here. */
function gather(): Gathered {
  const items: ResourceMetrics[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    items,
    first: promise,
    flushed: 0,
    add(item) {
      items.push(item);
      resolve();
    },
    async flush() {
      this.flushed++;
      return true;
    },
  };
}

test('at each interval what was measured goes into the pipeline', async () => {
  const pipeline = gather();
  const { provider } = createLeanMetrics({ ...config, exportIntervalMs: 5 }, resource, pipeline, 'trace_based', []);
  provider.getMeter('m').createCounter('c').add(3);
  // The timer itself keeps nothing alive, so something else has to.
  const alive = setInterval(() => {}, 1000);
  await pipeline.first;
  clearInterval(alive);
  await provider.shutdown();
  assert.deepEqual(valuesOf(pipeline.items[0]!, 'c'), [[{}, 3]]);
});

test('a flush waits for callbacks, a collection at the end does not, and nothing measured is nothing sent', async () => {
  const pipeline = gather();
  const metrics = createLeanMetrics(config, resource, pipeline, 'trace_based', []);
  const meter = metrics.provider.getMeter('m');
  const counter = meter.createCounter('c');
  await metrics.collect();
  metrics.collectNow();
  assert.deepEqual(pipeline.items, []);
  counter.add(1);
  meter.createObservableGauge('late').addCallback(async (result) => {
    await new Promise((resolve) => setImmediate(resolve));
    result.observe(1);
  });
  assert.equal(metrics.hasNews(), true);
  await metrics.provider.forceFlush();
  assert.equal(metrics.hasNews(), false);
  counter.add(1);
  metrics.collectNow();
  assert.equal(pipeline.flushed, 1);
  assert.deepEqual(
    pipeline.items.map((item) => [valuesOf(item, 'c').length, valuesOf(item, 'late').length]),
    [
      [1, 1],
      [1, 0],
    ],
  );
  await metrics.provider.shutdown();
});

test('without a pipeline the other readers have their figures', async () => {
  const other = new StockReader(config);
  const metrics = createLeanMetrics(config, resource, undefined, 'trace_based', [other]);
  metrics.provider.getMeter('m').createCounter('c').add(1);
  await metrics.collect();
  metrics.collectNow();
  assert.equal(metrics.hasNews(), false);
  assert.deepEqual(valuesOf((await other.collect()).resourceMetrics, 'c'), [[{}, 1]]);
});
