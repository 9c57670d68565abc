/** The tracer of quiet layers: its spans stand for their parent, record nothing but exceptions there, and never become the active span. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ROOT_CONTEXT, SpanStatusCode, context, trace } from '@opentelemetry/api';
import type { Span, Tracer } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { QuietContextManager } from '../../src/signals/context.ts';
import { quietTracerProvider } from '../../src/signals/quiet-tracer.ts';

const exporter = new InMemorySpanExporter();
const real: Tracer = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }).getTracer('real');
const quiet = quietTracerProvider.getTracer('quiet');

before(() => context.setGlobalContextManager(new QuietContextManager().enable()));
after(() => context.disable());
beforeEach(() => exporter.reset());

const inRealSpan = <R>(work: (span: Span) => R): R =>
  real.startActiveSpan('server', (span) => {
    try {
      return work(span);
    } finally {
      span.end();
    }
  });
const serverSpan = () => exporter.getFinishedSpans().find(({ name }) => name === 'server')!;

describe('below a real span', () => {
  test('a layer has the ids of the real span, is not recording and is not exported', () => {
    inRealSpan((server) => {
      const layer = quiet.startSpan('middleware');
      assert.deepEqual(layer.spanContext(), server.spanContext());
      assert.equal(layer.isRecording(), false);
      layer.setAttribute('a', 1).setAttributes({ b: 2 }).addEvent('c').updateName('d').setStatus({ code: SpanStatusCode.ERROR });
      layer.end();
    });
    assert.deepEqual(
      exporter.getFinishedSpans().map(({ name }) => name),
      ['server'],
    );
    const { attributes, events, status } = serverSpan();
    assert.deepEqual([attributes, events, status.code], [{}, [], SpanStatusCode.UNSET]);
  });

  test('the active span inside a layer is the real one, however deep the layers are', () => {
    inRealSpan((server) => {
      quiet.startActiveSpan('router', (outer) => {
        assert.equal(trace.getActiveSpan(), server);
        context.with(trace.setSpan(context.active(), outer), () => {
          assert.equal(trace.getActiveSpan(), server);
          quiet.startActiveSpan('handler', {}, context.active(), () => assert.equal(trace.getActiveSpan(), server));
          real.startActiveSpan('query', (query) => query.end());
        });
        const bound = context.bind(trace.setSpan(ROOT_CONTEXT, outer), () => trace.getActiveSpan());
        assert.equal(bound(), server);
      });
    });
    const query = exporter.getFinishedSpans().find(({ name }) => name === 'query')!;
    assert.equal(query.parentSpanContext?.spanId, serverSpan().spanContext().spanId);
  });

  test('an exception that passes several layers is told once, on the real span', () => {
    const error = new TypeError('broken');
    inRealSpan(() => {
      for (const name of ['handler', 'router', 'app']) quiet.startSpan(name).recordException(error);
      quiet.startSpan('other').recordException(new RangeError('another'));
    });
    assert.deepEqual(
      serverSpan().events.map(({ name, attributes }) => [name, attributes?.['exception.type']]),
      [
        ['exception', 'TypeError'],
        ['exception', 'RangeError'],
      ],
    );
  });

  test('a layer gives back what its work gives back, and lets through what it throws', () => {
    inRealSpan(() => {
      assert.equal(
        quiet.startActiveSpan('layer', () => 7),
        7,
      );
      assert.throws(
        () =>
          quiet.startActiveSpan('layer', () => {
            throw new Error('through');
          }),
        /through/,
      );
    });
  });
});

describe('below no span', () => {
  test('a layer has no valid ids, records no exception, and a real span inside it is a root', () => {
    const layer = quiet.startSpan('middleware');
    layer.recordException(new Error('nobody listens'));
    assert.equal(trace.isSpanContextValid(layer.spanContext()), false);
    context.with(trace.setSpan(ROOT_CONTEXT, layer), () => {
      assert.equal(trace.getActiveSpan(), undefined);
      real.startSpan('root').end();
    });
    assert.equal(exporter.getFinishedSpans()[0]?.parentSpanContext, undefined);
  });
});
