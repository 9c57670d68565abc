/** The public entry `otelier/testing`: an OTLP endpoint for tests, which shows what an app sent. */
export { startReceiver } from './otlp/receiver.ts';
export type { Receiver, ReceiverOptions } from './otlp/receiver.ts';
export type { Received } from './otlp/inbox.ts';
export type { Answer, Delivery } from './otlp/delivery.ts';
export type { Signal } from './otlp/signal.ts';
export type {
  Attributes,
  AttributeValue,
  Exemplar,
  LogRecord,
  MetricPoint,
  MetricRecord,
  Resource,
  Scope,
  SpanKind,
  SpanRecord,
} from './otlp/records.ts';
