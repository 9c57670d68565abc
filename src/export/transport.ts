/**
 * One OTLP request over HTTP or gRPC: bytes in, what became of them out. Never throws, never rejects, keeps no process alive.
 * Used by the export queues on the main thread and by the last delivery's worker, so it depends on Node.js alone.
 */
import type { Agent, IncomingHttpHeaders, request as HttpRequest } from 'node:http';
import type { ClientHttp2Session } from 'node:http2';
import type { OtlpTarget } from '../config/types.ts';
import { TIMEOUT, failure, failureOf, named } from './outcome.ts';
import type { Outcome } from './outcome.ts';

export type { Outcome } from './outcome.ts';

export type Signal = 'traces' | 'metrics' | 'logs';

export interface Transport {
  /** Sends one serialized Export*ServiceRequest; waits at most `timeoutMs` (default: the target's). */
  send(signal: Signal, body: Uint8Array, timeoutMs?: number): Promise<Outcome>;
  close(): void;
}

// OTLP 1.x: https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes and #failures
const RETRYABLE_STATUS = new Set([429, 502, 503, 504]);
const RETRYABLE_GRPC = new Set([1, 4, 8, 10, 11, 14, 15]);
const GRPC_NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];
const GRPC_PATHS: Readonly<Record<Signal, string>> = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
};
const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;

/** Loads a built-in past every hook, and only when it is needed: node:http alone costs a short script 15 ms. */
const builtin = <T>(id: string): T => process.getBuiltinModule(id) as T;

export function createTransport(target: OtlpTarget, userAgent: string): Transport {
  return target.protocol === 'grpc' ? createGrpcTransport(target, userAgent) : createHttpTransport(target, userAgent);
}

function compress(target: OtlpTarget, body: Uint8Array): Promise<Uint8Array> | Uint8Array {
  if (target.compression !== 'gzip') return body;
  const { gzip } = builtin<typeof import('node:zlib')>('node:zlib');
  return new Promise((resolve, reject) => gzip(body, (error, result) => (error ? reject(error) : resolve(result))));
}

function createHttpTransport(target: OtlpTarget, userAgent: string): Transport {
  const url = new URL(target.url);
  const secure = url.protocol === 'https:';
  let agent: Agent | undefined;

  const post = (body: Uint8Array, timeoutMs: number): Promise<Outcome> =>
    new Promise((resolve) => {
      const module = secure ? builtin<typeof import('node:https')>('node:https') : builtin<typeof import('node:http')>('node:http');
      // An HTTP instrumentation wraps `request`; our own calls must be neither traced nor measured.
      const request = ((module.request as { __original?: typeof HttpRequest }).__original ?? module.request) as typeof HttpRequest;
      agent ??= new module.Agent({ keepAlive: true, maxSockets: 4, ...(secure && target.tls) }) as Agent;
      const headers: Record<string, string | number> = {
        'user-agent': userAgent,
        'content-type': target.protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
        'content-length': body.byteLength,
        ...(target.compression === 'gzip' && { 'content-encoding': 'gzip' }),
        ...target.headers,
      };
      const req = request(url, { method: 'POST', agent, headers });
      const timer = setTimeout(() => req.destroy(named(TIMEOUT, `no answer within ${timeoutMs} ms`)), timeoutMs);
      timer.unref();
      const done = (outcome: Outcome): void => {
        clearTimeout(timer);
        resolve(outcome);
      };
      req.on('socket', (socket) => socket.unref());
      req.on('error', (error) => done(failureOf(error, true)));
      req.on('response', (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          if (size > MAX_RESPONSE_BYTES) req.destroy(named('answer_too_large', 'the answer is larger than 4 MiB'));
          else chunks.push(chunk);
        });
        response.on('error', (error) => done(failureOf(error, true)));
        response.on('end', () => done(readHttpAnswer(target, response.statusCode ?? 0, response.headers, Buffer.concat(chunks))));
      });
      req.end(body);
    });

  return {
    async send(_signal, body, timeoutMs = target.timeoutMs) {
      try {
        return await post(await compress(target, body), timeoutMs);
      } catch (error) {
        return failureOf(error, false);
      }
    },
    close: () => agent?.destroy(),
  };
}

