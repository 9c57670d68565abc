/** Processors of spans, and the provider's flush and shutdown. https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-processor */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import type { Context } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { describeEngines, describeLean, remoteParent, spanId, traceId } from './engines.ts';

const processor = (hooks: Partial<SpanProcessor>): SpanProcessor => ({
  onStart() {},
  onEnd() {},
  async forceFlush() {},
  async shutdown() {},
  ...hooks,
});

describeEngines('Span processors', (start) => {
  test('are called in the order in which they were added: start, ending, end', () => {
    const { tracer, processors } = start();
    const calls: string[] = [];
    for (const name of ['a', 'b'])
      processors.span.push(
        processor({
          onStart: () => void calls.push(`start ${name}`),
          onEnding: () => void calls.push(`ending ${name}`),
          onEnd: () => void calls.push(`end ${name}`),
        }),
      );
    const span = tracer.startSpan('x');
    assert.deepEqual(calls, ['start a', 'start b']);
    span.end();
    assert.deepEqual(calls.slice(2), ['ending a', 'ending b', 'end a', 'end b']);
  });

  test('that come later serve tracers that were there before', () => {
    const { tracer, processors } = start();
    tracer.startSpan('before').end();
    const seen: string[] = [];
    processors.span.push(processor({ onEnd: (span) => void seen.push(span.name) }));
    tracer.startSpan('after').end();
    assert.deepEqual(seen, ['after']);
  });

  test('get the very span that the app gets, and the context of its parent', () => {
    const { tracer, processors } = start();
    const seen: [Span, Context][] = [];
    processors.span.push(processor({ onStart: (span, context) => void seen.push([span, context]) }));
    const parent = remoteParent();
    const span = tracer.startSpan('a', {}, parent);
    assert.equal(seen[0]?.[0], span);
    assert.equal(seen[0]?.[1], parent);
  });

  test('get a context without a parent for a root', () => {
    const { tracer, processors } = start();
    let parent: unknown = 'not called';
    processors.span.push(processor({ onStart: (_span, context) => void (parent = trace.getSpan(context)) }));
    tracer.startSpan('a', { root: true }, remoteParent());
    assert.equal(parent, undefined);
  });

  test('see what a span was started with, and what is set later', () => {
    const { tracer, processors } = start();
    const seen: Span[] = [];
    processors.span.push(processor({ onStart: (span) => void seen.push(span) }));
    const span = tracer.startSpan('a', { kind: 2, attributes: { first: 1 }, links: [{ context: { traceId, spanId, traceFlags: 1 } }] });
    const [held] = seen;
    assert.deepEqual([held?.name, held?.kind, held?.attributes, held?.links.length, held?.ended], ['a', 2, { first: 1 }, 1, false]);
    span.setAttribute('second', 2).addEvent('e').updateName('b').setStatus({ code: 2, message: 'no' });
    assert.deepEqual(
      [held?.name, held?.attributes, held?.events.length, held?.status],
      ['b', { first: 1, second: 2 }, 1, { code: 2, message: 'no' }],
    );
  });

  test('can read everything of an ended span', () => {
    const env = { OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '1', OTEL_SPAN_EVENT_COUNT_LIMIT: '1', OTEL_SPAN_LINK_COUNT_LIMIT: '1' };
    const { tracerProvider, processors } = start(env);
    let ended: ReadableSpan | undefined;
    processors.span.push(processor({ onEnd: (span) => void (ended = span) }));
    const link = { context: { traceId, spanId, traceFlags: 1 }, attributes: { l: 1 } };
    const span = tracerProvider
      .getTracer('scope', '1.0')
      .startSpan('a', { startTime: [100, 5], attributes: { a: 1, b: 2 }, links: [link, link] }, remoteParent());
    span.addEvent('1').addEvent('2', { e: 1 }, [101, 0]);
    span.end([102, 4]);
    assert.deepEqual([ended?.startTime, ended?.endTime, ended?.duration, ended?.ended], [[100, 5], [102, 4], [1, 999_999_999], true]);
    assert.deepEqual([ended?.parentSpanContext?.spanId, ended?.parentSpanContext?.isRemote], [spanId, true]);
    assert.deepEqual([ended?.droppedAttributesCount, ended?.droppedEventsCount, ended?.droppedLinksCount], [1, 1, 1]);
    assert.deepEqual(
      ended?.events.map(({ name, time, attributes }) => [name, time, attributes]),
      [['2', [101, 0], { e: 1 }]],
    );
    assert.deepEqual([ended?.links[0]?.context.traceId, ended?.links[0]?.attributes], [traceId, { l: 1 }]);
    assert.deepEqual([ended?.instrumentationScope.name, ended?.instrumentationScope.version], ['scope', '1.0']);
    assert.deepEqual(ended?.resource.attributes, { 'service.name': 'shop' });
    assert.equal(ended?.spanContext(), span.spanContext());
  });

  test('can change a span at its start and while it ends, and what they do is exported', async () => {
    const { tracer, processors, spans } = start();
    processors.span.push(
      processor({
        onStart: (span) => void span.setAttribute('at', 'start'),
        onEnding: (span) => void span.setAttribute('ending', true).addEvent('late').updateName('renamed').setStatus({ code: 1 }),
      }),
    );
    tracer.startSpan('a').end();
    const [span] = await spans();
    assert.deepEqual(
      [span?.name, span?.attributes, span?.events[0]?.name, span?.status.code],
      ['renamed', { at: 'start', ending: true }, 'late', 'ok'],
    );
  });

  test('find the end time set while the span ends, and their work is not part of its duration', async () => {
    const { tracer, processors, spans } = start();
    let end: unknown;
    processors.span.push(
      processor({
        onEnding(span) {
          end = span.endTime;
          const until = performance.now() + 500;
          while (performance.now() < until);
        },
      }),
    );
    tracer.startSpan('a').end();
    const [span] = await spans();
    const [seconds, nanos] = end as [number, number];
    assert.equal(BigInt(seconds) * 1_000_000_000n + BigInt(nanos), span?.endTimeUnixNano);
    assert.ok(span!.endTimeUnixNano - span!.startTimeUnixNano < 400_000_000n);
  });

  test('cannot change an ended span through its methods', async () => {
    const { tracer, processors, spans } = start();
    processors.span.push(processor({ onEnd: (span) => void (span as Span).setAttribute('late', 1) }));
    tracer.startSpan('a').end();
    assert.deepEqual((await spans())[0]?.attributes, {});
  });

  test('may hide and remove values in the attributes of an ended span, which then are exported so', async () => {
    const { tracer, processors, spans } = start();
    processors.span.push(
      processor({
        onEnd({ attributes }) {
          attributes['db.query.text'] = '?';
          delete attributes['token'];
        },
      }),
    );
    tracer.startSpan('a', { attributes: { 'db.query.text': 'SELECT 1', token: 'x', kept: true } }).end();
    assert.deepEqual((await spans())[0]?.attributes, { 'db.query.text': '?', kept: true });
  });

  test('that throw cost the app nothing, and the others are still called', async () => {
    const { tracer, processors, spans } = start();
    const fail = (): never => {
      throw new Error('processor');
    };
    const seen: string[] = [];
    processors.span.push(
      processor({ onStart: fail, onEnding: fail, onEnd: fail }),
      processor({ onEnd: (span) => void seen.push(span.name) }),
    );
    tracer.startSpan('a').end();
    assert.deepEqual(seen, ['a']);
    assert.equal((await spans()).length, 1);
  });

  test('of the stock SDK serve: a simple one with an exporter gets each span once', () => {
    const { tracer, processors } = start();
    const exporter = new InMemorySpanExporter();
    processors.span.push(new SimpleSpanProcessor({ exporter }));
    tracer.startSpan('a', { attributes: { k: 'v' } }).end();
    const [span, ...more] = exporter.getFinishedSpans();
    assert.deepEqual([span?.name, span?.attributes, more], ['a', { k: 'v' }, []]);
  });
});

