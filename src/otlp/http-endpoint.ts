/**
 * OTLP/HTTP: POST requests to arrivals, and their outcome to responses.
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';

import { BodiesTooManyError, BodyNotGzipError, BodyTooLargeError } from './body-error.ts';
import { OtlpDecodeError } from './decode-error.ts';
import type { Answer, Arrival, Deliver, Endpoint, EndpointOptions } from './delivery.ts';
import { listen } from './listen.ts';
import { readBody } from './request-body.ts';
import { encodeStatus } from './rpc-status.ts';
import { signalOfHttpPath } from './signal.ts';

type Encoding = Arrival['encoding'];

const mediaTypes: Readonly<Record<Encoding, string>> = { protobuf: 'application/x-protobuf', json: 'application/json' };

/** A request that is refused: the HTTP status, the google.rpc code that goes with it, and why. */
class Refusal extends Error {
  readonly status: number;
  readonly rpcCode: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, rpcCode: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.rpcCode = rpcCode;
    this.headers = headers;
  }
}

/**
 * Listens for OTLP/HTTP, as protobuf or JSON, plain or gzip.
 * @throws the listen error, such as EADDRINUSE.
 */
export async function startHttpEndpoint(deliver: Deliver, options: EndpointOptions): Promise<Endpoint> {
  const { host, port, maxConnections } = options;
  // A sender that lets a request drip in holds a connection no longer than this.
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5000 },
    (request, response) => {
      void handle(request, response, deliver, options);
    },
  );
  if (maxConnections !== undefined) server.maxConnections = maxConnections;
  return listen(server, host, port, () => server.closeAllConnections());
}

async function handle(request: IncomingMessage, response: ServerResponse, deliver: Deliver, options: EndpointOptions): Promise<void> {
  const encoding = encodingOf(request);
  const admission = options.admit?.({ method: request.method!, path: pathOf(request), headers: request.headers });
  for (const [name, value] of Object.entries(admission?.headers ?? {})) response.setHeader(name, value);
  if (admission?.answer !== undefined) {
    request.resume();
    return send(response, encoding ?? 'json', admission.answer);
  }
  try {
    const arrival = await receive(request, encoding, options);
    const answer = (await deliver(arrival)) ?? { status: 200, body: arrival.encoding === 'json' ? '{}' : '' };
    send(response, arrival.encoding, answer);
  } catch (error) {
    if (request.destroyed && !request.complete) return;
    const { status, rpcCode, message, headers } = toRefusal(error);
    request.resume();
    // A body of unknown type gets JSON, which a person can read.
    send(response, encoding ?? 'json', { status, headers, body: encodeStatus(encoding ?? 'json', rpcCode, message) });
  }
}

function pathOf(request: IncomingMessage): string {
  return request.url!.split('?', 1)[0]!;
}

async function receive(
  request: IncomingMessage,
  encoding: Encoding | undefined,
  { maxBodyBytes, reading }: EndpointOptions,
): Promise<Arrival> {
  const path = pathOf(request);
  const signal = signalOfHttpPath.get(path);
  if (signal === undefined)
    throw new Refusal(404, 5, `There is nothing at ${path}; OTLP is taken at ${[...signalOfHttpPath.keys()].join(', ')}.`);
  if (request.method !== 'POST') throw new Refusal(405, 12, `The method is ${request.method}; OTLP is sent with POST.`, { allow: 'POST' });
  if (encoding === undefined) {
    const given = request.headers['content-type'] ?? 'absent';
    throw new Refusal(415, 3, `The content type is ${given}; it must be ${mediaTypes.protobuf} or ${mediaTypes.json}.`);
  }
  const compression = request.headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (compression !== 'gzip' && compression !== 'identity') {
    throw new Refusal(415, 3, `The content encoding is ${compression}; it must be gzip or identity.`, {
      'accept-encoding': 'gzip, identity',
    });
  }
  const body = await readBody(request, maxBodyBytes, reading);
  return { transport: 'http', signal, path, headers: request.headers, encoding, body, isGzip: compression === 'gzip' };
}

function encodingOf(request: IncomingMessage): Encoding | undefined {
  const mediaType = request.headers['content-type']?.split(';', 1)[0]!.trim().toLowerCase();
  if (mediaType === mediaTypes.protobuf) return 'protobuf';
  return mediaType === mediaTypes.json ? 'json' : undefined;
}

function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof BodyTooLargeError) return new Refusal(413, 8, message);
  if (error instanceof BodiesTooManyError) return new Refusal(503, 14, message, { 'retry-after': '1' });
  if (error instanceof BodyNotGzipError || error instanceof OtlpDecodeError) return new Refusal(400, 3, message);
  return new Refusal(500, 13, message);
}

function send(response: ServerResponse, encoding: Encoding, { status, headers, body = '' }: Answer): void {
  const content = Buffer.from(body as string);
  response.writeHead(status, { 'content-type': mediaTypes[encoding], 'content-length': content.length, ...headers });
  response.end(content);
}
