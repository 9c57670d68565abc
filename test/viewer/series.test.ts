/** Points of each kind of metric -> lines: restarts, gaps, both temporalities, percentiles. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { MetricSeries, SeriesQuery } from '../../src/viewer/api.ts';
import { binsOf, percentileOf } from '../../src/viewer/query/bins.ts';
import { readSeries } from '../../src/viewer/query/series.ts';
import { createTestStore, hex, keyValues, metricsBody, nano, tracesBody } from './support.ts';

const START = 1_700_000_000_000;

function seriesOf(metrics: readonly object[], query: Partial<SeriesQuery> = {}): MetricSeries {
  using store = createTestStore();
  for (const metric of metrics) store.takeJson('metrics', metricsBody('app', [metric]));
  store.takeJson('traces', tracesBody('app', [{ traceId: hex(5, 16), spanId: hex(5, 8), startMs: START }]));
  const found = store.reader.read(() => readSeries(store.reader, { name: 'm', from: START, to: START + 10_000, points: 10, ...query }));
  assert.ok(found);
  return found;
}

const sum = (
  value: number,
  second: number,
  more: { start?: number; delta?: boolean; monotonic?: boolean; attributes?: object } = {},
): object => ({
  name: 'm',
  sum: {
    aggregationTemporality: more.delta === true ? 1 : 2,
    isMonotonic: more.monotonic ?? true,
    dataPoints: [
      {
        startTimeUnixNano: nano(START + (more.start ?? 0) * 1000),
        timeUnixNano: nano(START + second * 1000),
        asDouble: value,
        attributes: keyValues({ ...more.attributes }),
      },
    ],
  },
});
const gauge = (value: number, second: number, attributes: object = {}): object => ({
  name: 'm',
  gauge: { dataPoints: [{ timeUnixNano: nano(START + second * 1000), asDouble: value, attributes: keyValues({ ...attributes }) }] },
});

describe('counters', () => {
  test('are rates; a restart counts from zero, and a time without reports is empty', () => {
    const { shows, lines } = seriesOf([sum(10, 1), sum(30, 2), sum(30, 3), sum(30, 4), sum(5, 6, { start: 5 })]);
    assert.equal(shows, 'rate');
    assert.deepEqual(lines[0]?.value, [10, 20, 0, 0, null, 5, null, null, null, null]);
  });

  test('of differences are rates, too', () => {
    const { lines } = seriesOf([sum(4, 2, { delta: true }), sum(6, 4, { delta: true, start: 2 })]);
    assert.deepEqual(lines[0]?.value, [2, 2, 3, 3, null, null, null, null, null, null]);
  });

  test('are added up, or split by an attribute, the largest first', () => {
    const points = ['a', 'b'].flatMap((tenant, i) => [0, 10, 20].map((value, at) => sum(value * (i + 1), at, { attributes: { tenant } })));
    assert.equal(seriesOf(points).lines[0]?.value[0], 30);
    const { lines } = seriesOf(points, { by: ['tenant'] });
    assert.deepEqual(
      lines.map(({ attributes, value }) => [attributes, value[1]]),
      [
        [{ tenant: 'b' }, 20],
        [{ tenant: 'a' }, 10],
      ],
    );
    assert.deepEqual(seriesOf(points, { attr: ['tenant=a'] }).lines[0]?.value[1], 10);
  });

  /** A border of steps lies in the last millisecond, and today's times in milliseconds are exact to a quarter of a thousandth of one. */
  const nearBorder: [number, number][] = [659, 330, 45, 1].map((gap, at) => [gap, at === 3 ? 1 : 0]);
  test('that were counted and never fall keep their sum, however they are cut into steps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 0, max: 50 })), { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 40 }),
        (gaps, points) => {
          let [at, total] = [0, 0];
          const metrics = gaps.map(([gap, more]) => sum((total += more), (at += gap) / 1000));
          const { lines, stepMs } = seriesOf(metrics, { points });
          const counted = (lines[0]?.value ?? []).reduce<number>((all, value) => all + ((value ?? 0) * stepMs) / 1000, 0);
          assert.ok(Math.abs(counted - total) < 1e-6 * Math.max(total, 1), `${counted} of ${total}`);
        },
      ),
      { numRuns: 40, examples: [[nearBorder, 29]] },
    );
  });
});

describe('gauges', () => {
  test('keep their value until the next one, and several are averaged', () => {
    assert.deepEqual(seriesOf([gauge(5, 1), gauge(5, 2), gauge(7, 4)]).lines[0]?.value, [null, 5, 5, 5, 7, null, null, null, null, null]);
    assert.equal(seriesOf([gauge(2, 1, { core: 0 }), gauge(4, 1, { core: 1 })]).lines[0]?.value[1], 3);
  });

  test('sums that may fall are values, added up', () => {
    const { shows, lines } = seriesOf([
      sum(3, 1, { monotonic: false, attributes: { pool: 'a' } }),
      sum(4, 1, { monotonic: false, attributes: { pool: 'b' } }),
    ]);
    assert.equal(shows, 'value');
    assert.equal(lines[0]?.value[1], 7);
  });
});

