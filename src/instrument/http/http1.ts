/** The channels of `node:http` (and `node:https`, which is the same) -> exchanges that begin and end. Exist in every Node.js that otelier runs on. */
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { diag } from '@opentelemetry/api';
import { causeOf, GONE, Unanswered } from './abort.ts';
import { forEachOpen, openExchange } from './connection.ts';
import type { Connection } from './connection.ts';
import { bindEmitOf } from './contextual-emit.ts';
import { Exchange } from './exchange.ts';
import type { HttpServer, Outcome } from './server.ts';
import { connectionOf, tieExchange } from './tie.ts';
import { registerUncaught } from './uncaught.ts';

interface RequestStart {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Socket & { readonly encrypted?: boolean };
  readonly server: Server;
}

/** `createServer` is called when the first request comes: a process that serves nothing pays nothing. */
export function subscribeToHttp1(createServer: () => HttpServer): void {
  let begin: ((message: RequestStart) => void) | undefined;
  subscribe('http.server.request.start', (message) => {
    try {
      begin ??= prepare(createServer());
      begin(message as RequestStart);
    } catch (error) {
      // A channel turns what its subscriber throws into an uncaught exception of the app.
      diag.debug('an HTTP request could not be traced', error);
    }
  });
}

function prepare(server: HttpServer): (message: RequestStart) => void {
  const { IncomingMessage: Request, ServerResponse: Response } = process.getBuiltinModule('http');
  bindEmitOf(Request.prototype, server.contexts, undefined);
  bindEmitOf(Response.prototype, server.contexts, {
    onFinish: (exchange) => void (exchange.finished = true),
    onClose: (exchange, response) => server.end(exchange, new Http1Outcome(exchange, response as ServerResponse)),
  });

  const connections = new Set<Connection>();
  registerUncaught(server, connections);
  const endAll = (socket: Socket): void => {
    const connection = connectionOf(socket);
    if (connection === undefined) return;
    connections.delete(connection);
    forEachOpen(connection, (exchange) => server.end(exchange, new Unanswered(GONE)));
  };
  function onSocketClose(this: Socket): void {
    // The app's own listeners of the response's `close`, which this event causes, run before the span ends.
    process.nextTick(endAll, this);
  }

  return ({ request, response, socket }) => {
    if (server.ignores(socket)) return;
    const original = request.method ?? 'GET';
    const exchange = new Exchange(
      server.methodOf(original),
      original,
      request.url ?? '/',
      request.headers,
      socket.encrypted === true,
      request.httpVersion,
      socket,
      server.describe,
    );
    openExchange(exchange, connections, onSocketClose);
    server.begin(exchange);
    tieExchange(request, exchange);
    tieExchange(response, exchange);
  };
}

class Http1Outcome implements Outcome {
  readonly status: number | undefined;
  readonly abortedBy: string | undefined;
  readonly #response: ServerResponse;
  constructor(exchange: Exchange, response: ServerResponse) {
    this.#response = response;
    const { statusCode } = response;
    this.status = response.headersSent && typeof statusCode === 'number' ? statusCode : undefined;
    this.abortedBy = exchange.finished ? undefined : causeOf(response.errored);
  }
  header(name: string): unknown {
    return this.#response.getHeader(name);
  }
}
