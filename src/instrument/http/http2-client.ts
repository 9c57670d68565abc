/**
 * Streams of node:http2 clients -> client spans, by the channels `http2.client.stream.*` of Node.js 22.17+ and 24.2+. Headers are on their way when the
 * channel tells of a stream, so no context is passed on.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientHttp2Stream, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import { diag } from '@opentelemetry/api';
import { ClientSpan, requestContext } from './client-span.ts';
import type { ClientTelemetry } from './client-span.ts';
import { parseOrigin } from './client-url.ts';

const CALL = Symbol('otelier.call');

/** On sockets that undici speaks HTTP/2 over: it tells of its requests itself. */
export const UNDICI_SOCKET: unique symbol = Symbol('otelier.undici');

type Stream = ClientHttp2Stream & { [CALL]?: ClientSpan };

interface Message {
  readonly stream: Stream;
  readonly headers?: OutgoingHttpHeaders & IncomingHttpHeaders;
  readonly error?: unknown;
}

export function registerHttp2Client(telemetry: ClientTelemetry): void {
  const on = (channel: string, follow: (message: Message) => void): void =>
    subscribe(channel, (message) => {
      try {
        follow(message as Message);
      } catch (error) {
        diag.debug(`${channel} could not be followed`, error);
      }
    });
  on('http2.client.stream.created', ({ stream, headers }) => watch(stream, headers, telemetry));
  on('http2.client.stream.finish', ({ stream, headers }) => respond(stream, headers, telemetry));
  on('http2.client.stream.error', ({ stream, error }) => stream[CALL]?.fail(error));
  on('http2.client.stream.close', ({ stream }) => close(stream));
}

function watch(stream: Stream, headers: Message['headers'] = {}, telemetry: ClientTelemetry): void {
  // A stream that the server pushes has no request of ours; gRPC's calls are told of by its own instrumentation.
  if (stream.sentHeaders === undefined || String(headers['content-type'] ?? '').startsWith('application/grpc')) return;
  const { session } = stream;
  if (!session || (session.socket as { [UNDICI_SOCKET]?: true })[UNDICI_SOCKET]) return;
  const parent = requestContext();
  if (!parent) return;
  const scheme = String(headers[':scheme'] ?? 'https');
  const origin = parseOrigin(`${scheme}://${String(headers[':authority'] ?? headers['host'] ?? '')}`);
  if (!origin) return;
  const span = new ClientSpan(telemetry, origin, String(headers[':method'] ?? 'GET'), String(headers[':path'] ?? '/'), parent);
  span.version = '2';
  stream[CALL] = span;
  captureHeaders(span, headers, telemetry.requestHeaders);
}

function respond(stream: Stream, headers: Message['headers'] = {}, telemetry: ClientTelemetry): void {
  const span = stream[CALL];
  if (!span) return;
  span.responded(Number(headers[':status']), '2');
  if (!span.isRecording) return;
  const { session } = stream;
  if (session) span.connected(session.socket.remoteAddress, session.socket.remotePort);
  captureHeaders(span, headers, telemetry.responseHeaders);
}

function captureHeaders(span: ClientSpan, headers: NonNullable<Message['headers']>, captured: ClientTelemetry['requestHeaders']): void {
  if (!span.isRecording) return;
  for (const { name, attribute } of captured) {
    const value: unknown = headers[name];
    if (value !== undefined) span.span.setAttribute(attribute, Array.isArray(value) ? value.map(String) : [String(value)]);
  }
}

/** The error of a stream is told after its close, if there is one: whoever is closed without trouble ends here, the others when all is said. */
function close(stream: Stream): void {
  const span = stream[CALL];
  if (!span) return;
  if (span.status > 0 && stream.rstCode === 0) span.end();
  else stream.once('close', endClosed);
}

function endClosed(this: Stream): void {
  const span = this[CALL];
  if (!span) return;
  // A cancelled stream emits no error. With a response it is the app's own choice, as it is over HTTP/1.1.
  if (span.status === 0) span.fail(new DOMException('The request was cancelled before its response.', 'AbortError'));
  else span.end();
}
