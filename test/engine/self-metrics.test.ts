/** What the engines count of themselves. https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/ */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROOT_CONTEXT, context, trace } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import type { MetricRecord } from '../../src/otlp/records.ts';
import { describeEngines, remoteParent } from './engines.ts';

/** By the values of the attributes, in their order of name. */
function valuesOf(metrics: readonly MetricRecord[], name: string): Record<string, number> {
  const points = metrics.find((metric) => metric.name === name)?.points ?? [];
  return Object.fromEntries(
    points.map(({ attributes, value }) => [
      Object.keys(attributes)
        .toSorted()
        .map((key) => String(attributes[key]))
        .join(' '),
      Number(value),
    ]),
  );
}

describeEngines('The SDK about itself', (start) => {
  const env = { OTEL_METRICS_EXPORTER: 'otlp' };

  test('counts spans by the place of their parent and by the decision of the sampler, and those that have not ended', async () => {
    const { tracer, metrics } = start(env);
    const root = tracer.startSpan('root');
    tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, root)).end();
    tracer.startSpan('entry', {}, remoteParent()).end();
    tracer.startSpan('entry that is not sampled', {}, remoteParent({ traceFlags: 0 })).end();
    tracer.startSpan('root in a context with a span', { root: true }, remoteParent()).end();
    tracer.startSpan('parent without ids', {}, trace.setSpanContext(ROOT_CONTEXT, { traceId: '', spanId: '', traceFlags: 1 })).end();
    tracer.startSpan('suppressed', {}, suppressTracing(ROOT_CONTEXT)).end();
    const collected = await metrics();
    assert.deepEqual(valuesOf(collected, 'otel.sdk.span.started'), {
      'none RECORD_AND_SAMPLE': 3,
      'local RECORD_AND_SAMPLE': 1,
      'remote RECORD_AND_SAMPLE': 1,
      'remote DROP': 1,
    });
    assert.deepEqual(valuesOf(collected, 'otel.sdk.span.live'), { RECORD_AND_SAMPLE: 1 });
    root.end();
    root.end();
    assert.deepEqual(valuesOf(await metrics(), 'otel.sdk.span.live'), { RECORD_AND_SAMPLE: 0 });
  });

  test('counts spans that are not sampled as dropped, and none of them as live', async () => {
    const { tracer, metrics } = start({ ...env, OTEL_TRACES_SAMPLER: 'always_off' });
    const span = tracer.startSpan('root');
    tracer.startSpan('child', {}, trace.setSpan(ROOT_CONTEXT, span));
    const collected = await metrics();
    assert.deepEqual(valuesOf(collected, 'otel.sdk.span.started'), { 'none DROP': 1, 'local DROP': 1 });
    assert.deepEqual(valuesOf(collected, 'otel.sdk.span.live'), { RECORD_AND_SAMPLE: 0 });
  });

  test('counts log records, also those that find no room', async () => {
    const { logger, metrics } = start({ ...env, OTEL_BLRP_MAX_QUEUE_SIZE: '2' });
    for (let i = 0; i < 5; i++) logger.emit({ body: 'said', context: context.active() });
    const first = await metrics();
    assert.deepEqual(valuesOf(first, 'otel.sdk.log.created'), { '': 5 });
    const processor = 'batching_log_processor/0 batching_log_processor';
    assert.deepEqual(valuesOf(first, 'otel.sdk.processor.log.queue.size'), { [processor]: 2 });
    assert.deepEqual(valuesOf(await metrics(), 'otel.sdk.processor.log.processed'), {
      [processor]: 2,
      [`queue_full ${processor}`]: 3,
    });
  });
});
