/** Whatever the official schema allows goes into the store, comes out as what was sent, and can be asked for in every way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeLogs, decodeMetrics, decodeTraces } from '../../src/otlp/decode.ts';
import { answers } from '../../src/viewer/query/answers.ts';
import type { Trace } from '../../src/viewer/api.ts';
import { arbitraryPayload } from '../otlp/arbitrary-payload.ts';
import { encodeOfficially, officialData } from '../otlp/official-schema.ts';
import { createTestStore } from './support.ts';

const RUNS = 60;

test('random traces, logs and metrics', { timeout: 280_000 }, () => {
  using store = createTestStore();
  const { reader, writer } = store;
  const ask = (name: string, query: object = {}): unknown => {
    const answer = reader.read(() => answers[name]!(reader, query as never));
    // It has to be JSON.
    return answer === undefined ? undefined : JSON.parse(JSON.stringify(answer));
  };
  const known = new Set<string>();
  let logs = 0;
  fc.assert(
    fc.property(
      arbitraryPayload(officialData.TracesData, 6),
      arbitraryPayload(officialData.LogsData, 6),
      arbitraryPayload(officialData.MetricsData, 6),
      (traces, records, metrics) => {
        const bytes = [
          encodeOfficially(officialData.TracesData, traces),
          encodeOfficially(officialData.LogsData, records),
          encodeOfficially(officialData.MetricsData, metrics),
        ] as const;
        store.take(
          { signal: 'traces', encoding: 'protobuf', bytes: bytes[0] },
          { signal: 'logs', encoding: 'protobuf', bytes: bytes[1] },
          { signal: 'metrics', encoding: 'protobuf', bytes: bytes[2] },
        );
        const spans = decodeTraces(bytes[0]);
        const fresh = spans.filter(({ traceId, spanId }) => !known.has(`${traceId}/${spanId}`) && known.add(`${traceId}/${spanId}`));
        logs += decodeLogs(bytes[1]).length;
        assert.deepEqual([writer.counts().spans, writer.counts().logs], [known.size, logs]);
        for (const span of fresh) {
          if (span.traceId === '') continue;
          const trace = ask('trace', { traceId: span.traceId }) as Trace;
          const stored = trace.spans.find(({ spanId }) => spanId === span.spanId)!;
          assert.equal(stored.name, span.name.toWellFormed());
          assert.deepEqual(Object.keys(stored.attributes).sort(), Object.keys(span.attributes).sort());
          assert.equal(stored.events.length, span.events.length);
          assert.ok(ask('otlp', { traceId: span.traceId }) && ask('jaeger', { traceId: span.traceId }));
        }
        for (const { name, points, type } of decodeMetrics(bytes[2]))
          if (points.length > 0 && type !== 'empty') assert.ok(ask('series', { name: name.toWellFormed(), points: 10 }), name);
        for (const name of [
          'services',
          'traces',
          'latency',
          'logs',
          'facets',
          'histogram',
          'metrics',
          'map',
          'errors',
          'overview',
          'attributes',
          'span',
        ])
          assert.ok(ask(name), name);
      },
    ),
    { numRuns: RUNS },
  );
  assert.ok(known.size > 20 && logs > 20);
});