function readHttpAnswer(target: OtlpTarget, status: number, headers: IncomingHttpHeaders, body: Buffer): Outcome {
  const type = headers['content-type'] ?? '';
  if (status >= 200 && status < 300) {
    if (type.includes('html'))
      return failure(`HTTP ${status} with a web page (${type}); this does not look like an OTLP endpoint`, false, {
        errorType: 'not_otlp',
        status,
      });
    const sameEncoding = type.includes('json') === (target.protocol === 'http/json');
    return { ok: true, body: sameEncoding ? body : new Uint8Array(), status };
  }
  const text = type.includes('text') || type.includes('json') ? `: ${body.toString('utf8').replace(/\s+/g, ' ').slice(0, 200)}` : '';
  return failure(`HTTP ${status}${text}`, RETRYABLE_STATUS.has(status), {
    errorType: String(status),
    status,
    retryAfterMs: retryAfter(headers['retry-after']),
  });
}

function retryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

function createGrpcTransport(target: OtlpTarget, userAgent: string): Transport {
  let session: ClientHttp2Session | undefined;

  const connect = (): ClientHttp2Session => {
    if (session && !session.closed && !session.destroyed) return session;
    const created = builtin<typeof import('node:http2')>('node:http2').connect(target.url, { ...target.tls });
    created.on('connect', () => created.unref());
    created.unref();
    const forget = (): void => {
      if (session === created) session = undefined;
    };
    created.on('error', forget);
    created.on('close', forget);
    created.on('goaway', forget);
    return (session = created);
  };

  const call = (path: string, message: Uint8Array, timeoutMs: number): Promise<Outcome> =>
    new Promise((resolve) => {
      const current = connect();
      const frame = Buffer.allocUnsafe(message.byteLength + 5);
      frame[0] = target.compression === 'gzip' ? 1 : 0;
      frame.writeUInt32BE(message.byteLength, 1);
      frame.set(message, 5);
      const stream = current.request({
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
        'user-agent': userAgent,
        // Eight digits at most: https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
        ...(timeoutMs < 1e8 && { 'grpc-timeout': `${Math.ceil(timeoutMs)}m` }),
        ...(target.compression === 'gzip' && { 'grpc-encoding': 'gzip' }),
        ...target.headers,
      });
      const timer = setTimeout(() => settle(failure(`no answer within ${timeoutMs} ms`, true, { errorType: TIMEOUT })), timeoutMs);
      timer.unref();
      let settled = false;
      const settle = (outcome: Outcome): void => {
        if (settled) return;
        settled = true;
        clearTimeout(timer);
        current.off('error', onSessionError);
        if (!outcome.ok) stream.destroy();
        resolve(outcome);
      };
      const onSessionError = (error: Error): void => settle(failureOf(error, true));
      current.on('error', onSessionError);
      const chunks: Buffer[] = [];
      let meta: Record<string, unknown> = {};
      stream.on('response', (headers) => (meta = { ...headers }));
      stream.on('trailers', (headers) => (meta = { ...meta, ...headers }));
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', (error) => settle(failureOf(error, true)));
      stream.on('close', () => settle(failure('the connection was closed before an answer', true, { errorType: 'connection_closed' })));
      stream.on('end', () => settle(readGrpcAnswer(meta, Buffer.concat(chunks))));
      stream.end(frame);
    });

  return {
    async send(signal, body, timeoutMs = target.timeoutMs) {
      try {
        return await call(GRPC_PATHS[signal], await compress(target, body), timeoutMs);
      } catch (error) {
        return failureOf(error, true);
      }
    },
    close: () => session?.close(),
  };
}

function readGrpcAnswer(meta: Record<string, unknown>, body: Buffer): Outcome {
  const status = meta['grpc-status'];
  if (status === undefined)
    return failure(`HTTP ${String(meta[':status'] ?? '?')} without a gRPC status; this does not look like an OTLP/gRPC endpoint`, false, {
      errorType: 'not_otlp',
    });
  const code = Number(status);
  if (code === 0) return { ok: true, body: body.subarray(5), status: 'OK' };
  const message = typeof meta['grpc-message'] === 'string' ? `: ${safeDecode(meta['grpc-message']).slice(0, 200)}` : '';
  const name = GRPC_NAMES[code] ?? String(code);
  return failure(`gRPC ${name}${message}`, RETRYABLE_GRPC.has(code), { errorType: name, status: name });
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
