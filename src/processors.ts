/** What an app may add to the running otelier: processors with the methods of the SDK specification, such as those of the stock SDK. */
import type { Attributes, AnyValue, Context, HrTime, Span, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api';

/** A span that has ended, as span processors and exporters of OpenTelemetry JS expect it (`ReadableSpan`). */
export interface EndedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  spanContext(): SpanContext;
  readonly parentSpanContext?: SpanContext;
  /** Seconds since 1970, and nanoseconds. */
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly duration: HrTime;
  readonly status: SpanStatus;
  readonly attributes: Attributes;
  readonly ended: boolean;
}

/** https://opentelemetry.io/docs/specs/otel/trace/sdk/#span-processor */
export interface SpanProcessor {
  /** Called when a sampled span starts: the span can be changed. */
  onStart(span: Span, parentContext: Context): void;
  /** Called while the span ends: it can be changed for the last time. */
  onEnding?(span: Span): void;
  onEnd(span: EndedSpan): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}

/** A log record as it is emitted (`ReadWriteLogRecord`). */
export interface EmittedLogRecord {
  readonly severityText?: string;
  readonly body?: AnyValue;
  readonly attributes: Attributes;
  setAttribute(key: string, value?: AnyValue): unknown;
  setBody(body: AnyValue): unknown;
}

/** https://opentelemetry.io/docs/specs/otel/logs/sdk/#logrecordprocessor */
export interface LogRecordProcessor {
  /** Called before the record leaves: it can be changed. */
  onEmit(record: EmittedLogRecord, context?: Context): void;
  forceFlush(): Promise<void>;
  shutdown(): Promise<void>;
}