describe('histograms', () => {
  const explicit = (
    counts: readonly number[],
    total: number,
    second: number,
    exemplars: readonly object[] = [],
    most: { readonly max?: number } = {},
  ): object => ({
    name: 'm',
    unit: 's',
    histogram: {
      aggregationTemporality: 2,
      dataPoints: [
        {
          ...{
            startTimeUnixNano: nano(START),
            timeUnixNano: nano(START + second * 1000),
            explicitBounds: [1, 2, 4],
            bucketCounts: counts.map(String),
          },
          ...{ count: String(counts.reduce((all, count) => all + count, 0)), sum: total, exemplars, ...most },
        },
      ],
    },
  });

  test('show percentiles, mean and rate of what came in each step, as a heat map too, with exemplars', () => {
    const exemplar = { timeUnixNano: nano(START + 1500), asDouble: 1.5, traceId: hex(5, 16), spanId: hex(5, 8) };
    const { shows, lines, heat, exemplars } = seriesOf([explicit([0, 10, 0, 0], 15, 1), explicit([0, 10, 10, 0], 45, 2, [exemplar])]);
    assert.equal(shows, 'percentiles');
    const [line] = lines;
    assert.deepEqual([line?.value[0], line?.value[1], line?.rate?.[1]], [1.5, 3, 10]);
    assert.deepEqual([line?.p50?.[0], line?.p50?.[1], line?.p99?.[1]], [1.5, 3, 3.98]);
    assert.deepEqual(heat?.bounds, [1, 2, 4]);
    assert.deepEqual(heat.counts.slice(0, 3), [
      [0, 10, 0, 0],
      [0, 0, 10, 0],
      [0, 0, 0, 0],
    ]);
    assert.deepEqual(exemplars, [{ timeMs: START + 1500, value: 1.5, traceId: hex(5, 16), spanId: hex(5, 8), known: true }]);
  });

  test('tell no percentile above the largest observation', () => {
    const { lines } = seriesOf([explicit([0, 10, 0, 0], 15, 1, [], { max: 1.6 }), explicit([0, 10, 10, 0], 45, 2, [], { max: 2.5 })]);
    assert.deepEqual([lines[0]?.p50?.[1], lines[0]?.p99?.[1]], [2.5, 2.5]);
  });

  test('of exponential buckets give percentiles within their width, also when the scale falls', () => {
    const point = (scale: number, offset: number, counts: readonly number[], second: number): object => ({
      name: 'm',
      exponentialHistogram: {
        aggregationTemporality: 2,
        dataPoints: [
          {
            ...{ startTimeUnixNano: nano(START), timeUnixNano: nano(START + second * 1000), scale, zeroCount: '0', sum: 1 },
            ...{ count: String(counts.reduce((all, count) => all + count, 0)), positive: { offset, bucketCounts: counts.map(String) } },
          },
        ],
      },
    });
    // Scale 1: bucket i holds values above sqrt(2)^i. 100 values in (2, 2.83], then 100 more in (4, 5.66], now told by scale 0.
    const { lines } = seriesOf([point(1, 2, [100], 1), point(0, 1, [100, 100], 2)]);
    const [first, second] = [lines[0]?.p50?.[0], lines[0]?.p50?.[1]];
    assert.ok(first! > 2 && first! <= 4, `${first}`);
    assert.ok(second! > 4 && second! <= 8, `${second}`);
  });

  test('a percentile lies in the bucket in which that many observations are reached', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 4, maxLength: 4 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (counts, share) => {
          const bounds = [1, 2, 4];
          const total = counts.reduce((all, count) => all + count, 0);
          const value = percentileOf(binsOf({ bounds, counts }, Infinity), share);
          if (total === 0) return assert.equal(value, null);
          let reached = 0;
          const bucket = counts.findIndex((count) => count > 0 && (reached += count) >= total * share);
          const [lower, upper] = [bounds[bucket - 1] ?? 0, bounds[bucket] ?? bounds[2]!];
          assert.ok(value! >= lower && value! <= upper, `${value} in ${lower}..${upper}`);
        },
      ),
    );
  });

  test('summaries show the quantiles that they were sent with', () => {
    const summary = {
      name: 'm',
      summary: {
        dataPoints: [
          {
            timeUnixNano: nano(START + 1000),
            startTimeUnixNano: nano(START),
            count: '4',
            sum: 8,
            quantileValues: [
              { quantile: 0.5, value: 2 },
              { quantile: 0.99, value: 5 },
            ],
          },
        ],
      },
    };
    const [line] = seriesOf([summary]).lines;
    assert.deepEqual([line?.value[0], line?.p50?.[1], line?.p99?.[1]], [2, 2, 5]);
  });
});
