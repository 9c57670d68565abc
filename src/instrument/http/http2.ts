/**
 * The channels of `node:http2` -> exchanges, for the core API and the compatibility API alike. A Node.js without these channels tells nothing:
 * https://nodejs.org/api/diagnostics_channel.html#http2
 */
import { subscribe } from 'node:diagnostics_channel';
import type { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import type { ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { diag } from '@opentelemetry/api';
import { bindEmitOf } from './contextual-emit.ts';
import { Exchange } from './exchange.ts';
import { causeOf } from './abort.ts';
import type { HttpServer, Outcome } from './server.ts';
import { tieExchange } from './tie.ts';

interface StreamStart {
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders & Readonly<Record<string, string | string[] | undefined>>;
}

const VERSION = '2';

export function subscribeToHttp2(createServer: () => HttpServer): void {
  let begin: ((message: StreamStart) => void) | undefined;
  subscribe('http2.server.stream.start', (message) => {
    try {
      const start = message as StreamStart;
      // The class is not exported: the first of its instances leads to it.
      begin ??= prepare(createServer(), Object.getPrototypeOf(start.stream) as EventEmitter);
      begin(start);
    } catch (error) {
      diag.debug('an HTTP/2 request could not be traced', error);
    }
  });
}

function prepare(server: HttpServer, prototype: EventEmitter): (message: StreamStart) => void {
  bindEmitOf(prototype, server.contexts, {
    onFinish() {},
    onClose: (exchange, stream) => server.end(exchange, new Http2Outcome(stream as ServerHttp2Stream)),
  });
  return ({ stream, headers }) => {
    // Even: a stream that the server pushes, which nobody asked for.
    if (stream.id === undefined || stream.id % 2 === 0) return;
    // Of HTTP/2 a session shows a proxy of its socket; what is read of it here is allowed.
    const socket = stream.session?.socket as Socket | undefined;
    if (socket === undefined || server.ignores(socket)) return;
    const original = textOf(headers[':method']) ?? 'GET';
    const exchange = new Exchange(
      server.methodOf(original),
      original,
      textOf(headers[':path']) ?? '/',
      headers,
      stream.session?.encrypted === true,
      VERSION,
      socket,
      server.describe,
    );
    server.begin(exchange);
    tieExchange(stream, exchange);
  };
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}

class Http2Outcome implements Outcome {
  readonly status: number | undefined;
  readonly abortedBy: string | undefined;
  readonly #stream: ServerHttp2Stream;
  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream;
    const status = stream.sentHeaders?.[':status'];
    this.status = status === undefined ? undefined : Number(status);
    // Not by `finish`: a stream that ends well may close before it comes.
    this.abortedBy = stream.writableEnded && !stream.aborted && stream.rstCode === 0 ? undefined : causeOf(stream.errored);
  }
  header(name: string): unknown {
    return this.#stream.sentHeaders?.[name];
  }
}
