/** What may be an attribute, and how limits cut. https://opentelemetry.io/docs/specs/otel/common/ */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import type { Attributes } from '../../src/otlp/records.ts';
import { describeEngines, describeLean, diagnosticsOf, spanId, traceId } from './engines.ts';
import type { Start } from './engines.ts';

/** What becomes of the attributes on a span and on a log record. */
async function exported(start: Start, attributes: Record<string, unknown>, env: Record<string, string> = {}): Promise<Attributes[]> {
  const { tracer, logger, spans, logs } = start(env);
  tracer.startSpan('at the start', { attributes: attributes as never }).end();
  tracer
    .startSpan('later')
    .setAttributes(attributes as never)
    .end();
  const single = tracer.startSpan('one by one');
  for (const [key, value] of Object.entries(attributes)) single.setAttribute(key, value as never);
  single.end();
  logger.emit({ attributes: attributes as never });
  return [...(await spans()), ...(await logs())].map((record) => record.attributes);
}

async function assertExported(
  start: Start,
  given: Record<string, unknown>,
  expected: unknown,
  env: Record<string, string> = {},
): Promise<void> {
  for (const attributes of await exported(start, given, env)) assert.deepEqual(attributes, expected);
}

describeEngines('Values of attributes', (start) => {
  test('texts, numbers and booleans are kept as they are', () =>
    assertExported(start, { t: 'x', i: 7, n: -1, d: 0.5, b: true }, { t: 'x', i: 7, n: -1, d: 0.5, b: true }));
  test('zero, false, an empty text, an empty array and null mean something and are kept', () =>
    assertExported(start, { z: 0, f: false, t: '', a: [], n: null }, { z: 0, f: false, t: '', a: [], n: null }));
  test('NaN and the infinities are kept', () =>
    assertExported(start, { n: NaN, p: Infinity, m: -Infinity }, { n: NaN, p: Infinity, m: -Infinity }));
  test('bytes are kept', async () => {
    for (const { bytes } of await exported(start, { bytes: new Uint8Array([0, 255]) })) assert.deepEqual(bytes, new Uint8Array([0, 255]));
  });
  test('arrays of one type and of several are kept, with null inside', () =>
    assertExported(start, { s: ['a', 'b'], n: [1, 2], m: ['a', 1, true, null] }, { s: ['a', 'b'], n: [1, 2], m: ['a', 1, true, null] }));
  test('maps and arrays inside each other are kept', () =>
    assertExported(start, { m: { a: { b: [1, { c: 'x' }] } }, e: {} }, { m: { a: { b: [1, { c: 'x' }] } }, e: {} }));
  test('undefined sets nothing', () => assertExported(start, { a: undefined, b: 1 }, { b: 1 }));
  test('functions, symbols, dates and other objects are no values', () =>
    assertExported(start, { f: () => {}, s: Symbol('s'), d: new Date(), m: new Map(), b: 1n, ok: 1 }, { ok: 1 }));
  test('an array or a map that holds something that is no value is none either', () =>
    assertExported(start, { a: [1, () => {}], m: { deep: { f: Symbol('s') } }, ok: 1 }, { ok: 1 }));
  test('keys differ by case, and an empty key is none', () => assertExported(start, { Key: 1, key: 2, '': 3 }, { Key: 1, key: 2 }));
  test('text that is not all Unicode is sent as valid UTF-8', () => assertExported(start, { t: 'a\ud800b' }, { t: 'a\ufffdb' }));
  test('what the app changes afterwards does not change what was set', async () => {
    const { tracer, spans } = start();
    const list = [1];
    const span = tracer.startSpan('a', { attributes: { list } });
    span.end();
    list.push(2);
    assert.deepEqual((await spans())[0]?.attributes, { list: [1] });
  });
  test('events take simple values only, and count the others as dropped', async () => {
    const { tracer, spans } = start();
    tracer
      .startSpan('a')
      .addEvent('e', { ok: [1, 2], map: { a: 1 }, mixed: [1, 'a'] } as never)
      .end();
    const [event] = (await spans())[0]!.events;
    assert.deepEqual([event?.attributes, event?.droppedAttributesCount], [{ ok: [1, 2] }, 2]);
  });
});

