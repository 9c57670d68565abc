/** From a latency to the trace behind it: the duration of a sampled request names its span, over each protocol; an unsampled one names none. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startReceiver } from '../../src/testing.ts';
import { runApp } from '../support/run-app.ts';

const lean = process.env['OTELIER_ENGINE'] !== 'sdk';

describe('exemplars', { skip: lean ? false : 'the stock SDK has none; run without OTELIER_ENGINE=sdk' }, () => {
  for (const protocol of ['http/protobuf', 'http/json', 'grpc']) {
    test(`the durations of both sides of a request name their spans, over ${protocol}`, async () => {
      const receiver = await startReceiver({ grpc: true });
      const endpoint = protocol === 'grpc' ? receiver.grpcUrl : receiver.url;
      await runApp({
        app: 'http-cjs.cjs',
        receiver,
        env: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: protocol },
      });
      await receiver.close();
      for (const side of ['server', 'client']) {
        const span = receiver.spans.find(({ kind }) => kind === side)!;
        const exemplars = receiver.metrics
          .filter(({ name }) => name === `http.${side}.request.duration`)
          .flatMap(({ points }) => points.flatMap((point) => point.exemplars));
        assert.deepEqual(
          exemplars.map(({ traceId, spanId }) => ({ traceId, spanId })),
          [{ traceId: span.traceId, spanId: span.spanId }],
          side,
        );
      }
    });
  }

  test('there are none outside sampled traces, unless asked for', async () => {
    const unsampled = { OTEL_TRACES_SAMPLER: 'always_off' };
    for (const [filter, count] of [
      ['trace_based', 0],
      ['always_on', 1],
    ] as const) {
      const { receiver } = await runApp({ app: 'http-cjs.cjs', env: { ...unsampled, OTEL_METRICS_EXEMPLAR_FILTER: filter } });
      const [duration] = receiver.metrics.filter(({ name }) => name === 'http.server.request.duration');
      assert.equal(duration?.points[0]?.exemplars.length, count, filter);
    }
  });
});
