/** Metrics that go on without the app: alone they are no reason to hold up the end of a process. An export of metrics is itself measured. */
export const NO_NEWS: ReadonlySet<string> = new Set(['v8js.gc.duration', 'otel.sdk.exporter.operation.duration']);
