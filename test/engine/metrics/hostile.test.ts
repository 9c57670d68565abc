import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ValueType } from '@opentelemetry/api';
import type { Attributes, MetricOptions, Observable, ObservableCallback } from '@opentelemetry/api';
import { encodeMetrics } from '../../../src/engine/metrics/encode.ts';
import { decodeMetrics } from '../../../src/otlp/decode.ts';
import { createLean, valuesOf, warningsOf } from './support.ts';

const cycle: Record<string, unknown> = {};
cycle['self'] = cycle;

const hostileValues: Readonly<Record<string, unknown>> = {
  'a symbol': Symbol('s'),
  'a BigInt': 1n,
  'a function': () => {},
  'a cycle': cycle,
  'an object': { a: 1 },
  null: null,
  'an array with an object': [1, {}],
  'an array with a symbol': [Symbol('s')],
  'a proxy that throws': new Proxy([], { get: () => assert.fail('hostile') }),
};

for (const [name, value] of Object.entries(hostileValues)) {
  test(`of attributes with ${name} the others are recorded, and it is told once`, () => {
    const { provider, reader } = createLean();
    const counter = provider.getMeter('m').createCounter('c');
    const attributes = { good: 'yes', bad: value } as Attributes;
    const told = warningsOf(() => {
      counter.add(1, attributes);
      counter.add(1, attributes);
      counter.add(1, Object.freeze({ ...attributes }));
      counter.add(1, { good: 'yes' });
    });
    assert.equal(told.length, 1);
    assert.match(told[0]!, /The metric c has attributes/);
    const metrics = reader.collect();
    assert.deepEqual(valuesOf(metrics, 'c'), [[{ good: 'yes' }, 4]]);
    assert.equal(decodeMetrics(encodeMetrics(metrics))[0]!.points[0]!.value, 4);
  });
}

test('of attributes whose getter throws the others are recorded', () => {
  const { provider, reader } = createLean();
  const counter = provider.getMeter('m').createCounter('c');
  const attributes = Object.freeze({
    good: 1,
    get bad(): string {
      throw new Error('hostile');
    },
  });
  counter.add(1, attributes);
  counter.add(1, attributes);
  assert.deepEqual(valuesOf(reader.collect(), 'c'), [[{ good: 1 }, 2]]);
});

test('a frozen object whose getter changes is read each time', () => {
  const { provider, reader } = createLean();
  const counter = provider.getMeter('m').createCounter('c');
  let n = 0;
  const attributes = Object.freeze({
    get n(): number {
      return n;
    },
  });
  counter.add(1, attributes);
  n = 1;
  counter.add(1, attributes);
  assert.deepEqual(valuesOf(reader.collect(), 'c'), [
    [{ n: 0 }, 1],
    [{ n: 1 }, 1],
  ]);
});

test('an array inside a frozen object may change', () => {
  const { provider, reader } = createLean();
  const counter = provider.getMeter('m').createCounter('c');
  const attributes = Object.freeze({ list: ['a'] });
  counter.add(1, attributes);
  attributes.list.push('b');
  counter.add(1, attributes);
  assert.deepEqual(valuesOf(reader.collect(), 'c'), [
    [{ list: ['a'] }, 1],
    [{ list: ['a', 'b'] }, 1],
  ]);
});

test('attributes that the app changes afterwards stay as they were recorded', () => {
  const { provider, reader } = createLean();
  const counter = provider.getMeter('m').createCounter('c');
  const attributes = { step: 1 };
  counter.add(1, attributes);
  attributes.step = 2;
  counter.add(1, attributes);
  assert.deepEqual(valuesOf(reader.collect(), 'c'), [
    [{ step: 1 }, 1],
    [{ step: 2 }, 1],
  ]);
});

test('names and values that resemble each other stay apart', () => {
  const { provider, reader } = createLean();
  const counter = provider.getMeter('m').createCounter('c');
  const sets: Attributes[] = [
    { a: 1 },
    { a: '1' },
    { a: '#1;' },
    { a: true },
    { a: 'true' },
    { a: '+' },
    { a: [1] },
    { a: '[#1;]' },
    { a: ['1'] },
    { a: [null, 'x'] },
    { a: 'x', b: 'y' },
    { a: 'x1:b1"y' },
    { a: '', b: '' },
    { a: [] },
    { a: [[]].flat() as string[], b: 1 },
  ];
  for (const set of sets) counter.add(1, { ...set });
  for (const set of sets) counter.add(1, Object.freeze({ ...set }));
  assert.deepEqual(
    valuesOf(reader.collect(), 'c'),
    sets.map((set) => [set, 2]),
  );
});

