import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ValueType } from '@opentelemetry/api';
import type { Observable } from '@opentelemetry/api';
import { createLean, plain, pointsOf, settingsWith, valuesOf, warningsOf } from './support.ts';

test('the same instrument made twice is one, whatever the case of its name', () => {
  const { provider, reader } = createLean();
  const told = warningsOf(() => {
    provider.getMeter('m').createCounter('Requests', { unit: '1' }).add(1);
    provider.getMeter('m').createCounter('requests', { unit: '1' }).add(2);
  });
  assert.deepEqual(told, []);
  assert.deepEqual(valuesOf(reader.collect(), 'Requests'), [[{}, 3]]);
});

test('a longer description replaces a shorter one, and is told', () => {
  const { provider, reader } = createLean();
  const meter = provider.getMeter('m');
  const told = warningsOf(() => {
    meter.createCounter('c', { description: 'short' }).add(1);
    meter.createCounter('c', { description: 'a longer one' }).add(1);
  });
  assert.match(told.join(), /registered twice, with description "short" and "a longer one".*longer description is used/);
  assert.equal(reader.collect().scopeMetrics[0]!.metrics[0]!.descriptor.description, 'a longer one');
});

test('instruments that share only the name are both exported, and told of', () => {
  const { provider, reader } = createLean();
  const meter = provider.getMeter('m');
  const told = warningsOf(() => {
    meter.createCounter('c', { unit: 's' }).add(1);
    meter.createCounter('c', { unit: 'ms' }).add(2);
    meter.createUpDownCounter('c', { unit: 's' }).add(-3);
    meter.createCounter('c', { unit: 's', valueType: ValueType.INT }).add(4);
  });
  assert.equal(told.length, 3);
  assert.match(told[0]!, /unit "s" and "ms".*Both are exported/);
  assert.deepEqual(
    pointsOf(reader.collect(), 'c').map(({ value }) => value),
    [1, 2, -3, 4],
  );
});

test('meters of the same scope are one, and others are apart', () => {
  const { provider, reader } = createLean();
  assert.equal(provider.getMeter('m', '1'), provider.getMeter('m', '1'));
  for (const meter of [
    provider.getMeter('m', '1'),
    provider.getMeter('m', '2'),
    provider.getMeter('m', '1', { schemaUrl: 'https://example.com/1' }),
  ]) {
    meter.createCounter('c').add(1);
  }
  assert.deepEqual(
    reader.collect().scopeMetrics.map(({ scope }) => scope),
    [
      { name: 'm', version: '1' },
      { name: 'm', version: '2' },
      { name: 'm', version: '1', schemaUrl: 'https://example.com/1' },
    ],
  );
});

test('a wrong name is told, and the instrument works all the same', () => {
  const { provider, reader } = createLean();
  const told = warningsOf(() => provider.getMeter('m').createCounter('2 much').add(1));
  assert.match(told.join(), /Invalid metric name: "2 much"/);
  assert.deepEqual(valuesOf(reader.collect(), '2 much'), [[{}, 1]]);
});

test('each reader has figures of its own, in its own temporality', () => {
  const { provider, reader: cumulative } = createLean();
  const delta = provider.addReader(settingsWith({ temporality: 'delta' }));
  const counter = provider.getMeter('m').createCounter('c');
  const read = (): unknown[] => [cumulative, delta].map((reader) => pointsOf(reader.collect(), 'c')[0]?.value);
  counter.add(1);
  assert.deepEqual(read(), [1, 1]);
  counter.add(2);
  assert.deepEqual(read(), [3, 2]);
  assert.deepEqual(read(), [3, undefined]);
});

test('a reader that comes later sees the instruments there are', () => {
  const { provider } = createLean();
  const counter = provider.getMeter('m').createCounter('c');
  counter.add(1);
  const late = provider.addReader(settingsWith({}));
  counter.add(2);
  assert.deepEqual(valuesOf(late.collect(), 'c'), [[{}, 2]]);
});

const ms = ([seconds, nanos]: readonly [number, number]): number => seconds * 1000 + nanos / 1e6;

test('a cumulative series keeps its start, and a delta one starts where the last collection ended', () => {
  const { provider, reader: cumulative } = createLean();
  const delta = provider.addReader(settingsWith({ temporality: 'delta' }));
  const counter = provider.getMeter('m').createCounter('c');
  const collect = (reader: typeof delta): { start: number; end: number } => {
    const [point] = pointsOf(reader.collect(), 'c');
    return { start: ms(point!.startTime), end: ms(point!.endTime) };
  };
  const before = Date.now();
  counter.add(1);
  const [c1, d1] = [collect(cumulative), collect(delta)];
  while (Date.now() <= d1.end);
  counter.add(1);
  const [c2, d2] = [collect(cumulative), collect(delta)];
  assert.ok(before <= c1.start && c1.start <= c1.end);
  assert.equal(c2.start, c1.start);
  assert.ok(c2.end > c1.end);
  assert.equal(d2.start, d1.end);
});

