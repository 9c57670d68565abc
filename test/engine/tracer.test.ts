/** Where spans come from: tracers, parents, contexts. https://opentelemetry.io/docs/specs/otel/trace/api/ and https://opentelemetry.io/docs/specs/otel/trace/sdk/ */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INVALID_SPAN_CONTEXT, ROOT_CONTEXT, SpanKind, context, createTraceState, isSpanContextValid, trace } from '@opentelemetry/api';
import { W3CTraceContextPropagator, suppressTracing } from '@opentelemetry/core';
import { describeEngines, describeLean, diagnosticsOf, remoteParent, spanId, traceId } from './engines.ts';

describeEngines('Tracers', (start) => {
  test('name, version and schema of a tracer stand beside its spans as their scope', async () => {
    const { tracerProvider, spans } = start();
    tracerProvider.getTracer('pay', '1.2.3', { schemaUrl: 'https://example.com/1' }).startSpan('a').end();
    const [span] = await spans();
    assert.equal(span?.scope.name, 'pay');
    assert.equal(span.scope.version, '1.2.3');
    assert.equal(span.scope.schemaUrl, 'https://example.com/1');
  });

  test('the resource of the provider stands beside every span', async () => {
    const { tracer, spans } = start();
    tracer.startSpan('a').end();
    assert.deepEqual((await spans())[0]?.resource.attributes, { 'service.name': 'shop' });
  });

  test('the same name, version and schema give the same tracer, a different one gives another', () => {
    const { tracerProvider } = start();
    assert.equal(tracerProvider.getTracer('a', '1'), tracerProvider.getTracer('a', '1'));
    assert.notEqual(tracerProvider.getTracer('a', '1'), tracerProvider.getTracer('a', '2'));
    assert.notEqual(tracerProvider.getTracer('a', '1'), tracerProvider.getTracer('a', '1', { schemaUrl: 'https://example.com/1' }));
  });

  test('a tracer without a name works and its scope has an empty name', async () => {
    const { tracerProvider, spans } = start();
    tracerProvider.getTracer('').startSpan('a').end();
    assert.equal((await spans())[0]?.scope.name, '');
  });

  test('providers are independent of each other', async () => {
    const [one, other] = [start(), start()];
    one.tracer.startSpan('a').end();
    assert.equal((await one.spans()).length, 1);
    assert.equal((await other.spans()).length, 0);
  });
});

describeEngines('The parent of a span', (start) => {
  test('a span without one is a root: a new trace, no parent id', async () => {
    const { tracer, spans } = start();
    tracer.startSpan('a', {}, ROOT_CONTEXT).end();
    tracer.startSpan('b', {}, ROOT_CONTEXT).end();
    const [a, b] = await spans();
    assert.equal(a?.parentSpanId, '');
    assert.notEqual(a.traceId, b?.traceId);
  });

  test('a child has the trace id of its parent, its span id as parent id, and an id of its own', async () => {
    const { tracer, spans } = start();
    const parent = tracer.startSpan('parent');
    tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, parent)).end();
    parent.end();
    const [child, own] = await spans();
    assert.equal(child?.traceId, own?.traceId);
    assert.equal(child?.parentSpanId, own?.spanId);
    assert.notEqual(child?.spanId, own?.spanId);
  });

  test('without a context given it is the active span', async () => {
    const { tracer, spans } = start();
    tracer.startActiveSpan('parent', (parent) => {
      tracer.startSpan('child').end();
      parent.end();
    });
    const [child, parent] = await spans();
    assert.equal(child?.parentSpanId, parent?.spanId);
  });

  test('root: true makes a new trace in spite of an active span', async () => {
    const { tracer, spans } = start();
    tracer.startActiveSpan('parent', (parent) => {
      tracer.startSpan('root', { root: true }).end();
      parent.end();
    });
    const [root, parent] = await spans();
    assert.equal(root?.parentSpanId, '');
    assert.notEqual(root.traceId, parent?.traceId);
  });

  test('a remote one gives its trace id, and the span says that its parent is remote', async () => {
    const { tracer, spans } = start();
    const span = tracer.startSpan('a', {}, remoteParent());
    assert.ok(!span.spanContext().isRemote);
    span.end();
    const [exported] = await spans();
    assert.equal(exported?.traceId, traceId);
    assert.equal(exported.parentSpanId, spanId);
    assert.equal(exported.flags, 0x301);
  });

  test('a local one is told apart from a remote one in the flags', async () => {
    const { tracer, spans } = start();
    tracer.startSpan('a', {}, remoteParent({ isRemote: false })).end();
    assert.equal((await spans())[0]?.flags, 0x101);
  });

  test('an invalid one counts as none', async () => {
    const { tracer, spans } = start();
    for (const bad of [
      INVALID_SPAN_CONTEXT,
      { traceId, spanId: '0000000000000000', traceFlags: 1 },
      { traceId: 'nonsense', spanId, traceFlags: 1 },
    ])
      tracer.startSpan('a', {}, trace.setSpanContext(ROOT_CONTEXT, bad)).end();
    for (const span of await spans()) {
      assert.equal(span.parentSpanId, '');
      assert.notEqual(span.traceId, traceId);
      assert.match(span.traceId, /^(?!0{32})[0-9a-f]{32}$/);
    }
  });

  test('its trace state is inherited and exported', async () => {
    const { tracer, spans } = start();
    const child = tracer.startSpan('a', {}, remoteParent({ traceState: createTraceState('vendor=x,other=y') }));
    const grandchild = tracer.startSpan('b', {}, trace.setSpan(ROOT_CONTEXT, child));
    assert.equal(grandchild.spanContext().traceState?.get('vendor'), 'x');
    child.end();
    grandchild.end();
    assert.deepEqual(
      (await spans()).map((span) => span.traceState),
      ['vendor=x,other=y', 'vendor=x,other=y'],
    );
  });

  test('it may have ended already', async () => {
    const { tracer, spans } = start();
    const parent = tracer.startSpan('parent');
    parent.end();
    tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, parent)).end();
    const [own, child] = await spans();
    assert.equal(child?.parentSpanId, own?.spanId);
  });

  test('goes over the wire and back: traceparent of a span makes a child of it', async () => {
    const { tracer, spans } = start();
    const propagator = new W3CTraceContextPropagator();
    const parent = tracer.startSpan('client', {}, remoteParent({ traceState: createTraceState('a=1') }));
    const carrier: Record<string, string> = {};
    propagator.inject(trace.setSpan(ROOT_CONTEXT, parent), carrier, { set: (to: Record<string, string>, key, value) => (to[key] = value) });
    const { traceId: id, spanId: parentId } = parent.spanContext();
    assert.equal(carrier['traceparent'], `00-${id}-${parentId}-01`);
    const extracted = propagator.extract(ROOT_CONTEXT, carrier, {
      get: (from: Record<string, string>, key) => from[key],
      keys: (from) => Object.keys(from),
    });
    tracer.startSpan('server', {}, extracted).end();
    const [server] = await spans();
    assert.equal(server?.traceId, id);
    assert.equal(server.parentSpanId, parentId);
    assert.equal(server.traceState, 'a=1');
    assert.equal(server.flags, 0x301);
  });
});

