/**
 * A connection -> the attributes of its two ends, shared by its spans: most clients say the same of themselves in each request. They are made when a
 * request is the first that repeats the one before, so that connections for one request, and those where clients take turns, pay nothing.
 */
import { AttributeList } from '../../engine/attributes.ts';
import { SharedAttributes } from '../../engine/shared-attributes.ts';
import { readClientAddress, readServerAddress } from './address.ts';
import type { Exchange } from './exchange.ts';

/** What the requests of a connection mostly have in common. */
export function describeEnds(list: AttributeList, { headers, secure, version, socket }: Exchange): void {
  const peer = socket.remoteAddress;
  list.put('url.scheme', secure ? 'https' : 'http');
  list.put('network.protocol.version', version);
  const server = readServerAddress(headers, secure);
  if (server !== undefined) {
    list.put('server.address', server.address);
    if (server.port !== undefined) list.put('server.port', server.port);
  }
  const client = readClientAddress(headers, peer);
  if (client !== undefined) list.put('client.address', client);
  // A Unix socket has no peer.
  if (peer !== undefined) {
    list.put('network.peer.address', peer);
    const port = socket.remotePort;
    if (port !== undefined) list.put('network.peer.port', port);
  }
  const userAgent = headers['user-agent'];
  if (userAgent !== undefined) list.put('user_agent.original', userAgent);
}

/** What these attributes are made of, as the last request had it. */
export class Ends {
  host: string | undefined = undefined;
  userAgent: string | undefined = undefined;
  version: string | undefined = undefined;
  attributes: SharedAttributes | undefined = undefined;
}

/** Undefined: the request differs from the one before. */
export function shareAttributes(exchange: Exchange): SharedAttributes | undefined {
  const { headers, ends, version } = exchange;
  if (ends === undefined) return undefined;
  const { host, 'user-agent': userAgent } = headers;
  // Behind a proxy each request may come from somebody else.
  if (headers.forwarded !== undefined || headers['x-forwarded-for'] !== undefined || headers['x-forwarded-host'] !== undefined)
    return undefined;
  if (ends.version !== version || ends.host !== host || ends.userAgent !== userAgent) {
    ends.version = version;
    ends.host = host;
    ends.userAgent = userAgent;
    ends.attributes = undefined;
    return undefined;
  }
  return (ends.attributes ??= makeShared(exchange));
}

function makeShared(exchange: Exchange): SharedAttributes {
  const list = new AttributeList();
  describeEnds(list, exchange);
  return new SharedAttributes(list.keys, list.values);
}
