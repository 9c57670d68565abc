/**
 * An endpoint in a process of its own that takes whatever is exported (OTLP/HTTP, Datadog's agent protocol, Sentry's envelopes), counts it and keeps
 * nothing. It also plays the service behind the apps' outgoing calls: `GET /upstream`.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { countTelemetry, type Counts } from './count-telemetry.ts';
import { spawnPinned } from './cores.ts';

export interface SinkStats extends Counts {
  readonly requests: number;
  readonly bytes: number;
}

export interface Sink {
  readonly url: string;
  /** Since the last reset. */
  stats(): Promise<SinkStats>;
  reset(): Promise<void>;
  close(): Promise<void>;
}

export interface SinkOptions {
  /** How long each answer takes. Default: none. */
  readonly delayMs?: number;
}

export async function startSink({ delayMs = 0 }: SinkOptions = {}): Promise<Sink> {
  const child = spawnPinned('others', [process.execPath, import.meta.filename, 'serve', String(delayMs)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [port] = (await once(child, 'message')) as [number];
  const ask = async (question: 'stats' | 'reset'): Promise<SinkStats> => {
    const answer = once(child, 'message');
    child.send(question);
    return ((await answer) as [SinkStats])[0];
  };
  return {
    url: `http://127.0.0.1:${port}`,
    stats: () => ask('stats'),
    async reset() {
      await ask('reset');
    },
    async close() {
      const end = once(child, 'exit');
      child.disconnect();
      await end;
    },
  };
}

function serve(delayMs: number): void {
  let stats = { spans: 0, logs: 0, points: 0, requests: 0, bytes: 0 };

  const take = (request: IncomingMessage, sent: Buffer): void => {
    stats.requests++;
    stats.bytes += sent.length;
    try {
      const counts = countTelemetry({
        path: request.url ?? '',
        contentType: request.headers['content-type'] ?? '',
        traceCount: request.headers['x-datadog-trace-count'] as string | undefined,
        body: request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent,
      });
      stats.spans += counts.spans;
      stats.logs += counts.logs;
      stats.points += counts.points;
    } catch {
      // Counted as a request that held nothing.
    }
  };

  const server = createServer((request, response) => {
    if (request.url === '/upstream') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 11 }).end('{"ok":true}');
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    request.once('end', () => {
      const json = (request.headers['content-type'] ?? '').includes('json');
      const agent = request.url?.startsWith('/v0.') === true;
      const answer = (): void =>
        void response
          .writeHead(200, { 'content-type': json || agent ? 'application/json' : 'application/x-protobuf' })
          .end(agent ? '{"rate_by_service":{"service:,env:":1}}' : json ? '{}' : '');
      if (delayMs > 0) setTimeout(answer, delayMs);
      else answer();
      take(request, Buffer.concat(chunks));
    });
  });
  // Ports that exporters keep open must not be closed under them between two samples.
  server.keepAliveTimeout = 600_000;
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
  process.on('message', (question) => {
    const seen = stats;
    if (question === 'reset') stats = { spans: 0, logs: 0, points: 0, requests: 0, bytes: 0 };
    process.send?.(seen);
  });
  process.once('disconnect', () => process.exit());
}

if (process.argv[1] === import.meta.filename && process.argv[2] === 'serve') serve(Number(process.argv[3]));
