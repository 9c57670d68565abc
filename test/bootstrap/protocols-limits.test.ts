/** Limits on what is recorded, and the forms in which metrics are sent. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { MetricRecord } from '../../src/testing.ts';
import { root, runApp } from '../support/run-app.ts';

const folder = join(root, 'test', 'fixtures', 'protocols');
const run = async (app: string, env: Record<string, string>) =>
  (await runApp({ app: join(folder, app), args: [join(root, 'dist', 'index.js')], env })).receiver;
const shapeOf = (attributes: object): unknown[] => [
  Object.keys(attributes).length,
  ...new Set(Object.values(attributes).map((value) => String(value).length)),
];

describe('limits', () => {
  test('without any, everything is there', async () => {
    const { spans, logs } = await run('limits.cjs', {});
    const [span] = spans;
    assert.deepEqual(
      [shapeOf(span!.attributes), span!.events.length, span!.links.length, shapeOf(logs[0]!.attributes)],
      [[6, 20], 6, 6, [6, 20]],
    );
    assert.deepEqual(
      [span!.droppedAttributesCount, span!.droppedEventsCount, span!.droppedLinksCount, logs[0]!.droppedAttributesCount],
      [0, 0, 0, 0],
    );
  });

  test('OTEL_ATTRIBUTE_COUNT_LIMIT and OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT hold for spans and log records; what is left out is counted', async () => {
    const { spans, logs } = await run('limits.cjs', { OTEL_ATTRIBUTE_COUNT_LIMIT: '4', OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '5' });
    for (const { attributes, droppedAttributesCount } of [spans[0]!, logs[0]!])
      assert.deepEqual([shapeOf(attributes), droppedAttributesCount], [[4, 5], 2]);
  });

  test('the limits of spans are their own', async () => {
    const { spans, logs } = await run('limits.cjs', {
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '3',
      OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '7',
      OTEL_SPAN_EVENT_COUNT_LIMIT: '2',
      OTEL_SPAN_LINK_COUNT_LIMIT: '1',
      OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '4',
      OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '5',
    });
    const [span] = spans;
    assert.deepEqual([shapeOf(span!.attributes), span!.droppedAttributesCount], [[3, 7], 3]);
    assert.deepEqual([span!.events.length, span!.droppedEventsCount, span!.links.length, span!.droppedLinksCount], [2, 4, 1, 5]);
    assert.deepEqual([Object.keys(span!.events[0]!.attributes).length, Object.keys(span!.links[0]!.attributes).length], [4, 5]);
    assert.deepEqual(shapeOf(logs[0]!.attributes), [6, 20]);
  });

  test('the limits of log records are their own', async () => {
    const { spans, logs } = await run('limits.cjs', {
      OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '2',
      OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: '3',
    });
    assert.deepEqual([shapeOf(logs[0]!.attributes), logs[0]!.droppedAttributesCount], [[2, 3], 4]);
    assert.deepEqual(shapeOf(spans[0]!.attributes), [6, 20]);
  });

  test('OTELIER_METRICS_CARDINALITY_LIMIT sums up what is beyond it, and loses nothing', async () => {
    const { metrics } = await run('limits.cjs', { OTELIER_METRICS_CARDINALITY_LIMIT: '5' });
    const { points } = metrics.find(({ name }) => name === 'app.orders')!;
    assert.equal(points.length, 5);
    assert.equal(
      points.reduce((sum, { value }) => sum + Number(value), 0),
      20,
    );
    assert.equal(points.find(({ attributes }) => attributes['otel.metric.overflow'] === true)?.value, 16);
  });
});

describe('metrics', () => {
  const valuesOf = (metrics: readonly MetricRecord[], name: string): number[] =>
    metrics.filter((metric) => metric.name === name).map(({ points }) => Number(points[0]!.value ?? points[0]!.count));
  const temporalityOf = (metrics: readonly MetricRecord[], name: string): string =>
    [...new Set(metrics.filter((metric) => metric.name === name).map(({ temporality }) => temporality))].join();

  test('are totals by default, each from the same start', async () => {
    const { metrics } = await run('counts.cjs', {});
    const values = valuesOf(metrics, 'app.orders');
    assert.ok(values.length >= 3, String(values));
    assert.deepEqual([values.at(-1), values.toSorted((a, b) => a - b)], [10, values]);
    assert.equal(new Set(metrics.filter(({ name }) => name === 'app.orders').map(({ points }) => points[0]!.startTimeUnixNano)).size, 1);
    assert.deepEqual(
      ['app.orders', 'app.open', 'app.duration'].map((name) => temporalityOf(metrics, name)),
      ['cumulative', 'cumulative', 'cumulative'],
    );
  });

  test('OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta sends differences, but totals of what goes up and down', async () => {
    const { metrics } = await run('counts.cjs', { OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE: 'delta' });
    for (const name of ['app.orders', 'app.duration'])
      assert.equal(
        valuesOf(metrics, name).reduce((sum, value) => sum + value, 0),
        10,
        name,
      );
    assert.equal(valuesOf(metrics, 'app.open').at(-1), 10);
    assert.deepEqual(
      ['app.orders', 'app.open', 'app.duration'].map((name) => temporalityOf(metrics, name)),
      ['delta', 'cumulative', 'delta'],
    );
  });

  test('histograms have the buckets that the app advises', async () => {
    const { metrics } = await run('counts.cjs', {});
    const [point] = metrics.findLast(({ name }) => name === 'app.duration')!.points;
    assert.deepEqual([point!.bounds, point!.bucketCounts, point!.min, point!.max], [[1, 10, 100], [0n, 1n, 9n, 0n], 7, 70]);
  });

  test('OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION=base2_exponential_bucket_histogram makes them exponential', async () => {
    const { metrics } = await run('counts.cjs', {
      OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION: 'base2_exponential_bucket_histogram',
    });
    const { type, points } = metrics.findLast(({ name }) => name === 'app.duration')!;
    const [point] = points;
    assert.deepEqual([type, point!.count, point!.sum], ['exponentialHistogram', 10n, 385]);
    assert.equal(
      point!.exponential!.positive.bucketCounts.reduce((sum, count) => sum + count, 0n),
      10n,
    );
    assert.ok(point!.exponential!.scale > 2, `scale ${point!.exponential!.scale}`);
  });
});
