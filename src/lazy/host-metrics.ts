/** A bundle of its own: the metrics of the whole host and the package that reads them, loaded only when enabled by name. */
export { HostMetricsInstrumentation } from '@opentelemetry/instrumentation-host-metrics';
