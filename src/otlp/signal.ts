/** The three signals and where OTLP has them delivered. */

export type Signal = 'traces' | 'metrics' | 'logs';

/** @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-request */
export const signalOfHttpPath: ReadonlyMap<string, Signal> = new Map([
  ['/v1/traces', 'traces'],
  ['/v1/metrics', 'metrics'],
  ['/v1/logs', 'logs'],
]);

/** @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-request */
export const signalOfGrpcPath: ReadonlyMap<string, Signal> = new Map([
  ['/opentelemetry.proto.collector.trace.v1.TraceService/Export', 'traces'],
  ['/opentelemetry.proto.collector.metrics.v1.MetricsService/Export', 'metrics'],
  ['/opentelemetry.proto.collector.logs.v1.LogsService/Export', 'logs'],
]);
