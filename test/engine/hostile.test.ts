/**
 * What no app should do and some do: nothing of it may throw into the app, and it costs at most the attribute, link, event or record it is about.
 * On the lean engine only: the stock SDK throws where a comment says so, and otherwise sends what receivers refuse.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { describeLean, remoteParent, spanId, traceId } from './engines.ts';

const thrower = (key: string): Record<string, unknown> =>
  Object.defineProperty({ good: 1 }, key, {
    enumerable: true,
    get() {
      throw new Error('getter');
    },
  });
const cycle: Record<string, unknown> = {};
cycle['self'] = [cycle];
const refusing: object = new Proxy(
  {},
  {
    get() {
      throw new Error('get');
    },
    ownKeys() {
      throw new Error('ownKeys');
    },
    getPrototypeOf() {
      throw new Error('getPrototypeOf');
    },
  },
);
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
const deep = (() => {
  let value: unknown = 'core';
  for (let i = 0; i < 5000; i++) value = i % 2 ? { value } : [value];
  return value;
})();
/** Names for the titles, values to be given in the place of everything. */
const hostile: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['undefined', undefined],
  ['a number', 5],
  ['NaN', NaN],
  ['a text', 'text'],
  ['a BigInt', 10n],
  ['a symbol', Symbol('s')],
  ['a function', () => {}],
  ['an object without a prototype', Object.create(null)],
  ['a frozen object', Object.freeze({ a: Object.freeze([1]) })],
  ['a getter that throws', thrower('bad')],
  ['a cycle', cycle],
  ['a proxy that refuses', refusing],
  ['a revoked proxy', revoked],
  ['5000 levels', deep],
  ['a Date of no time', new Date(NaN)],
  ['an array of everything', [null, undefined, 1n, Symbol('s'), cycle, refusing]],
  ['an object with a toString that throws', { toString: () => assert.fail('toString') }],
];

const linked = { traceId, spanId, traceFlags: 1 };

describeLean('In the place of anything', (start) => {
  for (const [name, value] of hostile) {
    const any = value as never;
    // The stock SDK throws for several of these: `setStatus(null)`, `addLink(null)`, `addLinks(5)`, getters, proxies, deep values.
    test(`a span takes ${name}`, async () => {
      const { tracer, tracerProvider, spans } = start();
      const before = tracer.startSpan('before');
      const span = tracer.startSpan(any, { attributes: any, links: any, kind: any, startTime: any, root: any });
      tracer.startSpan('b', any, any).end();
      tracer.startSpan('c', { links: [any, { context: any }, { context: linked, attributes: any }] }).end(any);
      tracerProvider.getTracer(any, any, any).startSpan('d').end();
      span
        .setAttribute('key', any)
        .setAttribute(any, 1)
        .setAttribute('in', { value: any } as never);
      span.setAttribute('list', [any]).setAttributes(any).setAttributes({ value: any });
      span.addEvent(any).addEvent('e', any).addEvent('e', { a: any }, any).addEvent('e', any, any);
      span.addLink(any).addLinks(any).addLinks([any]);
      span.addLink({ context: any }).addLink({ context: linked, attributes: any });
      span.addLink({ context: { ...linked, traceId: any } }).addLink({ context: { ...linked, traceState: any } });
      span.addLink({ context: { ...linked, traceFlags: any } });
      span.setStatus(any).setStatus({ code: any, message: any }).setStatus({ code: 2, message: any }).updateName(any);
      span.recordException(any);
      span.recordException({ name: any, message: any, stack: any, code: any }, any);
      span.end(any);
      before.end();
      const exported = await spans();
      assert.deepEqual(exported.map((one) => one.name).slice(0, 3), ['b', 'c', exported[2]!.name]);
      assert.equal(exported.length, 5);
      for (const one of exported) {
        assert.match(one.traceId, /^[0-9a-f]{32}$/);
        assert.notEqual(one.kind, 'unspecified');
        for (const link of one.links) assert.deepEqual([link.traceId.length, link.spanId.length], [32, 16]);
      }
    });

    // The stock SDK throws for `emit(null)`, attributes of null, getters, proxies and deep values, and loses the batch with some others.
    test(`a log record takes ${name}`, async () => {
      const { logger, loggerProvider, logs } = start();
      logger.emit(any);
      const record = { timestamp: any, observedTimestamp: any, severityText: any, severityNumber: any, body: any, attributes: any };
      logger.emit({ ...record, eventName: any, exception: any });
      logger.emit({ attributes: { value: any, good: 1 }, exception: { name: any, message: any } });
      logger.emit({ body: { value: any } as never });
      loggerProvider.getLogger(any, any, { schemaUrl: any, attributes: any }).emit({ body: 'x' });
      loggerProvider.getLogger('a', '1', any).emit({ body: 'x' });
      logger.emit({ context: any, body: 'last' });
      const exported = await logs();
      assert.ok(exported.length >= 5);
      assert.ok(exported.some(({ attributes }) => attributes['good'] === 1));
    });
  }
});

