/**
 * The services that run without Docker, as data: what docker-compose.yml cannot tell about them. Everything else, flags, files, variables, comes from there.
 * They start in this order and stop in the reverse one, so that the collector can still hand over what it holds.
 */
import type { ProgramName } from './modules.ts';

export type ServiceName = 'alertmanager' | 'prometheus' | 'loki' | 'jaeger' | 'otel-collector';

export interface Service {
  /** As in docker-compose.yml. */
  readonly name: ServiceName;
  readonly title: string;
  readonly program: ProgramName;
  /** All it listens on, for the question whether something else does. */
  readonly ports: readonly { readonly port: number; readonly what: string }[];
  /** Answers 200 when the service can do its work. */
  readonly health: { readonly port: number; readonly path: string };
  /** What a person does there. */
  readonly opens: readonly { readonly port: number; readonly path?: string; readonly what: string }[];
}

export const services: readonly Service[] = [
  {
    name: 'alertmanager',
    title: 'Alertmanager',
    program: 'alertmanager',
    ports: [{ port: 9093, what: 'API' }],
    health: { port: 9093, path: '/-/ready' },
    opens: [{ port: 9093, path: '/api/v2/alerts', what: 'alerts that are active (API; the pages are in the image only)' }],
  },
  {
    name: 'prometheus',
    title: 'Prometheus',
    program: 'prometheus',
    ports: [{ port: 9090, what: 'API and OTLP' }],
    health: { port: 9090, path: '/-/ready' },
    opens: [{ port: 9090, path: '/api/v1/query?query=up', what: 'metrics, PromQL (API; the pages are in the image only)' }],
  },
  {
    name: 'loki',
    title: 'Loki',
    program: 'loki',
    ports: [
      { port: 3100, what: 'API and OTLP' },
      { port: 9096, what: 'gRPC' },
    ],
    health: { port: 3100, path: '/ready' },
    opens: [{ port: 3100, path: '/loki/api/v1/labels', what: 'logs, LogQL (API)' }],
  },
  {
    name: 'jaeger',
    title: 'Jaeger',
    program: 'jaeger',
    ports: [
      { port: 16686, what: 'API' },
      { port: 16685, what: 'API over gRPC' },
      { port: 14317, what: 'OTLP from the collector' },
      { port: 13134, what: 'health' },
      { port: 8889, what: 'its own metrics' },
    ],
    health: { port: 13134, path: '/status' },
    opens: [{ port: 16686, path: '/api/services', what: 'traces (API; the pages are in the image only)' }],
  },
  {
    name: 'otel-collector',
    title: 'Collector',
    program: 'otelcol',
    ports: [
      { port: 4318, what: 'OTLP/HTTP' },
      { port: 4317, what: 'OTLP/gRPC' },
      { port: 13133, what: 'health' },
      { port: 8888, what: 'its own metrics' },
      { port: 55679, what: 'zpages' },
    ],
    health: { port: 13133, path: '/' },
    opens: [
      { port: 4318, what: 'OTEL_EXPORTER_OTLP_ENDPOINT of apps (OTLP/HTTP); 4317 takes OTLP/gRPC' },
      { port: 55679, path: '/debug/pipelinez', what: 'how its pipelines are wired' },
    ],
  },
];

export function serviceOf(name: string): Service {
  const found = services.find((service) => service.name === name);
  if (found === undefined)
    throw new RangeError(`There is no service "${name}". There are: ${services.map((service) => service.name).join(', ')}.`);
  return found;
}
