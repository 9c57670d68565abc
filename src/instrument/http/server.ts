/**
 * What Node.js tells on its diagnostics channels -> a server span and a measured duration for each request, and the span's context for all that the
 * request starts. Nothing is wrapped around the app's handlers.
 */
import { INVALID_SPAN_CONTEXT, SpanStatusCode, diag, propagation, trace } from '@opentelemetry/api';
import type { Context, Histogram, MeterProvider, Span, Tracer, TracerProvider } from '@opentelemetry/api';
import { setRPCMetadata, suppressTracing } from '@opentelemetry/core';
import type { RPCMetadata, RPCType } from '@opentelemetry/core';
import type { Socket } from 'node:net';
import type { Config } from '../../config/types.ts';
import type { ContextSwitch } from '../../signals/context.ts';
import { EMPTY_CONTEXT } from '../../signals/light-context.ts';
import type { RpcMetadataUse } from '../own-instrumentation.ts';
import { closeExchange } from './connection.ts';
import { createDuration } from './duration.ts';
import type { Describe, Exchange } from './exchange.ts';
import { createMetricAttributes } from './metric-attributes.ts';
import { SENSITIVE_PARAMETERS } from './query.ts';
import { describeRequest, setHeader } from './server-attributes.ts';
import type { ServerAttributeSettings } from './server-attributes.ts';

/** What the user can set; the names are those of the upstream instrumentation. */
export interface HttpServerOptions {
  readonly disableIncomingRequestInstrumentation?: boolean;
  readonly requireParentforIncomingSpans?: boolean;
  readonly headersToSpanAttributes?: {
    readonly server?: { readonly requestHeaders?: readonly string[]; readonly responseHeaders?: readonly string[] };
  };
  readonly enableSyntheticSourceDetection?: boolean;
  readonly redactedQueryParamsServer?: readonly string[];
}

export interface HttpServerSetup {
  readonly options: HttpServerOptions;
  readonly http: Config['http'];
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
  readonly contexts: ContextSwitch;
  /** A port on which otelier itself serves metrics: requests to it are nobody's traffic. */
  readonly ownPort: number | undefined;
  readonly rpc: RpcMetadataUse;
}

/** The outcome of an exchange, as the protocol knows it. */
export interface Outcome {
  /** Undefined: no response was begun. */
  readonly status: number | undefined;
  /** Undefined: the response went out whole. */
  readonly abortedBy: string | undefined;
  header(name: string): unknown;
}

const OTHER_METHOD = '_OTHER';
const SCOPE = 'otelier/http-server';
const { setSpan } = trace;
const ERROR_STATUS = Object.freeze({ code: SpanStatusCode.ERROR });

/** Begins and ends exchanges; the files beside this one tell it when. */
export class HttpServer {
  readonly contexts: ContextSwitch;
  readonly describe: Describe;
  readonly #setup: HttpServerSetup;
  readonly #responseHeaders: readonly (readonly [name: string, key: string])[];
  readonly #metricAttributes = createMetricAttributes();
  readonly #unseen: Context = suppressTracing(EMPTY_CONTEXT);
  readonly #tracer: Tracer;
  readonly #duration: Histogram;