describeEngines('Flush and shutdown of the tracer provider', (start) => {
  test('forceFlush flushes all processors and delivers what has ended', async () => {
    const { tracer, tracerProvider, processors } = start();
    const calls: string[] = [];
    for (const name of ['a', 'b']) processors.span.push(processor({ forceFlush: async () => void calls.push(name) }));
    tracer.startSpan('a').end();
    await tracerProvider.forceFlush();
    assert.deepEqual(calls, ['a', 'b']);
  });

  test('shutdown shuts all processors down', async () => {
    const { tracerProvider, processors } = start();
    let calls = 0;
    processors.span.push(processor({ shutdown: async () => void calls++ }));
    await tracerProvider.shutdown();
    assert.equal(calls, 1);
  });

  test('a processor whose flush fails does not keep the others from theirs', async () => {
    const { tracerProvider, processors } = start();
    let flushed = false;
    processors.span.push(
      processor({ forceFlush: () => Promise.reject(new Error('no')) }),
      processor({ forceFlush: async () => void (flushed = true) }),
    );
    await tracerProvider.forceFlush();
    assert.ok(flushed);
  });

  test('may run at the same time', async () => {
    const { tracer, tracerProvider, spans } = start();
    tracer.startSpan('a').end();
    await Promise.all([tracerProvider.forceFlush(), tracerProvider.forceFlush(), tracerProvider.shutdown()]);
    assert.equal((await spans()).length, 1);
  });
});

describeLean('Span processors', (start) => {
  test('that end a span while it ends do not end it twice', async () => {
    // The stock SDK calls `onEnding` again and again until the stack is full.
    const { tracer, processors, spans } = start();
    let calls = 0;
    processors.span.push(
      processor({
        onEnding(span) {
          calls++;
          span.end();
        },
      }),
    );
    tracer.startSpan('a').end();
    assert.equal(calls, 1);
    assert.equal((await spans()).length, 1);
  });

  test('are shut down once, however often the provider is', async () => {
    // The stock SDK shuts them down each time.
    const { tracerProvider, processors } = start();
    let calls = 0;
    processors.span.push(processor({ shutdown: async () => void calls++ }));
    await Promise.all([tracerProvider.shutdown(), tracerProvider.shutdown()]);
    await tracerProvider.shutdown();
    assert.equal(calls, 1);
  });

  test('whose flush throws at once are survived', async () => {
    const { tracerProvider, processors } = start();
    processors.span.push(
      processor({
        forceFlush() {
          throw new Error('at once');
        },
      }),
    );
    await tracerProvider.forceFlush();
    await tracerProvider.shutdown();
  });

  test('that put what is no attribute into the attributes do not spoil the span', async () => {
    // The stock SDK sends it on to its serializer, which throws on a cycle.
    const { tracer, processors, spans } = start();
    processors.span.push(
      processor({
        onStart({ attributes }) {
          const cycle: Record<string, unknown> = {};
          cycle['self'] = cycle;
          Object.assign(attributes, { cycle, f: () => {}, good: 1 });
        },
      }),
    );
    tracer.startSpan('a', {}, ROOT_CONTEXT).setAttribute('own', 2).end();
    assert.deepEqual((await spans())[0]?.attributes, { good: 1, own: 2 });
  });
});
