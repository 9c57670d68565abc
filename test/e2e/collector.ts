/** The collector with the stack's own files, its backends played by one receiver: what comes out of it can be looked at span by span. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePorts } from '../../examples/shop/free-ports.ts';
import { root } from '../stack/files.ts';

export interface Collector {
  /** Where apps send: OTLP/HTTP. */
  readonly url: string;
  readonly metricsUrl: string;
  /** What it has printed so far. */
  output(): string;
  /** Ends it at once, as the kernel would. */
  kill(): Promise<void>;
  /** SIGTERM, and what it exits with. */
  stop(): Promise<number | null>;
  /** Once more, with the same data and ports. */
  start(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface CollectorOptions {
  readonly program: string;
  /** Base URLs of the backend that plays Jaeger (gRPC), and of the one that plays Prometheus and Loki (HTTP). */
  readonly grpcUrl: string;
  readonly httpUrl: string;
  readonly files?: readonly string[];
  /** Further settings, `exporters::otlp_grpc/jaeger::timeout: 1s`. */
  readonly settings?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const data = mkdtempSync(join(tmpdir(), 'otelier-collector-'));
  const [grpc, http, health, metrics, zpages] = (await findFreePorts(5)) as [number, number, number, number, number];
  const settings = [
    `receivers::otlp::protocols::grpc::endpoint: 127.0.0.1:${grpc}`,
    `receivers::otlp::protocols::http::endpoint: 127.0.0.1:${http}`,
    `extensions::health_check::endpoint: 127.0.0.1:${health}`,
    `extensions::zpages::endpoint: 127.0.0.1:${zpages}`,
    `service::telemetry::metrics::readers: [{ pull: { exporter: { prometheus: { host: 127.0.0.1, port: ${metrics}, without_type_suffix: false, without_units: false, without_scope_info: true } } } }]`,
    `exporters::otlp_grpc/jaeger::endpoint: ${new URL(options.grpcUrl).host}`,
    `exporters::otlp_http/prometheus::endpoint: ${options.httpUrl}`,
    `exporters::otlp_http/loki::endpoint: ${options.httpUrl}`,
    ...(options.settings ?? []),
  ];
  const files = options.files ?? ['otel-collector.yaml', 'stack/otel-collector/business.yaml'];
  const args = [...files.map((file) => `--config=${join(root, file)}`), ...settings.map((setting) => `--config=yaml:${setting}`)];
  const env = {
    PATH: process.env['PATH'],
    COLLECTOR_DATA: data,
    COLLECTOR_SCRAPES: '[nop]',
    COLLECTOR_SPAN_METRICS_INTERVAL: '1s',
    ...options.env,
  };
  const log = join(data, 'output.log');
  let child: ChildProcess | undefined;
  let ended: Promise<number | null> = Promise.resolve(null);

  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child?.kill(signal);
    return ended;
  };
  const collector: Collector = {
    url: `http://127.0.0.1:${http}`,
    metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
    output: () => readFileSync(log, 'utf8'),
    kill: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    async start() {
      const output = openSync(log, 'a');
      const started = spawn(options.program, args, { env, stdio: ['ignore', output, output] });
      child = started;
      ended = new Promise((resolve) => started.once('exit', resolve));
      await answers(`http://127.0.0.1:${health}`, () => started.exitCode === null && started.signalCode === null, collector.output);
    },
    async [Symbol.asyncDispose]() {
      await end('SIGKILL');
      rmSync(data, { recursive: true, force: true });
    },
  };
  await collector.start();
  return collector;
}

/** Asks until it answers 200; gives up after two minutes, or at once when the process has ended. */
async function answers(url: string, runs: () => boolean, output: () => string): Promise<void> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    const status = await fetch(url).then(
      (response) => response.status,
      () => 0,
    );
    if (status === 200) return;
    if (!runs() || performance.now() > deadline) throw new Error(`the collector does not answer at ${url}; its output:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
