/**
 * Requests of node:http and node:https -> client spans. The channel `http.client.request.created` tells of each before anything is sent; how it goes on
 * is read off the events that the request and its response emit. Node.js 22.12+, 23.2+.
 * The app's listeners run where Node.js runs them, in the context that the request was made in: a request holds on to it, and so does its parser.
 */
import { subscribe } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { diag, propagation } from '@opentelemetry/api';
import { ClientSpan, requestContext } from './client-span.ts';
import type { ClientTelemetry } from './client-span.ts';
import { createOrigin, defaultPort } from './client-url.ts';
import { headerInLines } from './header-lines.ts';
import { requestSetter } from './request-setter.ts';

type Emit = EventEmitter['emit'];

const CALL = Symbol('otelier.call');

/** What is known about a request under way, on the request and on its response. */
interface Call {
  readonly span: ClientSpan;
  readonly telemetry: ClientTelemetry;
  readonly emitRequest: Emit;
  /** False: the port is the scheme's, for want of a better one. */
  readonly isPortKnown: boolean;
  emitResponse: Emit | undefined;
}

interface Watched {
  [CALL]?: Call;
}
type Request = ClientRequest &
  Watched & { readonly protocol: string; readonly agent?: { readonly defaultPort?: number }; readonly _header?: string | null };
type Response = IncomingMessage & Watched & { readonly _dumped?: boolean };

/** Does this Node.js tell of requests before their headers are sent? https://nodejs.org/api/diagnostics_channel.html#event-httpclientrequestcreated */
export function hasCreatedChannel(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 2) || (major === 22 && minor >= 12);
}

export function registerClientRequests(telemetry: ClientTelemetry): void {
  subscribe('http.client.request.created', (message) => {
    try {
      watch((message as { request: Request }).request, telemetry);
    } catch (error) {
      diag.debug('an outgoing request could not be traced', error);
    }
  });
}

function watch(request: Request, telemetry: ClientTelemetry): void {
  const parent = requestContext();
  if (!parent) return;
  const scheme = request.protocol === 'https:' ? 'https' : 'http';
  const port = portOf(request, scheme);
  const origin = createOrigin(scheme, request.host, port ?? defaultPort(scheme));
  const span = new ClientSpan(telemetry, origin, request.method, request.path, parent);
  request[CALL] = { span, telemetry, emitRequest: request.emit, isPortKnown: port !== undefined, emitResponse: undefined };
  Object.defineProperty(request, 'emit', ownEmitOfRequest);
  // Last: whatever a propagator does, the span ends.
  propagation.inject(span.context, request, requestSetter);
}

/** Own properties in place of listeners: none to be counted, taken off or closed over, and in time for each event. Not enumerable, for copies. */
const ownEmitOfRequest: PropertyDescriptor = { value: emitOfRequest, writable: true, configurable: true, enumerable: false };
const ownEmitOfResponse: PropertyDescriptor = { value: emitOfResponse, writable: true, configurable: true, enumerable: false };

function emitOfRequest(this: Request, event: string | symbol, value?: unknown): boolean {
  const call = this[CALL];
  if (!call) return emitAs(EventEmitter.prototype.emit, this, arguments as unknown as Parameters<Emit>);
  try {
    if (event === 'response') respond(call, this, value as Response, false);
    else if (event === 'upgrade' || event === 'connect') respond(call, this, value as Response, true);
    else if (event === 'error') call.span.fail(value);
    else if (event === 'close') close(call, (this as { res?: Response | null }).res);
  } catch (error) {
    diag.debug('an outgoing request could not be followed', error);
  }
  return emitAs(call.emitRequest, this, arguments as unknown as Parameters<Emit>);
}

function emitOfResponse(this: Response, event: string | symbol): boolean {
  const call = this[CALL];
  if (call && (event === 'end' || event === 'close')) {
    try {
      close(call, this);
    } catch (error) {
      diag.debug('an outgoing request could not be ended', error);
    }
  }
  return emitAs(call?.emitResponse ?? EventEmitter.prototype.emit, this, arguments as unknown as Parameters<Emit>);
}

function emitAs(emit: Emit, emitter: EventEmitter, args: Parameters<Emit>): boolean {
  if (args.length === 1) return emit.call(emitter, args[0]);
  if (args.length === 2) return emit.call(emitter, args[0], args[1]);
  return Reflect.apply(emit, emitter, args);
}

function respond(call: Call, request: Request, response: Response, isOver: boolean): void {
  const { span, telemetry } = call;
  span.responded(response.statusCode ?? 0, response.httpVersion);
  const { socket } = response;
  if (!call.isPortKnown && socket.remotePort) span.relocate(createOrigin(span.scheme, span.address, socket.remotePort));
  if (span.isRecording) {
    span.connected(socket.remoteAddress, socket.remotePort);
    captureHeaders(span, telemetry, request, response);
  }
  if (isOver) {
    span.end();
    return;
  }
  call.emitResponse = response.emit;
  response[CALL] = call;
  Object.defineProperty(response, 'emit', ownEmitOfResponse);
}

/**
 * Nothing more will come. A response that broke off is an error, unless the app itself would have no more of it: then Node.js has dumped what was left,
 * or has not made an error of it.
 */
function close({ span }: Call, response: Response | null | undefined): void {
  if (response?.errored && !response.complete && !response._dumped) span.fail(response.errored);
  else span.end();
}

function captureHeaders(span: ClientSpan, telemetry: ClientTelemetry, request: Request, response: Response): void {
  for (const { name, attribute } of telemetry.requestHeaders) {
    const value = request.getHeader(name) ?? headerInLines(request._header ?? '', name);
    if (value !== undefined) span.span.setAttribute(attribute, Array.isArray(value) ? value.map(String) : [String(value)]);
  }
  for (const { name, attribute } of telemetry.responseHeaders) {
    const value = response.headersDistinct[name];
    if (value !== undefined) span.span.setAttribute(attribute, value);
  }
}

/**
 * The port of a request, which keeps none: Node.js writes the address it was made for into a property of its own (24+) and into the header `Host`.
 * Undefined when the app has written a `Host` of its own and Node.js tells of no other.
 */
function portOf(request: Request, scheme: string): number | undefined {
  authorityKey ??= Object.getOwnPropertySymbols(request).find(({ description }) => description === 'kAuthority');
  let authority: unknown;
  if (authorityKey) {
    authority = (request as unknown as Record<symbol, unknown>)[authorityKey];
  } else {
    const { host } = request;
    authority = request.getHeader('host') ?? headerInLines(request._header ?? '', 'host');
    if (typeof authority === 'string' && !authority.startsWith(host) && !authority.startsWith(`[${host}]`)) return undefined;
  }
  if (typeof authority !== 'string') return undefined;
  const colon = authority.endsWith(']') ? -1 : authority.lastIndexOf(':');
  return colon < 0 ? (request.agent?.defaultPort ?? defaultPort(scheme)) : Number(authority.slice(colon + 1));
}

let authorityKey: symbol | undefined;
