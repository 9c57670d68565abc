/** One batch of each signal as the real SDK records it, for tests of serializers and exporters. */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  AggregationType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';

export interface SdkBatch {
  readonly spans: ReadableSpan[];
  readonly metrics: ResourceMetrics;
  readonly logs: ReadableLogRecord[];
}

/** A client span inside a server span; a counter and both kinds of histogram; one log record in the server span. */
export async function recordSdkBatch(): Promise<SdkBatch> {
  const resource = resourceFromAttributes({ 'service.name': 'shop' });

  const spanExporter = new InMemorySpanExporter();
  const tracer = new TracerProvider({ resource, spanProcessors: [new SimpleSpanProcessor({ exporter: spanExporter })] }).getTracer(
    'http',
    '1.2.3',
  );
  const server = tracer.startSpan('GET /items', { kind: SpanKind.SERVER, startTime: [1_700_000_000, 123_456_789], root: true });
  const context = trace.setSpan(ROOT_CONTEXT, server);
  const client = tracer.startSpan('query', { kind: SpanKind.CLIENT, attributes: { 'db.rows': 3, ratio: 0.5, tags: ['a', 'b'] } }, context);
  client.recordException(new TypeError('broken'));
  client.setStatus({ code: SpanStatusCode.ERROR, message: 'broken' });
  client.end();
  server.end();

  const metricExporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: metricExporter });
  const exponential = { instrumentName: 'size', aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } } as const;
  const meterProvider = new MeterProvider({ resource, readers: [reader], views: [exponential] });
  const meter = meterProvider.getMeter('shop');
  meter.createCounter('orders', { unit: '{order}' }).add(2, { tenant: 't1' });
  meter.createHistogram('duration', { unit: 's', advice: { explicitBucketBoundaries: [1, 2] } }).record(1.5);
  meter.createHistogram('size').record(100);
  await reader.forceFlush();
  await meterProvider.shutdown();

  const logExporter = new InMemoryLogRecordExporter();
  const logger = new LoggerProvider({ resource, processors: [new SimpleLogRecordProcessor({ exporter: logExporter })] }).getLogger('app');
  logger.emit({
    eventName: 'order.placed',
    severityNumber: 9,
    severityText: 'INFO',
    body: { id: 7 },
    attributes: { tenant: 't1' },
    context,
  });

  return {
    spans: [...spanExporter.getFinishedSpans()],
    metrics: metricExporter.getMetrics()[0]!,
    logs: [...logExporter.getFinishedLogRecords()],
  };
}
