/** Host and port -> the pull endpoint `/metrics` of exporter-prometheus, which is a reader of metrics. Loaded only when it is wanted. */
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { PrometheusExporter } from '@opentelemetry/exporter-prometheus';

const require = createRequire(import.meta.url);

/** Listens without keeping the process alive; when it cannot, that is told by `warn` and there is no endpoint. */
export function startPull({ host, port }: { host: string; port: number }, warn: (line: string) => void): PrometheusExporter {
  const { PrometheusExporter: Exporter } =
    require('@opentelemetry/exporter-prometheus') as typeof import('@opentelemetry/exporter-prometheus');
  const exporter = new Exporter({ host, port, preventServerStart: true });
  const server = (exporter as unknown as { _server?: Server })._server;
  server?.unref();
  server?.on('error', (error: NodeJS.ErrnoException) => {
    const why = error.code === 'EADDRINUSE' ? 'another process listens there' : error.message;
    warn(
      `metrics cannot be served on ${host}:${port}: ${why}. There is no pull endpoint in this process; set OTEL_EXPORTER_PROMETHEUS_PORT to a free port.`,
    );
  });
  void exporter.startServer().catch(() => {});
  return exporter;
}
