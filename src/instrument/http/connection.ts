/**
 * A socket -> the exchanges that are open on it, so that what is left when it closes can be ended: the responses of pipelined requests that never had
 * their turn emit nothing. One listener for each socket, however many requests it carries.
 */
import type { Socket } from 'node:net';
import type { Exchange } from './exchange.ts';
import { Ends } from './ends.ts';
import { connectionOf, tieConnection } from './tie.ts';

export class Connection {
  newest: Exchange | undefined = undefined;
  readonly ends: Ends = new Ends();
}

/** Puts an exchange among those of its socket. A socket met for the first time joins `connections`, and `onClose` is called on it when it closes. */
export function openExchange(exchange: Exchange, connections: Set<Connection>, onClose: (this: Socket) => void): void {
  const { socket } = exchange;
  let connection = connectionOf(socket);
  if (connection === undefined) {
    connection = new Connection();
    tieConnection(socket, connection);
    connections.add(connection);
    socket.on('close', onClose);
  }
  const { newest } = connection;
  if (newest !== undefined) {
    exchange.older = newest;
    newest.newer = exchange;
  }
  connection.newest = exchange;
  exchange.ends = connection.ends;
}

/** Calls `end` with each open exchange; it may close it. */
export function forEachOpen({ newest }: Connection, end: (exchange: Exchange) => void): void {
  let exchange = newest;
  while (exchange !== undefined) {
    const { older }: Exchange = exchange;
    end(exchange);
    exchange = older;
  }
}

export function closeExchange(exchange: Exchange): void {
  const { older, newer } = exchange;
  if (older !== undefined) older.newer = newer;
  if (newer !== undefined) newer.older = older;
  else {
    const connection = connectionOf(exchange.socket);
    if (connection?.newest === exchange) connection.newest = older;
  }
  exchange.older = undefined;
  exchange.newer = undefined;
}
