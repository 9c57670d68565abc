/** What the HTTP and the gRPC endpoint hand over, and what they are told to answer. */
import type { IncomingHttpHeaders } from 'node:http';

import type { BodyBudget } from './request-body.ts';
import type { Signal } from './signal.ts';

/** One export request whose body arrived whole, unpacked. */
export interface Delivery {
  readonly transport: 'http' | 'grpc';
  readonly signal: Signal;
  /** Without the query. */
  readonly path: string;
  /** In lower case; of gRPC also the pseudo headers. */
  readonly headers: IncomingHttpHeaders;
  readonly encoding: 'protobuf' | 'json';
  /** The export request itself: decompressed and unframed. */
  readonly bytes: Uint8Array;
}

/** One export request as it arrived. */
export interface Arrival extends Omit<Delivery, 'bytes'> {
  /** Unframed, and not yet unpacked. */
  readonly body: Uint8Array;
  readonly isGzip: boolean;
}

/** An answer other than plain acceptance. */
export interface Answer {
  /** An HTTP status; over gRPC it becomes the code that the gRPC specification maps it to. */
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is; over gRPC it is the message of a 2xx answer, or the error text of any other. */
  readonly body?: string | Uint8Array;
}

/**
 * Takes a request in, which it unpacks where that is best; undefined means it was accepted.
 * @throws OtlpDecodeError for a body that is not OTLP, BodyNotGzipError and BodyTooLargeError, which the sender must not send again.
 */
export type Deliver = (arrival: Arrival) => Promise<Answer | undefined>;

/** What an endpoint looks at before it reads a body: an answer ends the request, headers go with whatever is answered. */
export interface Admission {
  readonly answer?: Answer;
  readonly headers?: Readonly<Record<string, string>>;
}
export type Admit = (request: {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
}) => Admission | undefined;

/** Bounds of a listening endpoint. */
export interface EndpointOptions {
  readonly host: string;
  readonly port: number;
  /** Of a request body, as sent and decompressed. */
  readonly maxBodyBytes: number;
  readonly admit?: Admit;
  /** Of all requests that are being read at one time. */
  readonly reading?: BodyBudget;
  readonly maxConnections?: number;
}

/** A listening endpoint; `close` also ends connections that are idle or busy, and resolves when the port is free. */
export interface Endpoint {
  readonly port: number;
  close(): Promise<void>;
}
