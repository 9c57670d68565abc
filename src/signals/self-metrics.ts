/**
 * What the two engines and the ways out counted -> metrics of the SDK about itself, read when metrics are collected and not before.
 * https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/
 */
import { ROOT_CONTEXT, ValueType } from '@opentelemetry/api';
import type { Attributes, Meter, MeterProvider, ObservableResult } from '@opentelemetry/api';
import type { OtlpTarget } from '../config/types.ts';
import { PARENT_ORIGINS } from '../engine/counts.ts';
import type { LogCounts, SpanCounts } from '../engine/counts.ts';
import type { Operation, Tally } from '../export/tally.ts';
import type { Signal } from '../export/transport.ts';
import type { Signals } from './signals.ts';

/** What the convention calls the items of a signal: in names of metrics, in units and in names of components. */
interface Words {
  readonly item: string;
  readonly unit: string;
  readonly items: string;
  readonly component: string;
}

const WORDS: Readonly<Record<Signal, Words>> = {
  traces: { item: 'span', unit: '{span}', items: 'spans', component: 'span' },
  logs: { item: 'log', unit: '{log_record}', items: 'log records', component: 'log' },
  metrics: { item: 'metric_data_point', unit: '{data_point}', items: 'metric data points', component: 'metric' },
};

const TRANSPORTS: Readonly<Record<OtlpTarget['protocol'], string>> = {
  'http/protobuf': 'otlp_http',
  'http/json': 'otlp_http_json',
  grpc: 'otlp_grpc',
};

const SAMPLED: Attributes = Object.freeze({ 'otel.span.sampling_result': 'RECORD_AND_SAMPLE' });

export function registerSelfMetrics(meterProvider: MeterProvider, { counts, outlets }: Pick<Signals, 'counts' | 'outlets'>): void {
  const meter = meterProvider.getMeter('otelier/sdk');
  if (counts.spans) registerSpans(meter, counts.spans);
  if (counts.logs) registerLogs(meter, counts.logs);
  for (const { tally } of outlets) {
    const words = WORDS[tally.signal];
    if (tally.signal !== 'metrics') registerProcessor(meter, tally, words);
    registerExporter(meter, tally, words);
  }
}

function registerSpans(meter: Meter, spans: SpanCounts): void {
  const series = PARENT_ORIGINS.flatMap((origin) =>
    ['DROP', 'RECORD_AND_SAMPLE'].map((result) =>
      Object.freeze({ 'otel.span.parent.origin': origin, 'otel.span.sampling_result': result }),
    ),
  );
  total(meter, 'otel.sdk.span.started', '{span}', 'The number of created spans.', (result) => {
    for (const [index, attributes] of series.entries()) {
      const count = spans.started[index] ?? 0;
      if (count > 0) result.observe(count, attributes);
    }
  });
  level(meter, 'otel.sdk.span.live', '{span}', 'The number of created spans that record and have not ended.', (result) =>
    result.observe(spans.live, SAMPLED),
  );
}

function registerLogs(meter: Meter, logs: LogCounts): void {
  total(meter, 'otel.sdk.log.created', '{log_record}', 'The number of log records submitted to enabled loggers.', (result) =>
    result.observe(logs.created),
  );
}

function registerProcessor(meter: Meter, tally: Tally, { item, unit, items, component }: Words): void {
  const own = componentOf(`batching_${component}_processor`);
  const name = `otel.sdk.processor.${item}`;
  const full = Object.freeze({ ...own, 'error.type': 'queue_full' });
  const unwritten = Object.freeze({ ...own, 'error.type': 'not_serializable' });
  total(meter, `${name}.processed`, unit, `The number of ${items} that were handed to the export or dropped.`, (result) => {
    result.observe(tally.passed, own);
    result.observe(tally.queueFull, full);
    if (tally.unwritten > 0) result.observe(tally.unwritten, unwritten);
  });
  level(meter, `${name}.queue.size`, unit, `The number of ${items} in the queue.`, (result) => result.observe(tally.queued, own));
  level(meter, `${name}.queue.capacity`, unit, `The maximum number of ${items} that the queue can hold.`, (result) =>
    result.observe(tally.capacity, own),
  );
}

function registerExporter(meter: Meter, tally: Tally, { item, unit, items, component }: Words): void {
  const own = Object.freeze({ ...componentOf(`${TRANSPORTS[tally.target.protocol]}_${component}_exporter`), ...serverOf(tally.target) });
  const name = `otel.sdk.exporter.${item}`;
  const failed = (error: string): Attributes => ({ ...own, 'error.type': error });
  total(meter, `${name}.exported`, unit, `The number of ${items} whose export is over, with success or without.`, (result) => {
    result.observe(tally.exported, own);
    for (const [error, count] of tally.failed) result.observe(count, failed(error));
    // Metrics have no processor that could tell of it.
    if (tally.signal === 'metrics' && tally.queueFull > 0) result.observe(tally.queueFull, failed('queue_full'));
  });
  level(meter, `${name}.inflight`, unit, `The number of ${items} whose export has begun and is not over.`, (result) =>
    result.observe(tally.inflight, own),
  );
  const duration = meter.createHistogram('otel.sdk.exporter.operation.duration', {
    unit: 's',
    description: 'The duration of exporting a batch of telemetry records.',
    advice: { explicitBucketBoundaries: [] }, // as the convention wants it
  });
  // Outside any context: a request may be the one in which a timer of the export was set, and has nothing to do with it.
  tally.onOperation = (operation) => duration.record(operation.seconds, { ...own, ...endOf(operation) }, ROOT_CONTEXT);
}

function endOf({ errorType, status }: Operation): Attributes {
  return {
    ...(typeof status === 'number' && { 'http.response.status_code': status }),
    ...(typeof status === 'string' && { 'rpc.response.status_code': status }),
    ...(errorType !== undefined && { 'error.type': errorType }),
  };
}

/** There is one of each kind in a process. */
function componentOf(type: string): Attributes {
  return Object.freeze({ 'otel.component.type': type, 'otel.component.name': `${type}/0` });
}

function serverOf({ url }: OtlpTarget): Attributes {
  const { hostname, port, protocol } = new URL(url);
  return { 'server.address': hostname, 'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port) };
}

type Observe = (result: ObservableResult) => void;

function total(meter: Meter, name: string, unit: string, description: string, observe: Observe): void {
  meter.createObservableCounter(name, { unit, description, valueType: ValueType.INT }).addCallback(observe);
}

function level(meter: Meter, name: string, unit: string, description: string, observe: Observe): void {
  meter.createObservableUpDownCounter(name, { unit, description, valueType: ValueType.INT }).addCallback(observe);
}