const limits = (name: string, limit: number): Record<string, string> => ({
  [`OTEL_SPAN_${name}`]: String(limit),
  [`OTEL_LOGRECORD_${name}`]: String(limit),
});

describeEngines('Limits of attributes', (start) => {
  const length = limits('ATTRIBUTE_VALUE_LENGTH_LIMIT', 3);
  const count = limits('ATTRIBUTE_COUNT_LIMIT', 2);

  test('the length cuts texts, also inside arrays and maps, and bytes', async () => {
    await assertExported(
      start,
      { t: 'abcd', a: ['abcd', 'ab'], m: { t: 'abcd', n: 12345 } },
      { t: 'abc', a: ['abc', 'ab'], m: { t: 'abc', n: 12345 } },
      length,
    );
    for (const { bytes } of await exported(start, { bytes: new Uint8Array(9) }, length)) assert.deepEqual(bytes, new Uint8Array(3));
  });
  test('the length changes nothing that is not longer', () =>
    assertExported(start, { t: 'abc', n: 123456, b: false }, { t: 'abc', n: 123456, b: false }, length));
  test('the length of keys has no limit', () => assertExported(start, { longer: 1 }, { longer: 1 }, length));
  test('the count keeps the first and counts the rest as dropped', async () => {
    const { tracer, logger, spans, logs } = start(count);
    tracer
      .startSpan('a', { attributes: { a: 1, b: 2, c: 3 } })
      .setAttribute('d', 4)
      .end();
    logger.emit({ attributes: { a: 1, b: 2, c: 3, d: 4 } });
    for (const { attributes, droppedAttributesCount } of [...(await spans()), ...(await logs())]) {
      assert.deepEqual(attributes, { a: 1, b: 2 });
      assert.equal(droppedAttributesCount, 2);
    }
  });
  test('an attribute that is there can be overwritten at the limit, which drops none', async () => {
    const { tracer, spans } = start(count);
    tracer
      .startSpan('a', { attributes: { a: 1, b: 2 } })
      .setAttribute('a', 3)
      .end();
    const [span] = await spans();
    assert.deepEqual([span?.attributes, span?.droppedAttributesCount], [{ a: 3, b: 2 }, 0]);
  });
  test('the count does not apply inside maps', () =>
    assertExported(start, { m: { a: 1, b: 2, c: 3 } }, { m: { a: 1, b: 2, c: 3 } }, count));
  test('the limits of spans go before the general ones', async () => {
    const general = { OTEL_ATTRIBUTE_COUNT_LIMIT: '1', OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '2' };
    const { tracer, logger, spans, logs } = start(general);
    tracer.startSpan('a', { attributes: { a: 1, b: 2, c: 3 } }).end();
    logger.emit({ attributes: { a: 1, b: 2, c: 3 } });
    assert.deepEqual((await spans())[0]?.attributes, { a: 1, b: 2 });
    assert.deepEqual((await logs())[0]?.attributes, { a: 1 });
  });
  test('there are 128 of each by default, and no limit of length', async () => {
    const { tracer, logger, spans, logs } = start();
    const many = Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`k${i}`, 'x'.repeat(10_000)]));
    const context = { traceId, spanId, traceFlags: 1 };
    const span = tracer.startSpan('a', { attributes: many });
    for (let i = 0; i < 130; i++) span.addEvent(`e${i}`, i === 129 ? many : {}).addLink({ context, attributes: i === 129 ? many : {} });
    span.end();
    logger.emit({ attributes: many });
    const [exportedSpan] = await spans();
    const [record] = await logs();
    for (const holder of [exportedSpan!, record!, exportedSpan!.events[127]!, exportedSpan!.links[127]!]) {
      assert.equal(Object.keys(holder.attributes).length, 128);
      assert.equal(holder.droppedAttributesCount, 2);
      assert.equal(String(holder.attributes['k0']).length, 10_000);
    }
    assert.deepEqual([exportedSpan!.events.length, exportedSpan!.droppedEventsCount], [128, 2]);
    assert.deepEqual([exportedSpan!.links.length, exportedSpan!.droppedLinksCount], [128, 2]);
  });
});

