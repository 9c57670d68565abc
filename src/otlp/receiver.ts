/** A local OTLP endpoint that keeps what it is sent, as plain records. The tests look at it, and the viewer listens to it. */
import { decodeLogs, decodeLogsJson, decodeMetrics, decodeMetricsJson, decodeTraces, decodeTracesJson } from './decode.ts';
import type { Answer, Deliver, Delivery, Endpoint } from './delivery.ts';
import { startGrpcEndpoint } from './grpc-endpoint.ts';
import { startHttpEndpoint } from './http-endpoint.ts';
import { createInbox } from './inbox.ts';
import type { Received, Truthy } from './inbox.ts';
import type { LogRecord, MetricRecord, SpanRecord } from './records.ts';
import type { Signal } from './signal.ts';
import { unpack } from './unpack.ts';

/** Of a request body, before and after decompression: what the OTLP specification recommends. */
const defaultMaxBodyBytes = 64 * 1024 * 1024;

export interface ReceiverOptions {
  /** Of OTLP/HTTP. Default 0: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1, so that nothing outside this machine reaches it. */
  readonly host?: string;
  /** OTLP/gRPC too, on a port of its own: any free one, or the one given. Default false. */
  readonly grpc?: boolean | { readonly port: number };
  /** Of a request body, as sent and decompressed. Default 64 MiB. */
  readonly maxBodyBytes?: number;
  /** False keeps nothing: only the callbacks see what arrives. Default true, which grows without bound until `clear()`. */
  readonly keep?: boolean;
  readonly onTraces?: (spans: SpanRecord[]) => void;
  readonly onMetrics?: (metrics: MetricRecord[]) => void;
  readonly onLogs?: (logs: LogRecord[]) => void;
  /**
   * Answers in the place of the receiver; undefined accepts. The records of a request that is answered with anything but 2xx are not
   * taken in, as if a backend had refused them. A promise delays the answer.
   */
  readonly respond?: (signal: Signal, request: Delivery) => Answer | undefined | Promise<Answer | undefined>;
}

/** Everything in the order it arrived. */
export interface Receiver extends Received {
  /** Base URL of OTLP/HTTP, without a slash at the end: what OTEL_EXPORTER_OTLP_ENDPOINT takes. */
  readonly url: string;
  readonly port: number;
  /** Base URL of OTLP/gRPC; undefined unless asked for. */
  readonly grpcUrl: string | undefined;
  /**
   * Resolves with the first truthy value of `predicate`, which is asked now and after each request.
   * @throws Error when `timeoutMs` (default 5000) pass first, with what has arrived, or when the receiver is closed.
   */
  waitFor<T>(predicate: (received: Received) => T, timeoutMs?: number): Promise<Truthy<T>>;
  /** Forgets what has arrived, in place: the arrays stay the same. */
  clear(): void;
  /** Ends all connections at once and resolves when the ports are free. What was received stays readable. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a receiver; receivers in one process know nothing of each other.
 * @throws the listen error, such as EADDRINUSE.
 */
export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const { port = 0, host = '127.0.0.1', grpc = false, maxBodyBytes = defaultMaxBodyBytes, keep = true } = options;
  const inbox = createInbox();

  const deliver: Deliver = async ({ body, isGzip, ...rest }) => {
    const delivery: Delivery = { ...rest, bytes: isGzip ? await unpack(body, maxBodyBytes) : body };
    try {
      if (keep) inbox.received.requests.push(delivery);
      const answer = await options.respond?.(delivery.signal, delivery);
      if (answer === undefined || (answer.status >= 200 && answer.status < 300))
        takeIn(delivery, options, keep ? inbox.received : undefined);
      return answer;
    } finally {
      inbox.notify();
    }
  };

  const http = await startHttpEndpoint(deliver, { host, port, maxBodyBytes });
  let grpcEndpoint: Endpoint | undefined;
  try {
    if (grpc) grpcEndpoint = await startGrpcEndpoint(deliver, { host, port: grpc === true ? 0 : grpc.port, maxBodyBytes });
  } catch (error) {
    await http.close();
    throw error;
  }

  const close = async (): Promise<void> => {
    inbox.close();
    await Promise.all([http.close(), grpcEndpoint?.close()]);
  };
  const urlOf = (endpoint: Endpoint): string => `http://${host.includes(':') ? `[${host}]` : host}:${endpoint.port}`;
  return {
    ...inbox.received,
    url: urlOf(http),
    port: http.port,
    grpcUrl: grpcEndpoint && urlOf(grpcEndpoint),
    waitFor: inbox.waitFor,
    clear: inbox.clear,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function takeIn({ signal, encoding, bytes }: Delivery, options: ReceiverOptions, received: Received | undefined): void {
  const text = encoding === 'json' ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString() : undefined;
  if (signal === 'traces') {
    const spans = text === undefined ? decodeTraces(bytes) : decodeTracesJson(text);
    append(received?.spans, spans);
    options.onTraces?.(spans);
  } else if (signal === 'metrics') {
    const metrics = text === undefined ? decodeMetrics(bytes) : decodeMetricsJson(text);
    append(received?.metrics, metrics);
    options.onMetrics?.(metrics);
  } else {
    const logs = text === undefined ? decodeLogs(bytes) : decodeLogsJson(text);
    append(received?.logs, logs);
    options.onLogs?.(logs);
  }
}

/** Not `push(...records)`: a large batch would overflow the stack. */
function append<T>(list: T[] | undefined, records: readonly T[]): void {
  if (list !== undefined) for (const record of records) list.push(record);
}
