/** Where a request goes -> what may be told of it: its address without credentials and without the values of signatures. */
import { redactQuery } from './query.ts';

/** The part of a URL before its path. */
export interface Origin {
  /** `http`, `https`. */
  readonly scheme: string;
  /** Host name or address, an IPv6 address without brackets. */
  readonly address: string;
  readonly port: number;
  /** `scheme://host[:port]`, without credentials and without the scheme's own port. */
  readonly prefix: string;
}

const MAX_ORIGINS = 1000;
const origins = new Map<string, Origin>();

/** The origin of a URL, from a bounded cache; undefined when it is no URL with a host. */
export function parseOrigin(text: string): Origin | undefined {
  const known = origins.get(text);
  if (known) return known;
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port } = new URL(text);
  const scheme = protocol.slice(0, -1);
  if (hostname === '') return undefined;
  const origin = createOrigin(scheme, hostname, port === '' ? defaultPort(scheme) : Number(port));
  if (origins.size >= MAX_ORIGINS) origins.clear();
  origins.set(text, origin);
  return origin;
}

/** Where a request with this target goes through a proxy: `http://shop.example/cart` -> shop.example. Undefined: the target is a path. */
export function parseTarget(target: string): Origin | undefined {
  if (target.charCodeAt(0) === 47 || !(target.startsWith('http://') || target.startsWith('https://'))) return undefined;
  const start = target.indexOf('://') + 3;
  let end = start;
  while (end < target.length && !ENDS_AUTHORITY.includes(target[end]!)) end++;
  return parseOrigin(target.slice(0, end));
}

const ENDS_AUTHORITY = '/?#';

/** @param host as in a URL or bare; an IPv6 address with or without brackets */
export function createOrigin(scheme: string, host: string, port: number): Origin {
  const address = host.charCodeAt(0) === 91 && host.endsWith(']') ? host.slice(1, -1) : host;
  const shown = address.includes(':') ? `[${address}]` : address;
  return { scheme, address, port, prefix: port === defaultPort(scheme) ? `${scheme}://${shown}` : `${scheme}://${shown}:${port}` };
}

export function defaultPort(scheme: string): number {
  return scheme === 'https' ? 443 : 80;
}

/**
 * `url.full` of a request.
 * @param target its path and query, or the whole URL, as for a proxy
 * @param redacted names of query parameters whose values are replaced by `REDACTED`
 */
export function formatUrl({ prefix }: Origin, target: string, redacted: readonly string[]): string {
  const mark = target.indexOf('?') + 1;
  const shown = mark > 0 ? target.slice(0, mark) + redactQuery(target.slice(mark), redacted) : target;
  const first = shown.charCodeAt(0);
  if (first === 47) return prefix + shown;
  if (first === 104 && (shown.startsWith('http://') || shown.startsWith('https://'))) {
    const slash = shown.indexOf('/', shown.indexOf('://') + 3);
    return slash < 0 ? prefix : prefix + shown.slice(slash);
  }
  // `*` of OPTIONS and `host:port` of CONNECT are no paths.
  return first === 63 ? `${prefix}/${shown}` : prefix;
}
