/**
 * One outgoing request -> one client span and one duration, by the HTTP conventions, whichever way it was sent.
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
 */
import { INVALID_SPAN_CONTEXT, SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import type { Attributes, Context, Histogram, Meter, Span, SpanOptions, Tracer } from '@opentelemetry/api';
import { isTracingSuppressed } from '@opentelemetry/core';
import { createDurationAttributes } from './client-durations.ts';
import type { DurationAttributes, Outcome } from './client-durations.ts';
import { formatUrl, parseTarget } from './client-url.ts';
import type { Origin } from './client-url.ts';
import { createDuration } from './duration.ts';
import { SENSITIVE_PARAMETERS } from './query.ts';

export interface ClientOptions {
  readonly tracer: Tracer;
  readonly meter: Meter;
  /** Methods told by their name; any other is `_OTHER`. */
  readonly knownMethods: ReadonlySet<string>;
  /** Names of headers that become span attributes, in any case. */
  readonly requestHeaders: readonly string[];
  readonly responseHeaders: readonly string[];
  /** Undefined: those of the conventions. */
  readonly redactedQueryParams?: readonly string[] | undefined;
  /** No span where none is active; the context is passed on and the duration measured all the same. */
  readonly requireParent: boolean;
}

/** A header to be told: its name in lower case and the attribute it becomes. */
export interface CapturedHeader {
  readonly name: string;
  readonly attribute: string;
}

/** What all requests of one kind share. */
export interface ClientTelemetry {
  readonly tracer: Tracer;
  readonly duration: Histogram;
  readonly durations: DurationAttributes;
  readonly knownMethods: ReadonlySet<string>;
  readonly requestHeaders: readonly CapturedHeader[];
  readonly responseHeaders: readonly CapturedHeader[];
  readonly redacted: readonly string[];
  readonly requireParent: boolean;
}

export function createClientTelemetry(options: ClientOptions): ClientTelemetry {
  return {
    tracer: options.tracer,
    duration: createDuration(options.meter, 'client'),
    durations: createDurationAttributes(),
    knownMethods: options.knownMethods,
    requestHeaders: capturedHeaders('request', options.requestHeaders),
    responseHeaders: capturedHeaders('response', options.responseHeaders),
    redacted: options.redactedQueryParams ?? SENSITIVE_PARAMETERS,
    requireParent: options.requireParent,
  };
}

function capturedHeaders(direction: 'request' | 'response', names: readonly string[]): readonly CapturedHeader[] {
  return [...new Set(names.map((name) => name.toLowerCase()))].map((name) => ({ name, attribute: `http.${direction}.header.${name}` }));
}

/**
 * A request under way. It is the options of its own span: a tracer that decides by less than the attributes never asks for them.
 * Ends once; whatever comes later is ignored.
 */
export class ClientSpan implements SpanOptions, Outcome {
  readonly kind: SpanKind = SpanKind.CLIENT;
  readonly method: string;
  /** With the span in it: what is sent along, and where the duration's exemplar comes from. */
  readonly context: Context;
  readonly span: Span;
  readonly isRecording: boolean;
  status = 0;
  version = '';
  errorType = '';
  readonly #telemetry: ClientTelemetry;
  #origin: Origin;
  readonly #originalMethod: string;
  readonly #target: string;
  readonly #startedAt: number;
  #ended = false;

  /** @param method as the app wrote it; @param target as it is sent: path and query, or a whole URL */
  constructor(telemetry: ClientTelemetry, origin: Origin, method: string, target: string, parent: Context) {
    this.#telemetry = telemetry;
    this.#origin = parseTarget(target) ?? origin;
    this.#originalMethod = method;
    this.#target = target;
    this.method = knownMethod(method, telemetry.knownMethods);
    this.#startedAt = performance.now();
    this.span = telemetry.requireParent && !hasParent(parent) ? trace.wrapSpanContext(INVALID_SPAN_CONTEXT) : this.#startSpan(parent);
    this.isRecording = this.span.isRecording();
    this.context = trace.setSpan(parent, this.span);
  }

  get scheme(): string {
    return this.#origin.scheme;
  }
  get address(): string {
    return this.#origin.address;
  }
  get port(): number {
    return this.#origin.port;
  }

  get attributes(): Attributes {
    const { address, port } = this.#origin;
    const attributes: Attributes = {
      'http.request.method': this.method,
      'server.address': address,
      'server.port': port,
      'url.full': formatUrl(this.#origin, this.#target, this.#telemetry.redacted),
    };
    if (this.method !== this.#originalMethod) attributes['http.request.method_original'] = this.#originalMethod;
    return attributes;
  }

  /** The other end of the connection. */
  connected(address: string | undefined, port: number | undefined): void {
    if (!this.isRecording || address === undefined) return;
    this.span.setAttribute('network.peer.address', address);
    if (port !== undefined) this.span.setAttribute('network.peer.port', port);
  }

  /** The request turns out to go elsewhere than was known at its start. */
  relocate(origin: Origin): void {
    if (parseTarget(this.#target)) return;
    this.#origin = origin;
    if (!this.isRecording) return;
    this.span.setAttribute('server.port', origin.port);
    this.span.setAttribute('url.full', formatUrl(origin, this.#target, this.#telemetry.redacted));
  }

  /** The headers of the response are there. */
  responded(status: number, version: string): void {
    this.status = status;
    this.version = version;
  }

  /** The request is over, with a response or without. */
  end(): void {
    if (this.#ended) return;
    if (this.status >= 400) {
      this.errorType = String(this.status);
      if (this.isRecording) this.span.setAttribute('error.type', this.errorType).setStatus({ code: SpanStatusCode.ERROR });
    }
    this.#finish();
  }

  /** The request failed. */
  fail(error: unknown): void {
    if (this.#ended) return;
    this.errorType = errorTypeOf(error);
    if (this.isRecording) {
      const message = messageOf(error);
      this.span.setAttribute('error.type', this.errorType);
      this.span.setStatus(message === undefined ? { code: SpanStatusCode.ERROR } : { code: SpanStatusCode.ERROR, message });
      this.span.recordException(error instanceof Error ? error : String(message ?? this.errorType));
    }
    this.#finish();
  }

  #finish(): void {
    this.#ended = true;
    const { duration, durations } = this.#telemetry;
    const { span } = this;
    if (this.isRecording) {
      if (this.status > 0) span.setAttribute('http.response.status_code', this.status);
      if (this.version !== '') span.setAttribute('network.protocol.version', this.version);
    }
    span.end();
    duration.record((performance.now() - this.#startedAt) / 1000, durations.of(this), this.context);
  }

  #startSpan(parent: Context): Span {
    return this.#telemetry.tracer.startSpan(this.method === OTHER ? 'HTTP' : this.method, this, parent);
  }
}

/** The context that a request is made in; undefined where nothing is to be told: telemetry's own requests are sent in such a one. */
export function requestContext(): Context | undefined {
  const active = context.active();
  return isTracingSuppressed(active) ? undefined : active;
}

const OTHER = '_OTHER';

function knownMethod(method: string, known: ReadonlySet<string>): string {
  if (known.has(method)) return method;
  const upper = method.toUpperCase();
  return known.has(upper) ? upper : OTHER;
}

function hasParent(parent: Context): boolean {
  const spanContext = trace.getSpanContext(parent);
  return spanContext !== undefined && trace.isSpanContextValid(spanContext);
}

const MAX_ERROR_TYPE = 64;

/** Of few values: the error's code (`ECONNREFUSED`), else the name of its class (`TimeoutError`), else `_OTHER`. */
export function errorTypeOf(error: unknown): string {
  try {
    const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
    if (name === 'AbortError') return name;
    if (isWord(code)) return code;
    if (isWord(name)) return name;
  } catch {
    // A value that refuses to be looked at has no name.
  }
  return OTHER;
}

/** A bare identifier: what is longer or holds anything else may be different each time. */
function isWord(value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_ERROR_TYPE) return false;
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 95;
    if (!isLetter && !(code >= 48 && code <= 57)) return false;
  }
  return true;
}

function messageOf(error: unknown): string | undefined {
  try {
    const { message } = error as { readonly message?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}
