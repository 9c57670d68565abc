/**
 * OTLP, as protobuf bytes or JSON text, to plain records: one function per signal and encoding. The input is the body of an export
 * request, which is the same message as `TracesData`, `MetricsData` or `LogsData` (opentelemetry-proto v1). Called by the receiver.
 */
import { readJson } from './json-reader.ts';
import { toLogRecords } from './log-records.ts';
import { toMetricRecords } from './metric-records.ts';
import { readProtobuf } from './protobuf-reader.ts';
import type { LogRecord, MetricRecord, SpanRecord } from './records.ts';
import { toSpanRecords } from './trace-records.ts';

/** @throws OtlpDecodeError when the bytes are not an OTLP traces message. */
export function decodeTraces(bytes: Uint8Array): SpanRecord[] {
  return toSpanRecords(readProtobuf('TracesData', bytes));
}

/** @throws OtlpDecodeError when the bytes are not an OTLP metrics message. */
export function decodeMetrics(bytes: Uint8Array): MetricRecord[] {
  return toMetricRecords(readProtobuf('MetricsData', bytes));
}

/** @throws OtlpDecodeError when the bytes are not an OTLP logs message. */
export function decodeLogs(bytes: Uint8Array): LogRecord[] {
  return toLogRecords(readProtobuf('LogsData', bytes));
}

/** @throws OtlpDecodeError when the text is not an OTLP/JSON traces message. */
export function decodeTracesJson(text: string): SpanRecord[] {
  return toSpanRecords(readJson('TracesData', text));
}

/** @throws OtlpDecodeError when the text is not an OTLP/JSON metrics message. */
export function decodeMetricsJson(text: string): MetricRecord[] {
  return toMetricRecords(readJson('MetricsData', text));
}

/** @throws OtlpDecodeError when the text is not an OTLP/JSON logs message. */
export function decodeLogsJson(text: string): LogRecord[] {
  return toLogRecords(readJson('LogsData', text));
}
