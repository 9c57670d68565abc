/**
 * OTLP/gRPC on plain node:http2: the three unary Export calls to arrivals, and their outcome to trailers. TLS is left out.
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
import { createServer } from 'node:http2';
import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from 'node:http2';

import { BodiesTooManyError, BodyNotGzipError, BodyTooLargeError } from './body-error.ts';
import { OtlpDecodeError } from './decode-error.ts';
import type { Arrival, Deliver, Endpoint, EndpointOptions } from './delivery.ts';
import { listen } from './listen.ts';
import { readBody } from './request-body.ts';
import { rpcCodeOfHttpStatus } from './rpc-status.ts';
import { signalOfGrpcPath } from './signal.ts';

/** A call on which nothing moves for so long is given up. */
const CALL_TIMEOUT_MS = 30_000;

/** Before each message: one byte that says whether it is compressed, four that give its length. */
const frameHeaderBytes = 5;

const codes = { ok: 0, invalidArgument: 3, resourceExhausted: 8, unimplemented: 12, internal: 13, unavailable: 14 } as const;

const responseHeaders = { ':status': 200, 'content-type': 'application/grpc', 'grpc-accept-encoding': 'identity,gzip' } as const;

/** A call that ends with a code other than OK. */
class CallError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Listens for OTLP/gRPC without TLS, plain or gzip.
 * @throws the listen error, such as EADDRINUSE.
 */
export async function startGrpcEndpoint(deliver: Deliver, options: EndpointOptions): Promise<Endpoint> {
  const { host, port, maxConnections = Infinity } = options;
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => {
    if (sessions.size >= maxConnections) return session.destroy();
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  // A connection that breaks is the sender's affair; unhandled, its error would end this process.
  server.on('sessionError', () => {});
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    stream.setTimeout(CALL_TIMEOUT_MS, () => stream.close());
    void handle(stream, headers, deliver, options);
  });
  return listen(server, host, port, () => {
    for (const session of sessions) session.destroy();
  });
}

async function handle(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, deliver: Deliver, options: EndpointOptions): Promise<void> {
  if (!headers['content-type']?.startsWith('application/grpc')) {
    stream.resume();
    stream.respond({ ':status': 415 }, { endStream: true });
    return;
  }
  const refusal = options.admit?.({ method: headers[':method'] ?? '', path: headers[':path'] ?? '', headers })?.answer;
  if (refusal !== undefined)
    return sendError(stream, rpcCodeOfHttpStatus(refusal.status), Buffer.from(refusal.body as string).toString(), {});
  try {
    const arrival = await receive(stream, headers, options);
    const { status, headers: extraHeaders = {}, body = '' } = (await deliver(arrival)) ?? { status: 200 };
    const code = rpcCodeOfHttpStatus(status);
    if (code === codes.ok) sendMessage(stream, Buffer.from(body as string), extraHeaders);
    else sendError(stream, code, Buffer.from(body as string).toString() || `HTTP status ${status}`, extraHeaders);
  } catch (error) {
    sendError(stream, codeOf(error), error instanceof Error ? error.message : String(error), {});
  }
}

async function receive(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  { maxBodyBytes, reading }: EndpointOptions,
): Promise<Arrival> {
  const path = headers[':path'] ?? '';
  const signal = signalOfGrpcPath.get(path);
  if (signal === undefined) throw new CallError(codes.unimplemented, `There is no method ${path}.`);
  const compression = headers['grpc-encoding'] ?? 'identity';
  if (compression !== 'gzip' && compression !== 'identity') {
    throw new CallError(codes.unimplemented, `The encoding is ${String(compression)}; it must be gzip or identity.`);
  }
  const { compressed, message } = unframe(await readBody(stream, maxBodyBytes + frameHeaderBytes, reading));
  if (compressed && compression !== 'gzip')
    throw new CallError(codes.internal, 'The message is marked compressed, and grpc-encoding names no compression.');
  return { transport: 'grpc', signal, path, headers, encoding: 'protobuf', body: message, isGzip: compressed };
}

function unframe(body: Buffer): { compressed: boolean; message: Buffer } {
  if (body.length < frameHeaderBytes || body.length !== frameHeaderBytes + body.readUInt32BE(1) || body[0]! > 1) {
    throw new CallError(codes.internal, 'The request is not exactly one whole message.');
  }
  return { compressed: body[0] === 1, message: body.subarray(frameHeaderBytes) };
}

function codeOf(error: unknown): number {
  if (error instanceof CallError) return error.code;
  if (error instanceof BodiesTooManyError) return codes.unavailable;
  if (error instanceof BodyTooLargeError) return codes.resourceExhausted;
  if (error instanceof OtlpDecodeError || error instanceof BodyNotGzipError) return codes.invalidArgument;
  return codes.internal;
}

function sendMessage(stream: ServerHttp2Stream, message: Buffer, headers: Readonly<Record<string, string>>): void {
  if (stream.closed || stream.destroyed) return;
  const frameHeader = Buffer.alloc(frameHeaderBytes);
  frameHeader.writeUInt32BE(message.length, 1);
  stream.respond({ ...responseHeaders, ...headers }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(codes.ok) }));
  stream.end(Buffer.concat([frameHeader, message]));
}

/** The rest of the request is read and thrown away, so that the sender gets to read the answer. */
function sendError(stream: ServerHttp2Stream, code: number, message: string, headers: Readonly<Record<string, string>>): void {
  if (stream.closed || stream.destroyed) return;
  stream.resume();
  const trailers = { 'grpc-status': String(code), 'grpc-message': percentEncode(message) };
  stream.respond({ ...responseHeaders, ...headers, ...trailers }, { endStream: true });
}

/** As gRPC has it: all but printable ASCII, and the percent sign itself. */
function percentEncode(message: string): string {
  return message.toWellFormed().replace(/[^ -~]+|%/g, encodeURIComponent);
}
