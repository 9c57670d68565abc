/** Where each service of the stack listens, taken from the files that tell it so; the two that nobody tells have the port of their image. */
import { compose, readYaml } from './files.ts';

type Yaml = Readonly<Record<string, unknown>>;

const OF_THE_IMAGE: Readonly<Record<string, readonly number[]>> = { grafana: [3000], postgres: [5432], redis: [6379] };
const CONFIG: Readonly<Record<string, string>> = {
  'otel-collector': 'otel-collector.yaml',
  jaeger: 'stack/jaeger/jaeger.yaml',
};

/** Service name -> ports. */
export function readListeners(): ReadonlyMap<string, ReadonlySet<number>> {
  const listeners = new Map<string, Set<number>>();
  const add = (name: string, port: unknown): void =>
    void (listeners.get(name) ?? listeners.set(name, new Set()).get(name))?.add(Number(port));
  for (const [name, ports] of Object.entries(OF_THE_IMAGE)) for (const port of ports) add(name, port);
  for (const [name, file] of Object.entries(CONFIG)) for (const port of endpointsOf(readYaml<Yaml>(file))) add(name, port);
  const server = (readYaml<Yaml>('stack/loki/loki.yaml') as { server: { http_listen_port: number; grpc_listen_port: number } }).server;
  add('loki', server.http_listen_port);
  add('loki', server.grpc_listen_port);
  for (const [name, { command = [], environment }] of Object.entries(compose.services)) {
    for (const flag of command) {
      const port = /^--web\.listen-address=0\.0\.0\.0:(\d+)$/.exec(flag)?.[1];
      if (port) add(name, port);
    }
    if (environment?.['HOST'] === '0.0.0.0') add(name, environment['PORT']);
  }
  return listeners;
}

/** Ports of `endpoint: 0.0.0.0:1234`, and of the readers of metrics, `host: 0.0.0.0` beside `port: 1234`. */
function endpointsOf(value: unknown): number[] {
  if (Array.isArray(value)) return value.flatMap(endpointsOf);
  if (typeof value !== 'object' || value === null) return [];
  const map = value as Yaml;
  const own = /^0\.0\.0\.0:(\d+)$/.exec(String(map['endpoint']))?.[1] ?? (map['host'] === '0.0.0.0' ? map['port'] : undefined);
  return [...(own === undefined ? [] : [Number(own)]), ...Object.values(map).flatMap(endpointsOf)];
}
