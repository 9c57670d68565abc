/** Which spans are recorded, and their ids. https://opentelemetry.io/docs/specs/otel/trace/sdk/#sampling and #id-generators */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ROOT_CONTEXT, createTraceState, isSpanContextValid, trace } from '@opentelemetry/api';
import { AlwaysOnSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { Identity, partsOfTrace, randomTrace } from '../../src/engine/ids.ts';
import { createSample } from '../../src/engine/sampling.ts';
import { describeEngines, remoteParent, traceId } from './engines.ts';

const sampler = (name: string, ratio?: string): Record<string, string> => ({
  OTEL_TRACES_SAMPLER: name,
  ...(ratio && { OTEL_TRACES_SAMPLER_ARG: ratio }),
});
const NONE = { traceFlags: 0 };
const LOCAL = { isRemote: false };

/** Sampler, then whether it takes: a root, a remote sampled parent, a remote unsampled one, a local sampled one, a local unsampled one. */
const decisions: readonly [string, string | undefined, readonly boolean[]][] = [
  ['always_on', undefined, [true, true, true, true, true]],
  ['always_off', undefined, [false, false, false, false, false]],
  ['traceidratio', '1', [true, true, true, true, true]],
  ['traceidratio', '0', [false, false, false, false, false]],
  ['parentbased_always_on', undefined, [true, true, false, true, false]],
  ['parentbased_always_off', undefined, [false, true, false, true, false]],
  ['parentbased_traceidratio', '1', [true, true, false, true, false]],
  ['parentbased_traceidratio', '0', [false, true, false, true, false]],
];
const parents = [ROOT_CONTEXT, remoteParent(), remoteParent(NONE), remoteParent(LOCAL), remoteParent({ ...LOCAL, ...NONE })];

describeEngines('Samplers', (start) => {
  for (const [name, ratio, expected] of decisions) {
    const title = ratio ? `${name} of ${ratio}` : name;
    test(`${title} decides by root, remote and local parent`, async () => {
      const { tracer, spans } = start(sampler(name, ratio));
      const sampled = parents.map((parent) => {
        const span = tracer.startSpan('a', {}, parent);
        assert.equal(span.isRecording(), span.spanContext().traceFlags === 1);
        span.end();
        return span.isRecording() || span.spanContext().traceFlags === 1;
      });
      assert.deepEqual(sampled, expected);
      assert.equal((await spans()).length, expected.filter(Boolean).length);
    });
  }

  test('the default is parentbased_always_on', () => {
    const { tracer } = start();
    assert.deepEqual(
      parents.map((parent) => tracer.startSpan('a', {}, parent).isRecording()),
      [true, true, false, true, false],
    );
  });

  test('traceidratio ignores whether the parent is sampled, and decides alike for all spans of a trace', () => {
    const { tracer } = start(sampler('traceidratio', '0.5'));
    for (let i = 0; i < 50; i++) {
      const root = tracer.startSpan('root', {}, ROOT_CONTEXT);
      const child = tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, root));
      const flipped = tracer.startSpan(
        'b',
        {},
        trace.setSpanContext(ROOT_CONTEXT, { ...root.spanContext(), traceFlags: root.isRecording() ? 0 : 1 }),
      );
      assert.deepEqual([child.isRecording(), flipped.isRecording()], [root.isRecording(), root.isRecording()]);
    }
  });

  test('a span that is not sampled has an id of its own, the trace of its parent and its trace state, and records nothing', async () => {
    const { tracer, spans, processors } = start();
    const seen: unknown[] = [];
    processors.span.push({
      onStart: (span) => void seen.push(span),
      onEnd: (span) => void seen.push(span),
      forceFlush: async () => {},
      shutdown: async () => {},
    });
    const parent = remoteParent({ ...NONE, traceState: createTraceState('a=1') });
    const span = tracer.startSpan('a', {}, parent);
    const other = tracer.startSpan('a', {}, parent);
    const spanContext = span.spanContext();
    assert.ok(isSpanContextValid(spanContext));
    assert.equal(spanContext.traceId, traceId);
    assert.notEqual(spanContext.spanId, other.spanContext().spanId);
    assert.equal(spanContext.traceState?.get('a'), '1');
    span.setAttribute('a', 1).setAttributes({}).addEvent('e').addLinks([]).setStatus({ code: 2 }).updateName('b');
    span.recordException(new Error('x'));
    span.end();
    assert.deepEqual(await spans(), []);
    assert.deepEqual(seen, []);
  });

  test('the children of an unsampled span are unsampled', () => {
    const { tracer } = start(sampler('parentbased_always_off'));
    tracer.startActiveSpan('parent', () => assert.equal(tracer.startSpan('child').isRecording(), false));
  });

  test('a name that changes later changes no decision', () => {
    const { tracer } = start(sampler('always_on'));
    const span = tracer.startSpan('a').updateName('b');
    assert.equal(span.spanContext().traceFlags, 1);
  });
});