test('beyond the limit a cumulative instrument keeps the series it has and adds the rest up, in every interval', () => {
  const { provider, reader } = createLean({ cardinalityLimit: 3 });
  const counter = provider.getMeter('m').createCounter('c');
  const overflowed = [{ 'otel.metric.overflow': true }, 3];
  for (const user of ['a', 'b', 'c', 'd', 'e']) counter.add(1, { user });
  assert.deepEqual(valuesOf(reader.collect(), 'c'), [[{ user: 'a' }, 1], [{ user: 'b' }, 1], overflowed]);
  counter.add(1, Object.freeze({ user: 'f' }));
  counter.add(1, { user: 'a' });
  assert.deepEqual(valuesOf(reader.collect(), 'c'), [
    [{ user: 'a' }, 2],
    [{ user: 'b' }, 1],
    [overflowed[0], 4],
  ]);
});

test('a delta series that is not used is forgotten, makes room, and comes back from zero', () => {
  const { provider, reader } = createLean({ temporality: 'delta', cardinalityLimit: 2 });
  const counter = provider.getMeter('m').createCounter('c');
  const frozen = Object.freeze({ user: 'frozen' });
  const interval = (...sets: { user: string }[]): unknown[] => {
    for (const set of sets) counter.add(5, set);
    return valuesOf(reader.collect(), 'c');
  };
  assert.deepEqual(interval(frozen, frozen), [[frozen, 10]]);
  assert.deepEqual(interval({ user: 'other' }), [[{ user: 'other' }, 5]]);
  assert.deepEqual(interval(), []);
  assert.deepEqual(interval(frozen, { user: 'frozen' }), [[frozen, 10]]);
});

test('what a callback observes once is not repeated when it is observed no more', () => {
  const { provider, reader } = createLean();
  let hosts = ['a', 'b'];
  provider
    .getMeter('m')
    .createObservableGauge('g')
    .addCallback((result) => hosts.forEach((host) => result.observe(1, { host })));
  assert.deepEqual(valuesOf(reader.collect(), 'g'), [
    [{ host: 'a' }, 1],
    [{ host: 'b' }, 1],
  ]);
  hosts = ['b'];
  assert.deepEqual(valuesOf(reader.collect(), 'g'), [[{ host: 'b' }, 1]]);
});

test('observations beyond the limit are added up, and of a gauge the last counts', () => {
  const { provider, reader } = createLean({ cardinalityLimit: 3 });
  const meter = provider.getMeter('m');
  const all = [meter.createObservableCounter('c'), meter.createObservableGauge('g')];
  meter.addBatchObservableCallback((result) => {
    for (let user = 1; user <= 5; user++) for (const one of all) result.observe(one, user, { user });
  }, all);
  const overflow = { 'otel.metric.overflow': true };
  for (let round = 0; round < 2; round++) {
    const metrics = reader.collect();
    assert.deepEqual(valuesOf(metrics, 'c'), [
      [{ user: 1 }, 1],
      [{ user: 2 }, 2],
      [overflow, 12],
    ]);
    assert.deepEqual(valuesOf(metrics, 'g'), [
      [{ user: 1 }, 1],
      [{ user: 2 }, 2],
      [overflow, 5],
    ]);
  }
});

test('series that are observed no more make room for new ones', () => {
  const { provider, reader } = createLean({ temporality: 'delta', cardinalityLimit: 3 });
  let connections: number[] = [];
  provider
    .getMeter('m')
    .createObservableCounter('c')
    .addCallback((result) => connections.forEach((id) => result.observe(10, { id })));
  for (let id = 0; id < 20; id += 2) {
    connections = [id, id + 1];
    assert.deepEqual(valuesOf(reader.collect(), 'c'), [
      [{ id }, 10],
      [{ id: id + 1 }, 10],
    ]);
  }
});

test('a callback that throws, rejects or observes nonsense costs only itself', async () => {
  const { provider, reader } = createLean();
  const meter = provider.getMeter('m');
  const gauge = (name: string): Observable => meter.createObservableGauge(name);
  gauge('throws').addCallback((result) => {
    result.observe(1);
    throw new Error('thrown');
  });
  gauge('rejects').addCallback(() => Promise.reject(new Error('rejected')));
  gauge('nonsense').addCallback((result) => result.observe('x' as unknown as number));
  gauge('good').addCallback((result) => result.observe(1));
  const { resourceMetrics, errors } = await reader.collectLater();
  assert.deepEqual(
    errors.map((error) => (error as Error).message),
    ['thrown', 'rejected'],
  );
  for (const metrics of [resourceMetrics, reader.collect()]) {
    assert.deepEqual(
      metrics.scopeMetrics[0]!.metrics.map(({ descriptor }) => descriptor.name),
      ['good'],
    );
  }
});

