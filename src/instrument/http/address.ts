/** Headers and sockets -> the addresses of the two ends: `server.address`, `server.port` and `client.address`. */
import type { IncomingHttpHeaders } from 'node:http';

export interface HostAndPort {
  readonly address: string;
  readonly port: number | undefined;
}

/** Bound of the names kept: a client may send any `Host` it likes. */
const MAX_KEPT = 500;
const kept = new Map<string, HostAndPort>();

/**
 * Who the client asked, in the order of trust: `Forwarded`, `X-Forwarded-Host`, `Host` (`:authority` in HTTP/2).
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/#setting-serveraddress-and-serverport-attributes
 */
export function readServerAddress(headers: IncomingHttpHeaders, secure: boolean): HostAndPort | undefined {
  const { forwarded } = headers;
  if (forwarded !== undefined) {
    const host = readForwarded(forwarded, 'host');
    if (host !== undefined) return parseHost(host, defaultPort(readForwarded(forwarded, 'proto')));
  }
  const forwardedHost = firstOf(headers['x-forwarded-host']);
  if (forwardedHost !== undefined) return parseHost(forwardedHost, defaultPort(firstOf(headers['x-forwarded-proto'])));
  const host = headers.host ?? headers[':authority'];
  if (typeof host !== 'string' || host === '') return undefined;
  const key = secure ? `s${host}` : host;
  let parsed = kept.get(key);
  if (parsed === undefined) {
    parsed = parseHost(host, secure ? 443 : 80);
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(key, parsed);
  }
  return parsed;
}

/** Who asked, as far as proxies tell; else the peer. */
export function readClientAddress(headers: IncomingHttpHeaders, peer: string | undefined): string | undefined {
  const { forwarded } = headers;
  if (forwarded !== undefined) {
    const client = readForwarded(forwarded, 'for');
    if (client !== undefined) return parseHost(client, undefined).address;
  }
  const client = firstOf(headers['x-forwarded-for']);
  return client === undefined ? peer : parseHost(client, undefined).address;
}

/** `example.com:8080`, `[::1]:80`, `::1` -> address without brackets, and port. */
export function parseHost(text: string, otherwise: number | undefined): HostAndPort {
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end > 0) return { address: text.slice(1, end), port: parsePort(text.slice(end + 2)) ?? otherwise };
  }
  const colon = text.indexOf(':');
  if (colon < 0 || text.includes(':', colon + 1)) return { address: text, port: otherwise };
  return { address: text.slice(0, colon), port: parsePort(text.slice(colon + 1)) ?? otherwise };
}

function parsePort(text: string): number | undefined {
  const port = Number(text);
  return text !== '' && Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : undefined;
}

function defaultPort(scheme: string | undefined): number | undefined {
  return scheme === 'http' ? 80 : scheme === 'https' ? 443 : undefined;
}

/** `a, b` -> `a`. */
function firstOf(header: string | string[] | undefined): string | undefined {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return undefined;
  const comma = text.indexOf(',');
  const first = (comma < 0 ? text : text.slice(0, comma)).trim();
  return first === '' ? undefined : first;
}

/** The first value of one parameter: `for=1.2.3.4;host="a:80", for=...`. https://www.rfc-editor.org/rfc/rfc7239#section-4 */
export function readForwarded(header: string, name: string): string | undefined {
  let at = 0;
  while (at < header.length) {
    const equals = header.indexOf('=', at);
    if (equals < 0) return undefined;
    const quoted = header[equals + 1] === '"';
    const from = quoted ? equals + 2 : equals + 1;
    let end = from;
    if (quoted) end = header.indexOf('"', from);
    else while (end < header.length && header[end] !== ';' && header[end] !== ',') end++;
    if (end < 0) return undefined;
    if (header.slice(at, equals).trim().toLowerCase() === name) {
      const value = header.slice(from, end).trim();
      if (value !== '') return value;
    }
    at = end;
    while (at < header.length && header[at] !== ';' && header[at] !== ',') at++;
    at++;
  }
  return undefined;
}