describeEngines('Ids', (start) => {
  test('are random: ten thousand traces and spans of which no two are alike, none of zeros', () => {
    const { tracer } = start();
    const ids = new Set<string>();
    for (let i = 0; i < 10_000; i++) {
      const spanContext = tracer.startSpan('a', {}, ROOT_CONTEXT).spanContext();
      assert.ok(isSpanContextValid(spanContext));
      ids.add(spanContext.traceId).add(spanContext.spanId);
    }
    assert.equal(ids.size, 20_000);
  });
});

describe('The ids of the lean engine', () => {
  test('every one of the 128 and 64 bits is set about half the time', () => {
    const set = Array.from({ length: 192 }, () => 0);
    const runs = 4000;
    for (let i = 0; i < runs; i++) {
      const { traceId: ofTrace, spanId } = new Identity(randomTrace(), 1, undefined).spanContext();
      const bits = BigInt(`0x${ofTrace}${spanId}`);
      for (let bit = 0; bit < 192; bit++) if ((bits >> BigInt(bit)) & 1n) set[bit]!++;
    }
    // 4000 throws of a coin: 8 standard deviations of 32 beyond the mean do not happen.
    for (const [bit, count] of set.entries()) assert.ok(Math.abs(count - runs / 2) < 256, `bit ${bit}: ${count}`);
  });

  test('a trace id read from the wire is written as it was', () => {
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(hex, (id) => {
        const identity = new Identity(partsOfTrace({ traceId: id, spanId: '', traceFlags: 1 }), 1, undefined);
        assert.equal(identity.spanContext().traceId, id);
      }),
    );
  });
});

describe('The ratio of the lean engine', () => {
  const sampleBy = (ratio: number, id: string): boolean =>
    createSample({ name: 'traceidratio', ratio })(partsOfTrace({ traceId: id, spanId: '', traceFlags: 0 }), undefined);
  const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 32, maxLength: 32 }).filter((id) => /[1-9a-f]/.test(id));
  const ratio = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 0.5, 1e-9, 1 - 1e-9));

  test('takes exactly the traces that the stock sampler takes', () => {
    fc.assert(
      fc.property(ratio, hex, (share, id) => {
        const stock = new TraceIdRatioBasedSampler(share).shouldSample(ROOT_CONTEXT, id);
        assert.equal(sampleBy(share, id), stock.decision === new AlwaysOnSampler().shouldSample().decision);
      }),
      { numRuns: 5000 },
    );
  });

  test('takes every trace that a smaller one takes', () => {
    fc.assert(
      fc.property(ratio, ratio, hex, (a, b, id) => {
        if (sampleBy(Math.min(a, b), id)) assert.ok(sampleBy(Math.max(a, b), id));
      }),
    );
  });

  test('takes about its share of random traces', () => {
    const sample = createSample({ name: 'traceidratio', ratio: 0.25 });
    let taken = 0;
    for (let i = 0; i < 20_000; i++) if (sample(randomTrace(), undefined)) taken++;
    assert.ok(Math.abs(taken - 5000) < 500, String(taken));
  });
});
