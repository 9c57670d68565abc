/** What is told of Node.js and V8: the same metrics as upstream's instrumentation tells, with figures that can be true. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { RuntimeNodeInstrumentation } from '@opentelemetry/instrumentation-runtime-node';
import { emptyResource } from '@opentelemetry/resources';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import { LeanMeterProvider } from '../../src/engine/metrics/provider.ts';
import type { Reader } from '../../src/engine/metrics/provider.ts';
import { settingsOf } from '../../src/engine/metrics/readers.ts';
import { runtimeMetrics } from '../../src/instrument/runtime-metrics.ts';
import type { OwnSetup } from '../../src/instrument/own-instrumentation.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function createMeters(): { provider: LeanMeterProvider; reader: Reader } {
  const provider = new LeanMeterProvider(emptyResource());
  const reader = provider.addReader(
    settingsOf({ temporality: 'cumulative', histogram: 'explicit_bucket_histogram', cardinalityLimit: 2000 }),
  );
  return { provider, reader };
}

async function collect(reader: Reader): Promise<Map<string, MetricData>> {
  const { resourceMetrics } = await reader.collectLater();
  return new Map(resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics).map((metric) => [metric.descriptor.name, metric]));
}

/** Everything about a metric but its figures. */
const formOf = ({ descriptor, dataPointType, aggregationTemporality, dataPoints }: MetricData): unknown => ({
  ...descriptor,
  dataPointType,
  aggregationTemporality,
  attributeNames: [...new Set(dataPoints.flatMap(({ attributes }) => Object.keys(attributes)))].sort(),
});

test("the runtime's metrics have the names, units, kinds and attributes of upstream's", async () => {
  const ours = createMeters();
  runtimeMetrics({ options: {}, meterProvider: ours.provider } as unknown as OwnSetup).start?.();
  const theirs = createMeters();
  const upstream = new RuntimeNodeInstrumentation({ enabled: true });
  upstream.setMeterProvider(theirs.provider);
  collectGarbage();
  // The event loop's delay is read a few times, and the garbage collection told of some time later.
  let [own, other] = [await collect(ours.reader), await collect(theirs.reader)];
  for (const until = Date.now() + 60_000; Math.min(own.size, other.size) < 15 && Date.now() < until; await delay(300))
    [own, other] = [await collect(ours.reader), await collect(theirs.reader)];
  upstream.disable();
  assert.equal(own.size, 15);
  assert.deepEqual(
    [...own.keys()].sort().map((name) => formOf(own.get(name)!)),
    [...other.keys()].sort().map((name) => formOf(other.get(name)!)),
  );

  const value = (name: string, at = 0): number => own.get(name)!.dataPoints[at]!.value as number;
  assert.ok(value('nodejs.eventloop.utilization') >= 0 && value('nodejs.eventloop.utilization') <= 1);
  assert.ok(value('nodejs.eventloop.time') > 0);
  assert.ok(value('nodejs.eventloop.delay.min') <= value('nodejs.eventloop.delay.p50'));
  assert.ok(value('nodejs.eventloop.delay.p99') <= value('nodejs.eventloop.delay.max'));
  const heap = own.get('v8js.memory.heap.used')!.dataPoints.reduce((sum, point) => sum + (point.value as number), 0);
  assert.ok(heap > 1e6 && heap < process.memoryUsage().rss, String(heap));
});
