import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ROOT_CONTEXT, context, trace } from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { AlwaysOffSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { encodeMetrics } from '../../../src/engine/metrics/encode.ts';
import { decodeMetrics } from '../../../src/otlp/decode.ts';
import { createLean, pointsOf, settingsWith } from './support.ts';

before(() => void context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
after(() => context.disable());

const tracer = new TracerProvider().getTracer('t');
const unsampled = new TracerProvider({ sampler: new AlwaysOffSampler() }).getTracer('t');
const inSpan = (span: Span): Context => trace.setSpan(ROOT_CONTEXT, span);
const boundaries = { advice: { explicitBucketBoundaries: [1, 2] } };
const idsOf = (span: Span): { traceId: string; spanId: string } => {
  const { traceId, spanId } = span.spanContext();
  return { traceId, spanId };
};

test('a histogram has one exemplar a bucket, with value, time and the ids of the active span', () => {
  const { provider, reader } = createLean();
  const histogram = provider.getMeter('m').createHistogram('h', boundaries);
  const [low, high] = [tracer.startSpan('low'), tracer.startSpan('high')];
  const before = Date.now();
  context.with(inSpan(low), () => histogram.record(0.5));
  context.with(inSpan(high), () => {
    histogram.record(3);
    histogram.record(4);
  });
  histogram.record(1.5);
  const [point] = pointsOf(reader.collect(), 'h');
  const [first, second, ...others] = point!.exemplars!;
  assert.deepEqual([first!.value, idsOf(low)], [0.5, { traceId: first!.traceId, spanId: first!.spanId }]);
  assert.ok([3, 4].includes(second!.value));
  assert.deepEqual(idsOf(high), { traceId: second!.traceId, spanId: second!.spanId });
  assert.deepEqual(others, []);
  const time = first!.timestamp[0] * 1000 + first!.timestamp[1] / 1e6;
  assert.ok(time >= before && time <= Date.now());
});

test('each measurement of a bucket has the same chance to be its exemplar', () => {
  const { provider, reader } = createLean({ temporality: 'delta' });
  const histogram = provider.getMeter('m').createHistogram('h', boundaries);
  const active = inSpan(tracer.startSpan('s'));
  const chosen = [0, 0, 0, 0];
  for (let round = 0; round < 2000; round++) {
    for (let i = 0; i < 4; i++) histogram.record(i / 4, {}, active);
    const [point] = pointsOf(reader.collect(), 'h');
    (chosen[point!.exemplars![0]!.value * 4] as number)++;
  }
  // 500 each on average; the deviation is 19.
  for (const times of chosen) assert.ok(times > 350 && times < 650, String(chosen));
});

test('counters and gauges have one exemplar, exponential histograms up to twenty', () => {
  const { provider, reader } = createLean({ histogram: 'base2_exponential_bucket_histogram' });
  const meter = provider.getMeter('m');
  const [counter, upDown, gauge, histogram] = [
    meter.createCounter('c'),
    meter.createUpDownCounter('u'),
    meter.createGauge('g'),
    meter.createHistogram('h'),
  ];
  context.with(inSpan(tracer.startSpan('s')), () => {
    for (let i = 1; i <= 30; i++) {
      counter.add(i);
      upDown.add(-i);
      gauge.record(i);
      histogram.record(i);
    }
  });
  const metrics = reader.collect();
  const counts = ['c', 'u', 'g', 'h'].map((name) => pointsOf(metrics, name)[0]!.exemplars!.length);
  assert.deepEqual(counts, [1, 1, 1, 20]);
  const values = pointsOf(metrics, 'h')[0]!.exemplars!.map(({ value }) => value);
  assert.equal(new Set(values).size, 20);
});

test('a context that is passed goes before the active one', () => {
  const { provider, reader } = createLean();
  const counter = provider.getMeter('m').createCounter('c');
  const given = tracer.startSpan('given');
  context.with(inSpan(tracer.startSpan('active')), () => counter.add(1, {}, inSpan(given)));
  assert.equal(pointsOf(reader.collect(), 'c')[0]!.exemplars![0]!.spanId, given.spanContext().spanId);
});

test('measurements outside a span or in one that is not sampled are no exemplars', () => {
  const { provider, reader } = createLean();
  const counter = provider.getMeter('m').createCounter('c');
  counter.add(1);
  context.with(inSpan(unsampled.startSpan('s')), () => counter.add(1));
  assert.equal('exemplars' in pointsOf(reader.collect(), 'c')[0]!, false);
});

test('always_on takes every measurement, with the ids of any span there is', () => {
  const { provider, reader } = createLean({}, 'always_on');
  const meter = provider.getMeter('m');
  const span = unsampled.startSpan('s');
  meter.createCounter('bare').add(7);
  meter.createCounter('spanned').add(8, {}, inSpan(span));
  const metrics = reader.collect();
  const [bare] = pointsOf(metrics, 'bare')[0]!.exemplars!;
  assert.deepEqual([bare!.value, bare!.traceId, bare!.spanId], [7, undefined, undefined]);
  assert.equal(pointsOf(metrics, 'spanned')[0]!.exemplars![0]!.traceId, span.spanContext().traceId);
});

test('always_off takes none', () => {
  const { provider, reader } = createLean({}, 'always_off');
  provider
    .getMeter('m')
    .createCounter('c')
    .add(1, {}, inSpan(tracer.startSpan('s')));
  assert.equal('exemplars' in pointsOf(reader.collect(), 'c')[0]!, false);
});

test('a collection takes the exemplars of its reader away, and of no other', () => {
  const { provider, reader } = createLean();
  const other = provider.addReader(settingsWith({ temporality: 'delta' }));
  const counter = provider.getMeter('m').createCounter('c');
  counter.add(1, {}, inSpan(tracer.startSpan('s')));
  const has = (metrics: ReturnType<typeof reader.collect>): boolean => pointsOf(metrics, 'c')[0]!.exemplars !== undefined;
  assert.deepEqual([has(reader.collect()), has(reader.collect()), has(other.collect())], [true, false, true]);
});

test('a context that is none costs the exemplar only', () => {
  const { provider, reader } = createLean();
  const counter = provider.getMeter('m').createCounter('c');
  for (const hostile of [{}, 'text', 1, { getValue: () => ({ spanContext: () => assert.fail('hostile') }) }]) {
    counter.add(1, {}, hostile as unknown as Context);
  }
  const [point] = pointsOf(reader.collect(), 'c');
  assert.deepEqual([point!.value, point!.exemplars], [4, undefined]);
});

test('exemplars arrive over OTLP with the ids of their span', () => {
  const { provider, reader } = createLean();
  const span = tracer.startSpan('s');
  provider.getMeter('m').createHistogram('h', boundaries).record(0.5, { route: '/' }, inSpan(span));
  const [metric] = decodeMetrics(encodeMetrics(reader.collect()));
  const [exemplar] = metric!.points[0]!.exemplars;
  assert.deepEqual([exemplar!.value, exemplar!.traceId, exemplar!.spanId], [0.5, ...Object.values(idsOf(span))]);
});