describeEngines('Starting a span', (start) => {
  test('does not make it the active one', () => {
    const { tracer } = start();
    tracer.startSpan('a');
    assert.equal(trace.getActiveSpan(), undefined);
  });

  test('startActiveSpan makes it active for the function, in all three forms, and gives back what that returns', () => {
    const { tracer } = start();
    const seen: unknown[] = [];
    const look = (span: unknown): number => seen.push(trace.getActiveSpan() === span);
    assert.equal(tracer.startActiveSpan('a', look), 1);
    assert.equal(tracer.startActiveSpan('a', { kind: SpanKind.CLIENT }, look), 2);
    assert.equal(tracer.startActiveSpan('a', {}, remoteParent(), look), 3);
    assert.deepEqual(seen, [true, true, true]);
    assert.equal(trace.getActiveSpan(), undefined);
  });

  test('startActiveSpan lets an exception of the function through', () => {
    const { tracer } = start();
    assert.throws(
      () =>
        tracer.startActiveSpan('a', () => {
          throw new RangeError('mine');
        }),
      RangeError,
    );
    assert.equal(trace.getActiveSpan(), undefined);
  });

  test('the active span lasts over awaits', async () => {
    const { tracer } = start();
    await tracer.startActiveSpan('a', async (span) => {
      await Promise.resolve();
      assert.equal(trace.getActiveSpan(), span);
    });
  });

  test('every kind is exported, internal where none is given', async () => {
    const { tracer, spans } = start();
    tracer.startSpan('a').end();
    for (const kind of [SpanKind.INTERNAL, SpanKind.SERVER, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER])
      tracer.startSpan('a', { kind }).end();
    assert.deepEqual(
      (await spans()).map((span) => span.kind),
      ['internal', 'internal', 'server', 'client', 'producer', 'consumer'],
    );
  });

  test('attributes and links given at the start are there', async () => {
    const { tracer, spans } = start();
    const link = { context: { traceId, spanId, traceFlags: 1 }, attributes: { why: 'batch' } };
    tracer.startSpan('a', { attributes: { 'http.route': '/' }, links: [link] }).end();
    const [span] = await spans();
    assert.deepEqual(span?.attributes, { 'http.route': '/' });
    assert.deepEqual(
      span.links.map(({ traceId: id, attributes }) => [id, attributes]),
      [[traceId, { why: 'batch' }]],
    );
  });

  test('while tracing is suppressed there is a span without ids, which records nothing', async () => {
    const { tracer, spans } = start();
    context.with(suppressTracing(ROOT_CONTEXT), () => {
      const span = tracer.startSpan('a');
      assert.ok(!isSpanContextValid(span.spanContext()));
      assert.ok(!span.isRecording());
      span.setAttribute('a', 1).addEvent('b').end();
    });
    assert.deepEqual(await spans(), []);
  });
});

describeLean('Tracers', (start) => {
  test('a tracer without a name is told of, and undefined is no name', async () => {
    // The stock SDK says nothing, and its serializer sends a scope without a name for undefined.
    const { tracerProvider, spans } = start();
    const lines = diagnosticsOf(() =>
      tracerProvider
        .getTracer(undefined as never)
        .startSpan('a')
        .end(),
    );
    assert.match(lines.join(), /without instrumentation scope name/);
    assert.equal((await spans())[0]?.scope.name, '');
  });

  test('after the shutdown of the provider spans are not recorded', async () => {
    // The stock SDK goes on: only its batch processor takes nothing more.
    const { tracer, tracerProvider, spans } = start();
    await tracerProvider.shutdown();
    for (const late of [tracer, tracerProvider.getTracer('late')]) {
      const span = late.startSpan('a');
      assert.ok(!span.isRecording());
      span.end();
    }
    assert.deepEqual(await spans(), []);
  });
});
