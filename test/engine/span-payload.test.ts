/** Whatever an app does to a span: the bytes of the lean engine say the same as those of the stock SDK and its serializer. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ROOT_CONTEXT, createTraceState, trace } from '@opentelemetry/api';
import type { Context, Span, SpanOptions, Tracer } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { SpanCounts } from '../../src/engine/counts.ts';
import { encodeSpan } from '../../src/engine/encode-span.ts';
import type { LeanSpan } from '../../src/engine/span.ts';
import { LeanTracerProvider } from '../../src/engine/tracer.ts';
import { anyValue, attributeKey, attributes, nameText } from './arbitrary-values.ts';
import { frame, readOfficially, scopesOf } from './official.ts';
import type { Plain } from './official.ts';

type Step = (span: Span) => unknown;

const hex = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length }).filter((id) => /[1-9a-f]/.test(id));
const spanContext = fc.record({
  traceId: hex(32),
  spanId: hex(16),
  traceFlags: fc.constantFrom(0, 1),
  isRemote: fc.boolean(),
  traceState: fc.option(
    fc.constantFrom('a=1', 'vendor=x,other=y').map((state) => createTraceState(state)),
    { nil: undefined },
  ),
});
const hrTime = fc.tuple(fc.integer({ min: 1_600_000_000, max: 4_000_000_000 }), fc.integer({ min: 0, max: 999_999_999 })) as fc.Arbitrary<
  [number, number]
>;
const time = fc.oneof(
  hrTime,
  fc.double({ min: 1.6e12, max: 1.9e12, noNaN: true }).map((ms) => Math.round(ms * 4) / 4),
  fc.date({ min: new Date(1.6e12), max: new Date(1.9e12), noInvalidDate: true }),
);
const link = fc.record({ context: spanContext, attributes: fc.option(attributes, { nil: undefined }) });
const exception = fc.oneof(
  fc.string(),
  fc.record({ name: fc.constantFrom('TypeError', ''), message: nameText, stack: fc.constantFrom('at x', '') }, { noNullPrototype: true }),
  fc.record({ code: fc.constantFrom('ENOENT', 42, 0), message: nameText }, { noNullPrototype: true }),
  fc.constantFrom({}, new TypeError('broken')),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(attributeKey, anyValue).map(
    ([name, value]): Step =>
      (span) =>
        span.setAttribute(name, value as never),
  ),
  attributes.map(
    (all): Step =>
      (span) =>
        span.setAttributes(all as never),
  ),
  fc.tuple(nameText, fc.option(attributes, { nil: undefined }), time).map(
    ([name, all, at]): Step =>
      (span) =>
        span.addEvent(name, all as never, at),
  ),
  fc.tuple(nameText, time).map(
    ([name, at]): Step =>
      (span) =>
        span.addEvent(name, at),
  ),
  link.map(
    (one): Step =>
      (span) =>
        span.addLink(one as never),
  ),
  fc.array(link, { maxLength: 3 }).map(
    (some): Step =>
      (span) =>
        span.addLinks(some as never),
  ),
  fc.record({ code: fc.constantFrom(0, 1, 2), message: fc.option(fc.oneof(nameText, fc.constant(5)), { nil: undefined }) }).map(
    (status): Step =>
      (span) =>
        span.setStatus(status as never),
  ),
  nameText.map(
    (name): Step =>
      (span) =>
        span.updateName(name),
  ),
  fc.tuple(exception, time).map(
    ([thrown, at]): Step =>
      (span) =>
        span.recordException(thrown as never, at),
  ),
);

const limits = fc.record({
  count: fc.constantFrom(0, 1, 3, 128),
  length: fc.constantFrom(1, 5, 100, Infinity),
  events: fc.constantFrom(0, 1, 2, 128),
  links: fc.constantFrom(0, 1, 2, 128),
  perEvent: fc.constantFrom(0, 1, 128),
  perLink: fc.constantFrom(0, 1, 128),
});

const life = fc.record({
  name: nameText,
  kind: fc.option(fc.constantFrom(0, 1, 2, 3, 4), { nil: undefined }),
  attributes: fc.option(attributes, { nil: undefined }),
  links: fc.option(fc.array(link, { maxLength: 4 }), { nil: undefined }),
  startTime: time,
  endTime: time,
  parent: fc.option(spanContext, { nil: undefined }),
  steps: fc.array(step, { maxLength: 12 }),
  limits,
});

const scope = ['otelier-test', '1.2.3', { schemaUrl: 'https://opentelemetry.io/schemas/1.40.0' }] as const;
const resource = { 'service.name': 'shop', 'process.pid': 42 };

type Life = typeof life extends fc.Arbitrary<infer L> ? L : never;

function live(tracer: Tracer, { name, kind, attributes: first, links, startTime, endTime, parent, steps }: Life): void {
  const context: Context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent as never) : ROOT_CONTEXT;
  const options: SpanOptions = { ...(kind !== undefined && { kind }), attributes: first as never, links: links as never, startTime };
  const span = tracer.startSpan(name, options, context);
  for (const one of steps) one(span);
  span.end(endTime);
}

function recordWithStock(one: Life): Uint8Array {
  const exporter = new InMemorySpanExporter();
  const { count, length, events, links, perEvent, perLink } = one.limits;
  const provider = new TracerProvider({
    resource: resourceFromAttributes(resource),
    sampler: { shouldSample: () => ({ decision: 2 }), toString: () => 'always' },
    spanLimits: {
      attributeCountLimit: count,
      attributeValueLengthLimit: length,
      eventCountLimit: events,
      linkCountLimit: links,
      attributePerEventCountLimit: perEvent,
      attributePerLinkCountLimit: perLink,
    },
    spanProcessors: [new SimpleSpanProcessor({ exporter })],
  });
  live(provider.getTracer(...scope), one);
  return ProtobufTraceSerializer.serializeRequest(exporter.getFinishedSpans())!;
}

function recordLean(one: Life): Uint8Array {
  const finished: LeanSpan[] = [];
  const { count, length, events, links, perEvent, perLink } = one.limits;
  const provider = new LeanTracerProvider({
    resource: resourceFromAttributes(resource),
    sample: () => true,
    counts: new SpanCounts(),
    limits: {
      attributes: { count, length },
      eventAttributes: { count: perEvent, length },
      linkAttributes: { count: perLink, length },
      events,
      links,
    },
    processors: [],
    finish: (span) => finished.push(span),
    flush: async () => {},
  });
  live(provider.getTracer(...scope), one);
  return frame(
    finished.map((span) => ({ scope: span.scope, write: encodeSpan, item: span })),
    resource,
  );
}

/** New ids are random, and a status that was never set is sent by one and not by the other. */
function comparable(data: Plain): Plain {
  for (const { spans } of scopesOf(data, 'Spans') as unknown as { spans: Plain[] }[]) {
    for (const span of spans) {
      assert.equal(Buffer.from(span['spanId'] as string, 'base64').length, 8);
      delete span['spanId'];
      const parent = span['parentSpanId'];
      assert.equal(Buffer.from(span['traceId'] as string, 'base64').length, 16);
      if (parent === '') delete span['traceId'];
      span['status'] ??= { message: '', code: 0 };
      sortAttributes(span);
      assert.equal(typeof span['flags'], 'number');
    }
  }
  return data;
}

/** Attributes are a set: the stock SDK keeps them in an object, where names such as `0` come first. */
function sortAttributes(span: Plain): void {
  for (const holder of [span, ...(span['events'] as Plain[]), ...(span['links'] as Plain[])]) {
    (holder['attributes'] as { key: string }[]).sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}

describe('a span of the lean engine, decoded by the official schema', () => {
  test('equals what the stock SDK and its serializer make of the same calls', () => {
    fc.assert(
      fc.property(life, (one) => {
        assert.deepEqual(
          comparable(readOfficially('TracesData', recordLean(one))),
          comparable(readOfficially('TracesData', recordWithStock(one))),
        );
      }),
      { numRuns: 1500 },
    );
  });
});
