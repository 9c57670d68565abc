/**
 * An object of the app -> what we know of it. Held in a private field: as cheap as a property, and neither enumeration, inspection nor a copy of the
 * app's object shows it.
 */
import type { Connection } from './connection.ts';
import type { Exchange } from './exchange.ts';

/** A constructor that gives back what it is given puts the private fields of a derived class on it. */
class Given {
  constructor(object: object) {
    // oxlint-disable-next-line no-constructor-return
    return object;
  }
}

class WithExchange extends Given {
  #exchange: Exchange;
  constructor(object: object, exchange: Exchange) {
    super(object);
    this.#exchange = exchange;
  }
  static read(object: object): Exchange | undefined {
    return #exchange in object ? object.#exchange : undefined;
  }
}

class WithConnection extends Given {
  #connection: Connection;
  constructor(object: object, connection: Connection) {
    super(object);
    this.#connection = connection;
  }
  static read(object: object): Connection | undefined {
    return #connection in object ? object.#connection : undefined;
  }
}

/**
 * To a request, a response or an HTTP/2 stream.
 * @throws TypeError when the object is tied already
 */
export function tieExchange(object: object, exchange: Exchange): void {
  new WithExchange(object, exchange);
}

/** Undefined: not an exchange that we follow. */
export function exchangeOf(object: object): Exchange | undefined {
  return WithExchange.read(object);
}

/** Of what a framework holds for its request: Node.js's own, or that of HTTP/2's compatibility API, where the stream is tied. */
export function exchangeOfRequest(request: { readonly stream?: unknown }): Exchange | undefined {
  const found = WithExchange.read(request);
  if (found !== undefined) return found;
  const { stream } = request;
  return typeof stream === 'object' && stream !== null ? WithExchange.read(stream) : undefined;
}

export function tieConnection(socket: object, connection: Connection): void {
  new WithConnection(socket, connection);
}

export function connectionOf(socket: object): Connection | undefined {
  return WithConnection.read(socket);
}