test('undefined is no attribute, and "__proto__" and the empty name are none that can be taken', () => {
  const { provider, reader } = createLean();
  const counter = provider.getMeter('m').createCounter('c');
  counter.add(1, { a: 1, b: undefined });
  counter.add(1, JSON.parse('{"a":1,"__proto__":{"polluted":true},"":"empty"}') as Attributes);
  assert.deepEqual(valuesOf(reader.collect(), 'c'), [[{ a: 1 }, 2]]);
  assert.equal('polluted' in {}, false);
});

test('attributes that are no object count as none', () => {
  const { provider, reader } = createLean();
  const counter = provider.getMeter('m').createCounter('c');
  const throwing = new Proxy({}, { ownKeys: () => assert.fail('hostile'), isExtensible: () => assert.fail('hostile') });
  for (const attributes of [null, 'text', 7, Symbol('s'), [], throwing]) counter.add(1, attributes as unknown as Attributes);
  assert.deepEqual(valuesOf(reader.collect(), 'c'), [[{}, 6]]);
});

test('values that are no numbers are ignored, and told once for each instrument', () => {
  const { provider, reader } = createLean();
  const meter = provider.getMeter('m');
  const [counter, histogram, gauge] = [meter.createCounter('c'), meter.createHistogram('h'), meter.createGauge('g')];
  const told = warningsOf(() => {
    for (const value of [NaN, '5', null, undefined, 1n, Symbol('s'), { valueOf: () => assert.fail('hostile') }] as unknown as number[]) {
      counter.add(value);
      histogram.record(value);
      gauge.record(value);
    }
  });
  assert.equal(told.length, 3);
  assert.match(told[0]!, /The metric c takes numbers; NaN was ignored/);
  assert.deepEqual(reader.collect().scopeMetrics, []);
});

test('counters and histograms take no negative values, which is told once', () => {
  const { provider, reader } = createLean();
  const meter = provider.getMeter('m');
  const told = warningsOf(() => {
    for (let i = 0; i < 3; i++) {
      meter.createCounter('c').add(-1);
      meter.createHistogram('h').record(-1);
    }
  });
  assert.equal(told.length, 2);
  assert.deepEqual(reader.collect().scopeMetrics, []);
});

test('an instrument of whole numbers cuts fractions off', () => {
  const { provider, reader } = createLean();
  const counter = provider.getMeter('m').createUpDownCounter('c', { valueType: ValueType.INT });
  const told = warningsOf(() => [1.9, -3.9, Infinity].forEach((value) => counter.add(value)));
  assert.equal(told.length, 1);
  assert.deepEqual(valuesOf(reader.collect(), 'c'), [[{}, -2]]);
});

test('names, options and callbacks of any type make an instrument', () => {
  const { provider, reader } = createLean();
  const throwing = new Proxy({}, { get: () => assert.fail('hostile') });
  warningsOf(() => {
    for (const name of [undefined, null, 7, Symbol('s'), {}]) {
      const meter = provider.getMeter(name as unknown as string, name as unknown as string);
      meter.createCounter(name as unknown as string).add(1);
    }
    const meter = provider.getMeter('m');
    for (const options of [null, 7, 'x', throwing, { unit: 7, description: {}, valueType: 'x', advice: null }]) {
      meter.createHistogram('h', options as unknown as MetricOptions).record(1);
    }
    for (const bounds of ['x', null, [NaN, 'x', 2, 1], {}] as unknown as number[][]) {
      meter.createHistogram(`b${String(bounds)}`, { advice: { explicitBucketBoundaries: bounds } }).record(1);
    }
    const observable = meter.createObservableGauge('o');
    for (const callback of [undefined, 'x', {}]) observable.addCallback(callback as unknown as ObservableCallback);
    meter.addBatchObservableCallback(() => {}, 'x' as unknown as Observable[]);
    meter.addBatchObservableCallback(() => {}, [{} as Observable]);
  });
  const metrics = reader.collect();
  assert.deepEqual(
    valuesOf(metrics, 'h').map((entry) => (entry as [unknown, { count: number }])[1].count),
    [5],
  );
  assert.equal(decodeMetrics(encodeMetrics(metrics)).length, 6);
});
