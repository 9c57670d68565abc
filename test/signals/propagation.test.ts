/** Context formats: what is read, what is written, and that rubbish in a header does no harm. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ROOT_CONTEXT, TraceFlags, defaultTextMapGetter, defaultTextMapSetter, propagation, trace } from '@opentelemetry/api';
import type { SpanContext } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import type { PropagatorName } from '../../src/config/types.ts';
import { createPropagator } from '../../src/signals/propagation.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const spanContext: SpanContext = { traceId, spanId, traceFlags: TraceFlags.SAMPLED };

const inject = (names: readonly PropagatorName[], baggage?: string): Record<string, string> => {
  const carrier: Record<string, string> = {};
  let context = trace.setSpanContext(ROOT_CONTEXT, spanContext);
  if (baggage) context = propagation.setBaggage(context, propagation.createBaggage({ tenant: { value: baggage } }));
  createPropagator(names).inject(context, carrier, defaultTextMapSetter);
  return carrier;
};
const extract = (names: readonly PropagatorName[], carrier: Record<string, string>): SpanContext | undefined =>
  trace.getSpanContext(createPropagator(names).extract(ROOT_CONTEXT, carrier, defaultTextMapGetter));

const headers: Readonly<Record<Exclude<PropagatorName, 'baggage'>, Readonly<Record<string, string>>>> = {
  tracecontext: { traceparent: `00-${traceId}-${spanId}-01` },
  b3: { b3: `${traceId}-${spanId}-1` },
  b3multi: { 'x-b3-traceid': traceId, 'x-b3-spanid': spanId, 'x-b3-sampled': '1' },
  jaeger: { 'uber-trace-id': `${traceId}:${spanId}:0:01` },
  xray: { 'x-amzn-trace-id': `Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=${spanId};Sampled=1` },
};
const tracer = new TracerProvider().getTracer('test');
const names = Object.keys(headers) as (keyof typeof headers)[];

for (const name of names) {
  describe(name, () => {
    test('writes its headers and reads them back', () => {
      const carrier = inject([name]);
      assert.deepEqual(Object.fromEntries(Object.entries(carrier).map(([key, value]) => [key.toLowerCase(), value])), headers[name]);
      const read = extract([name], carrier);
      assert.deepEqual([read?.traceId, read?.spanId, read?.traceFlags, read?.isRemote], [traceId, spanId, TraceFlags.SAMPLED, true]);
    });

    test('leaves the headers of the other formats alone', () => {
      const others = Object.assign(
        {},
        ...names.filter((other) => other !== name && !(name.startsWith('b3') && other.startsWith('b3'))).map((other) => headers[other]),
      ) as Record<string, string>;
      assert.equal(extract([name], others), undefined);
    });

    test('a span below rubbish is valid all the same', () => {
      fc.assert(
        fc.property(
          fc.constantFrom(...Object.keys(headers[name])),
          fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-f:;=-]{0,80}$/)),
          (header, value) => {
            const context = createPropagator([name]).extract(ROOT_CONTEXT, { ...headers[name], [header]: value }, defaultTextMapGetter);
            assert.ok(trace.isSpanContextValid(tracer.startSpan('GET', {}, context).spanContext()));
          },
        ),
      );
    });
  });
}

test('both forms of b3 are read by either name', () => {
  for (const name of ['b3', 'b3multi'] as const)
    for (const form of ['b3', 'b3multi'] as const) assert.equal(extract([name], headers[form])?.traceId, traceId, `${form} by ${name}`);
});

test('baggage travels by itself or beside any format', () => {
  assert.deepEqual(inject(['baggage'], 'acme'), { baggage: 'tenant=acme' });
  assert.deepEqual(Object.keys(inject(['b3', 'baggage'], 'acme')).sort(), ['b3', 'baggage']);
});

test('without any name nothing is read or written', () => {
  assert.deepEqual(inject([], 'acme'), {});
  assert.equal(extract([], headers.tracecontext), undefined);
});
