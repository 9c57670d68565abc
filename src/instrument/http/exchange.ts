/**
 * One request and its response, from the server's side: what the span, the histogram and the routes of frameworks need to know of it. It is at the
 * same time the options of its span, so that a request costs one object.
 */
import { SpanKind } from '@opentelemetry/api';
import type { Attributes, Context, Span } from '@opentelemetry/api';
import { AttributeList } from '../../engine/attributes.ts';
import { FILL } from '../../engine/shared-attributes.ts';
import type { FillingOptions } from '../../engine/shared-attributes.ts';
import type { RPCMetadata } from '@opentelemetry/core';
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { Ends } from './ends.ts';

/** Puts the attributes of an exchange's span into an empty list. */
export type Describe = (list: AttributeList, exchange: Exchange) => void;

export class Exchange implements FillingOptions {
  readonly kind = SpanKind.SERVER;
  /** As the span and the metric tell it: a known method or `_OTHER`. */
  readonly method: string;
  /** As it stands in the request line. */
  readonly methodOriginal: string;
  /** The request target: path and query, rarely a whole URL or `*`. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly secure: boolean;
  readonly version: string;
  readonly socket: Socket;
  /** `performance.now()`. */
  readonly startedAt: number = performance.now();
  span!: Span;
  /** What the request and all it starts runs in. */
  context!: Context;
  /** Where the context was entered. */
  place: object | undefined = undefined;
  /** The response was handed over to the system, whole. */
  finished = false;
  ended = false;
  /** The pattern of the matched route; read when the response ends. */
  route: string | undefined = undefined;
  /** What a framework knows the route by (its own request object), and how to ask it. Asked once, when the response ends. */
  source: object | undefined = undefined;
  readSource: ((source: object, exchange: Exchange) => string | undefined) | undefined = undefined;
  /** Where upstream's instrumentation of a layer tells the route, if one is alive that does. */
  rpc: RPCMetadata | undefined = undefined;
  /** The error told last: it passes every layer on its way out. */
  error: unknown = undefined;
  /** Of the connection, where it is ours to remember. */
  ends: Ends | undefined = undefined;
  /** Neighbours among the open exchanges of its connection. */
  older: Exchange | undefined = undefined;
  newer: Exchange | undefined = undefined;
  /** Mounted routers of express that this request went into, each followed by the pattern it is mounted under. */
  mounts: unknown[] | undefined = undefined;
  /** The pattern under which the layer that runs now is mounted. */
  mounted = '';
  readonly #describe: Describe;
  #attributes: Attributes | undefined;

  constructor(
    method: string,
    methodOriginal: string,
    target: string,
    headers: IncomingHttpHeaders,
    secure: boolean,
    version: string,
    socket: Socket,
    describe: Describe,
  ) {
    this.method = method;
    this.methodOriginal = methodOriginal;
    this.target = target;
    this.headers = headers;
    this.secure = secure;
    this.version = version;
    this.socket = socket;
    this.#describe = describe;
  }

  /** Computed when first read: a tracer that decides about sampling first never asks. */
  get attributes(): Attributes {
    return (this.#attributes ??= this.#toAttributes());
  }

  [FILL](list: AttributeList): void {
    this.#describe(list, this);
  }

  #toAttributes(): Attributes {
    const list = new AttributeList();
    this.#describe(list, this);
    return list.toObject() as Attributes;
  }

  /** One exception event on the server span for each error, however many layers see it. Never throws. */
  recordError(error: unknown): void {
    if (this.error === error || error === undefined || error === null) return;
    this.error = error;
    try {
      if (this.span.isRecording()) this.span.recordException(error as Error);
    } catch {
      // Hostile getters cost the event, not the request.
    }
  }
}