describeLean('What is spoilt costs', (start) => {
  test('its own attribute only', async () => {
    const { tracer, spans } = start();
    const attributes = { ...{ before: 1 }, cycle, big: 1n, after: 2 };
    tracer
      .startSpan('a', { attributes: attributes as never })
      .setAttributes(thrower('bad') as never)
      .end();
    assert.deepEqual((await spans())[0]?.attributes, { before: 1, after: 2, good: 1 });
  });

  test('a link whose ids have another length, which receivers would refuse the whole request for', async () => {
    const { tracer, spans } = start();
    const span = tracer.startSpan('a', { links: [{ context: { ...linked, traceId: 'abc' } }, { context: linked }] });
    span.addLink({ context: { ...linked, spanId: spanId + spanId } }).end();
    assert.deepEqual(
      (await spans())[0]?.links.map((link) => link.traceId),
      [traceId],
    );
  });

  test('a trace state that fails costs itself, or the link that it is in', async () => {
    const { tracer, spans } = start();
    const traceState = { serialize: () => assert.fail('serialize') } as never;
    tracer.startSpan('a', { links: [{ context: { ...linked, traceState } }, { context: linked }] }, remoteParent({ traceState })).end();
    const [span] = await spans();
    assert.deepEqual([span?.traceState, span?.links.length, span?.parentSpanId], ['', 1, spanId]);
  });

  test('a span in the context that fails costs the parent', async () => {
    const { tracer, logger, spans, logs } = start();
    const context = trace.setSpan(ROOT_CONTEXT, { spanContext: () => assert.fail('spanContext') } as never);
    tracer.startSpan('a', {}, context).end();
    logger.emit({ body: 'x', context });
    assert.deepEqual(
      (await spans()).map((span) => span.parentSpanId),
      [''],
    );
    assert.deepEqual(
      (await logs()).map((record) => [record.body, record.traceId]),
      [['x', '']],
    );
  });

  test('a polluted key stays a key', async () => {
    const { tracer, spans } = start();
    const attributes = JSON.parse('{"__proto__": {"polluted": true}, "constructor": "c", "toString": "t"}') as never;
    tracer.startSpan('a').setAttributes(attributes).end();
    assert.deepEqual((await spans())[0]?.attributes, { constructor: 'c', toString: 't' });
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });

  test('nothing whatever an app gives, in any order', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: false,
      withTypedArray: true,
    });
    fc.assert(
      fc.property(anything, anything, anything, (a, b, c) => {
        const { tracer, logger } = start();
        const span = tracer.startSpan(a as never, b as never);
        span
          .setAttribute(a as never, b as never)
          .setAttributes(c as never)
          .addEvent(a as never, b as never, c as never);
        span
          .addLink(a as never)
          .setStatus(b as never)
          .updateName(c as never);
        span.recordException(a as never, b as never);
        span.end(c as never);
        logger.emit(a as never);
        logger.emit({ body: a, attributes: b, exception: c, severityNumber: a, severityText: b, eventName: c, timestamp: a } as never);
      }),
      { numRuns: 300 },
    );
  });
});
