/** Where the stack's servers answer, for whoever sends or asks. */
export interface StackUrls {
  /** OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly otlpHttp: string;
  readonly otlpGrpc: string;
  readonly prometheus: string;
  readonly loki: string;
  readonly jaeger: string;
  readonly alertmanager: string;
  /** The collector about itself, as Prometheus scrapes it. */
  readonly collectorMetrics: string;
}

export function urlsOf(address: string): StackUrls {
  const at = (port: number): string => `http://${address}:${port}`;
  return {
    otlpHttp: at(4318),
    otlpGrpc: at(4317),
    prometheus: at(9090),
    loki: at(3100),
    jaeger: at(16686),
    alertmanager: at(9093),
    collectorMetrics: `${at(8888)}/metrics`,
  };
}