describeEngines('Limits of events and links', (start) => {
  const context = { traceId, spanId, traceFlags: 1 };

  test('the newest events stay, the others are counted', async () => {
    const { tracer, spans } = start({ OTEL_SPAN_EVENT_COUNT_LIMIT: '2' });
    tracer.startSpan('a').addEvent('1').addEvent('2').addEvent('3').end();
    const [span] = await spans();
    assert.deepEqual([span?.events.map(({ name }) => name), span?.droppedEventsCount], [['2', '3'], 1]);
  });
  test('the newest links stay, whether given at the start or later', async () => {
    const { tracer, spans } = start({ OTEL_SPAN_LINK_COUNT_LIMIT: '2' });
    const link = (n: number) => ({ context, attributes: { n } });
    tracer
      .startSpan('a', { links: [link(1), link(2), link(3)] })
      .addLink(link(4))
      .end();
    const [span] = await spans();
    assert.deepEqual([span?.links.map(({ attributes }) => attributes['n']), span?.droppedLinksCount], [[3, 4], 2]);
  });
  test('a limit of none keeps none and counts all', async () => {
    const { tracer, spans } = start({ OTEL_SPAN_EVENT_COUNT_LIMIT: '0', OTEL_SPAN_LINK_COUNT_LIMIT: '0' });
    tracer
      .startSpan('a', { links: [{ context }] })
      .addEvent('e')
      .addLink({ context })
      .end();
    const [span] = await spans();
    assert.deepEqual([span?.events.length, span?.droppedEventsCount], [0, 1]);
    assert.deepEqual([span?.links.length, span?.droppedLinksCount], [0, 2]);
  });
  test('attributes of an event and of a link have limits of their own', async () => {
    const { tracer, spans } = start({
      OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT: '1',
      OTEL_LINK_ATTRIBUTE_COUNT_LIMIT: '2',
      OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT: '2',
    });
    const attributes = { a: 'xyz', b: 2, c: 3 };
    tracer
      .startSpan('a', { links: [{ context, attributes }] })
      .addEvent('e', attributes)
      .end();
    const [span] = await spans();
    assert.deepEqual([span?.events[0]?.attributes, span?.events[0]?.droppedAttributesCount], [{ a: 'xy' }, 2]);
    assert.deepEqual([span?.links[0]?.attributes, span?.links[0]?.droppedAttributesCount], [{ a: 'xy', b: 2 }, 1]);
  });
});

describeLean('Limits of spans and log records', (start) => {
  // The stock SDK tells of attributes, events and links apart, and nothing of attributes given at the start.
  test('are told once per span and once per log record', () => {
    const env = { OTEL_SPAN_EVENT_COUNT_LIMIT: '0', OTEL_SPAN_LINK_COUNT_LIMIT: '0', ...limits('ATTRIBUTE_COUNT_LIMIT', 1) };
    const { tracer, logger } = start(env);
    const lines = diagnosticsOf(() => {
      const span = tracer.startSpan('a', { attributes: { a: 1, b: 2 } }, ROOT_CONTEXT);
      span
        .setAttribute('c', 3)
        .addEvent('e')
        .addEvent('e')
        .addLink({ context: { traceId, spanId, traceFlags: 1 } });
      span.end();
      tracer.startSpan('within the limits').end();
    });
    assert.deepEqual(lines, ['Dropped 2 attributes, 2 events and 1 links of a span because of its limits']);
    assert.equal(diagnosticsOf(() => logger.emit({ attributes: { a: 1, b: 2, c: 3 } })).length, 1);
  });

  // The stock SDK has no limit of depth.
  test('what lies deeper than 30 arrays and maps is an empty value', async () => {
    const nested = (depth: number): unknown => (depth === 0 ? 'core' : { in: [nested(depth - 1)] });
    const follow = (value: unknown): unknown => (typeof value === 'object' && value !== null ? follow(Object.values(value)[0]) : value);
    for (const attributes of await exported(start, { a: nested(14), b: nested(2500) })) {
      assert.equal(follow(attributes['a']), 'core');
      assert.equal(follow(attributes['b']), null);
    }
  });
});