  constructor(setup: HttpServerSetup) {
    const { options, http, contexts } = setup;
    this.#setup = setup;
    this.contexts = contexts;
    const also = options.headersToSpanAttributes?.server;
    const settings: ServerAttributeSettings = {
      captureRequestHeaders: merge(http.captureHeaders.server.request, also?.requestHeaders),
      redactedParameters: options.redactedQueryParamsServer ?? SENSITIVE_PARAMETERS,
      syntheticSource: options.enableSyntheticSourceDetection ?? false,
    };
    this.describe = (list, exchange) => describeRequest(list, exchange, settings);
    this.#responseHeaders = merge(http.captureHeaders.server.response, also?.responseHeaders).map((name) => [
      name,
      `http.response.header.${name}`,
    ]);
    this.#tracer = setup.tracerProvider.getTracer(SCOPE);
    this.#duration = createDuration(setup.meterProvider.getMeter(SCOPE), 'server');
  }

  /** `_OTHER` for a method that is not known. */
  methodOf(original: string): string {
    return this.#setup.http.knownMethods.has(original) ? original : OTHER_METHOD;
  }

  /** True: a request to otelier itself, which leaves no trace. */
  ignores(socket: Socket): boolean {
    const { ownPort } = this.#setup;
    if (ownPort === undefined || socket.localPort !== ownPort) return false;
    this.contexts.enter(this.#unseen);
    return true;
  }

  /** Starts the span and makes its context the active one. The parent is what the request carries, never what is active: that may be another request. */
  begin(exchange: Exchange): void {
    const parent = propagation.extract(EMPTY_CONTEXT, exchange.headers);
    const span = this.#startSpan(exchange, parent);
    let context = setSpan(parent, span);
    const { rpc } = this.#setup;
    if (rpc.present) {
      const metadata: RPCMetadata = { type: 'http' as RPCType.HTTP, span };
      if (rpc.routes) exchange.rpc = metadata;
      context = setRPCMetadata(context, metadata);
    }
    exchange.span = span;
    exchange.context = context;
    exchange.place = this.contexts.enter(context);
  }

  #startSpan(exchange: Exchange, parent: Context): Span {
    if (this.#setup.options.requireParentforIncomingSpans === true) {
      const caller = trace.getSpanContext(parent);
      if (caller === undefined || !trace.isSpanContextValid(caller)) return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    }
    return this.#tracer.startSpan(nameOf(exchange, undefined), exchange, parent);
  }

  /** Ends the span and measures, once. Never throws. */
  end(exchange: Exchange, outcome: Outcome): void {
    if (exchange.ended) return;
    exchange.ended = true;
    closeExchange(exchange);
    try {
      this.contexts.leave(exchange.place, exchange.context);
      this.#record(exchange, outcome);
    } catch (error) {
      diag.debug('an HTTP request could not be recorded', error);
    }
  }

  #record(exchange: Exchange, outcome: Outcome): void {
    const { span, secure, method, version } = exchange;
    const { status } = outcome;
    const errorType = status !== undefined && status >= 500 ? String(status) : outcome.abortedBy;
    const route = readRoute(exchange, status);
    if (span.isRecording()) this.#describeOutcome(exchange, outcome, route, errorType);
    const seconds = (performance.now() - exchange.startedAt) / 1000;
    span.end();
    const attributes = this.#metricAttributes.get(secure, method, version, status, route, errorType);
    this.#duration.record(seconds, attributes, exchange.context);
  }

  #describeOutcome(exchange: Exchange, outcome: Outcome, route: string | undefined, errorType: string | undefined): void {
    const { span } = exchange;
    if (outcome.status !== undefined) span.setAttribute('http.response.status_code', outcome.status);
    if (route !== undefined) {
      span.setAttribute('http.route', route);
      span.updateName(nameOf(exchange, route));
    }
    if (errorType !== undefined) {
      span.setAttribute('error.type', errorType);
      span.setStatus(ERROR_STATUS);
    }
    if (this.#responseHeaders.length > 0) this.#captureHeaders(span, outcome);
  }

  #captureHeaders(span: Span, outcome: Outcome): void {
    const attributes = {};
    for (const [name, key] of this.#responseHeaders) {
      try {
        setHeader(attributes, key, outcome.header(name));
      } catch {
        // Values that cannot be put into text cost themselves only.
      }
    }
    span.setAttributes(attributes);
  }
}

/** `GET /users/:id`; https://opentelemetry.io/docs/specs/semconv/http/http-spans/#name */
function nameOf({ method }: Exchange, route: string | undefined): string {
  const start = method === OTHER_METHOD ? 'HTTP' : method;
  return route === undefined ? start : `${start} ${route}`;
}

function readRoute(exchange: Exchange, status: number | undefined): string | undefined {
  const { source, readSource } = exchange;
  if (readSource !== undefined && source !== undefined) {
    try {
      const route = readSource(source, exchange);
      if (route !== undefined) return route;
    } catch (error) {
      diag.debug('a route could not be read', error);
    }
  }
  if (exchange.route !== undefined) return exchange.route;
  if (exchange.rpc?.route !== undefined) return exchange.rpc.route;
  // Answered by what is mounted there, without a route of its own.
  return exchange.mounted !== '' && status !== 404 ? exchange.mounted : undefined;
}

function merge(names: readonly string[], more: readonly string[] = []): readonly string[] {
  return [...new Set([...names, ...more.map((name) => name.toLowerCase())])];
}
