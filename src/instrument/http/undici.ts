/**
 * Requests of undici, the global `fetch` included -> client spans, by the channels that undici 5 to 8 and the copy in Node.js publish to.
 * Each hop of a redirect and each retry is a request of its own. https://undici.nodejs.org/#/docs/api/DiagnosticsChannel
 */
import { subscribe } from 'node:diagnostics_channel';
import { diag, propagation } from '@opentelemetry/api';
import type { TextMapSetter } from '@opentelemetry/api';
import { ClientSpan, requestContext } from './client-span.ts';
import type { CapturedHeader, ClientTelemetry } from './client-span.ts';
import { parseOrigin } from './client-url.ts';
import { headerInLines, isHeaderSafe, replaceInHeaderList, setHeaderLine } from './header-lines.ts';
import { UNDICI_SOCKET } from './http2-client.ts';

const CALL = Symbol('otelier.call');

type OnUpgrade = (status: number, ...rest: unknown[]) => unknown;

/** The part of undici's request that is read: https://github.com/nodejs/undici/blob/main/lib/core/request.js */
interface UndiciRequest {
  readonly origin: unknown;
  readonly path: string;
  readonly method: string;
  readonly upgrade?: unknown;
  /** undici 5: lines; later: a flat list. */
  headers: string | unknown[];
  addHeader?(name: string, value: string): unknown;
  onUpgrade?: OnUpgrade;
  onRequestUpgrade?: OnUpgrade;
  [CALL]?: ClientSpan;
}

interface UndiciSocket {
  readonly remoteAddress?: string;
  readonly remotePort?: number;
  readonly alpnProtocol?: string | false | null;
  [UNDICI_SOCKET]?: true;
}

interface Message {
  readonly request: UndiciRequest;
  readonly socket?: UndiciSocket;
  readonly response?: { readonly statusCode: number; readonly headers: unknown };
  readonly error?: unknown;
}

export function registerUndici(telemetry: ClientTelemetry): void {
  const on = (channel: string, follow: (message: Message) => void): void =>
    subscribe(channel, (message) => {
      try {
        follow(message as Message);
      } catch (error) {
        diag.debug(`${channel} could not be followed`, error);
      }
    });
  on('undici:request:create', ({ request }) => watch(request, telemetry));
  on('undici:client:sendHeaders', ({ request, socket }) => send(request, socket, telemetry));
  on('undici:request:headers', ({ request, response }) => respond(request, response, telemetry));
  on('undici:request:trailers', ({ request }) => request[CALL]?.end());
  on('undici:request:error', ({ request, error }) => fail(request[CALL], error));
}

function watch(request: UndiciRequest, telemetry: ClientTelemetry): void {
  // A tunnel through a proxy; the request that goes through it tells of itself.
  if (request.method === 'CONNECT') return;
  const parent = requestContext();
  if (!parent) return;
  const origin = parseOrigin(String(request.origin));
  if (!origin) return;
  const span = new ClientSpan(telemetry, origin, request.method, request.path, parent);
  request[CALL] = span;
  propagation.inject(span.context, request, setter);
  if (request.upgrade) watchUpgrade(request, span);
}

const setter: TextMapSetter<UndiciRequest> = {
  set(request, name, value) {
    if (!isHeaderSafe(name, value)) return;
    const lower = name.toLowerCase();
    if (typeof request.headers === 'string') request.headers = setHeaderLine(request.headers, lower, value);
    else if (replaceInHeaderList(request.headers, lower, value)) return;
    else if (request.addHeader) request.addHeader(name, value);
    else request.headers.push(name, value);
  },
};

/** Older releases publish nothing when a connection changes its protocol, which is the end of the request. */
function watchUpgrade(request: UndiciRequest, span: ClientSpan): void {
  for (const name of ['onUpgrade', 'onRequestUpgrade'] as const) {
    const original = request[name];
    if (!original) continue;
    request[name] = function (this: unknown, status, ...rest) {
      span.responded(status, '1.1');
      span.end();
      return original.call(this, status, ...rest);
    };
  }
}

function send(request: UndiciRequest, socket: UndiciSocket | undefined, telemetry: ClientTelemetry): void {
  const isHttp2 = socket?.alpnProtocol === 'h2';
  // Its streams over HTTP/2 are those of node:http2, which would tell of them once more.
  if (isHttp2) socket[UNDICI_SOCKET] = true;
  const span = request[CALL];
  if (!span) return;
  span.version = isHttp2 ? '2' : '1.1';
  if (!span.isRecording) return;
  span.connected(socket?.remoteAddress, socket?.remotePort);
  const { headers } = request;
  for (const { name, attribute } of telemetry.requestHeaders) {
    const values =
      typeof headers === 'string' ? [headerInLines(headers, name)].filter((value) => value !== undefined) : valuesOf(headers, name);
    if (values.length > 0) span.span.setAttribute(attribute, values);
  }
}

function respond(request: UndiciRequest, response: Message['response'], telemetry: ClientTelemetry): void {
  const span = request[CALL];
  if (!span || !response) return;
  span.status = response.statusCode;
  if (span.isRecording) captureResponse(span, response.headers, telemetry.responseHeaders);
}

function captureResponse(span: ClientSpan, headers: unknown, captured: readonly CapturedHeader[]): void {
  for (const { name, attribute } of captured) {
    const values = Array.isArray(headers) ? valuesOf(headers, name) : listOf((headers as Record<string, unknown> | null)?.[name]);
    if (values.length > 0) span.span.setAttribute(attribute, values);
  }
}

/** The values of a header in a flat list of names and values, which are text or bytes. */
function valuesOf(list: readonly unknown[], name: string): string[] {
  const values: string[] = [];
  for (let index = 0; index + 1 < list.length; index += 2) {
    const other = String(list[index]);
    if (other.length === name.length && other.toLowerCase() === name) values.push(...listOf(list[index + 1]));
  }
  return values;
}

function listOf(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

/**
 * An app that gives up the rest of a response it has got, for whatever reason it names, or lets it be collected unread, has met no error. What undici
 * or the network reports has a code.
 */
function fail(span: ClientSpan | undefined, error: unknown): void {
  if (!span) return;
  const { name, code } = Object(error) as { readonly name?: unknown; readonly code?: unknown };
  const isFailure = name === 'TimeoutError' || (typeof code === 'string' && name !== 'AbortError');
  if (span.status > 0 && !isFailure) span.end();
  else span.fail(error);
}