test('what is observed after waiting is in a later collection, what is observed at once in both', async () => {
  const { provider, reader } = createLean();
  provider
    .getMeter('m')
    .createObservableGauge('g')
    .addCallback(async (result) => {
      result.observe(1, { when: 'at once' });
      await new Promise((resolve) => setImmediate(resolve));
      result.observe(2, { when: 'later' });
    });
  assert.deepEqual(valuesOf(reader.collect(), 'g'), [[{ when: 'at once' }, 1]]);
  assert.deepEqual(valuesOf((await reader.collectLater()).resourceMetrics, 'g'), [
    [{ when: 'at once' }, 1],
    [{ when: 'later' }, 2],
  ]);
});

test('a callback that never ends holds a collection up for the timeout only', async () => {
  const { provider, reader } = createLean();
  const meter = provider.getMeter('m');
  meter.createObservableGauge('hangs').addCallback(() => new Promise(() => {}));
  meter.createCounter('c').add(1);
  // The timeout itself keeps nothing alive, so something else has to.
  const alive = setInterval(() => {}, 1000);
  const { resourceMetrics, errors } = await reader.collectLater(20);
  clearInterval(alive);
  assert.match(String(errors), /longer than 20 ms/);
  assert.deepEqual(valuesOf(resourceMetrics, 'c'), [[{}, 1]]);
});

test('a callback is called once a collection however often it is added, and not after it is removed', () => {
  const { provider, reader } = createLean();
  const meter = provider.getMeter('m');
  const [one, other] = [meter.createObservableGauge('one'), meter.createObservableGauge('other')];
  let calls = 0;
  const single = (): void => void calls++;
  const batch = (): void => void (calls += 10);
  for (let i = 0; i < 2; i++) {
    one.addCallback(single);
    meter.addBatchObservableCallback(batch, [one, other]);
  }
  reader.collect();
  assert.equal(calls, 11);
  one.removeCallback(single);
  meter.removeBatchObservableCallback(batch, [other]);
  reader.collect();
  assert.equal(calls, 21);
  meter.removeBatchObservableCallback(batch, [other, one]);
  reader.collect();
  assert.equal(calls, 21);
});

test('a batch callback observes only the instruments it named', () => {
  const { provider, reader } = createLean();
  const meter = provider.getMeter('m');
  const [named, unnamed] = [meter.createObservableGauge('named'), meter.createObservableGauge('unnamed')];
  meter.addBatchObservableCallback(
    (result) => {
      result.observe(named, 1);
      result.observe(unnamed, 1);
    },
    [named],
  );
  assert.deepEqual(
    reader.collect().scopeMetrics[0]!.metrics.map(({ descriptor }) => descriptor.name),
    ['named'],
  );
});

test('news is what was recorded since the last collection, garbage collection and observations aside', () => {
  const { provider, reader } = createLean();
  const meter = provider.getMeter('m');
  meter.createObservableGauge('g').addCallback((result) => result.observe(1));
  meter.createHistogram('v8js.gc.duration').record(1);
  assert.equal(reader.hasNews(), false);
  const counter = meter.createCounter('c');
  counter.add(1);
  assert.equal(reader.hasNews(), true);
  reader.collect();
  assert.equal(reader.hasNews(), false);
  counter.add(1);
  assert.equal(reader.hasNews(), true);
});

test('a collected result does not change afterwards', () => {
  const { provider, reader } = createLean();
  const histogram = provider.getMeter('m').createHistogram('h');
  histogram.record(7);
  const metrics = reader.collect();
  const before = JSON.stringify(plain(metrics));
  histogram.record(7);
  reader.collect();
  assert.equal(JSON.stringify(plain(metrics)), before);
});

test('flush and shutdown reach the readers, and afterwards meters record nothing', async () => {
  const { provider, reader } = createLean();
  const called: string[] = [];
  provider.addReader({
    ...settingsWith({}),
    forceFlush: async () => void called.push('flush'),
    shutdown: async () => void called.push('shutdown'),
  });
  await provider.forceFlush();
  await provider.shutdown();
  await provider.shutdown();
  assert.deepEqual(called, ['flush', 'shutdown']);
  provider.getMeter('late').createCounter('c').add(1);
  assert.deepEqual(reader.collect().scopeMetrics, []);
});
