/** Where a request goes -> what may be told of it: its address without credentials and without the values of signatures. */

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

/** Query parameters whose values are access rights: https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/ (`url.full`). */
export const REDACTED_QUERY_PARAMS: readonly string[] = [
  'sig',
  'Signature',
  'AWSAccessKeyId',
  'X-Goog-Signature',
  'X-Amz-Signature',
  'X-Amz-Credential',
  'X-Amz-Security-Token',
];

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
export function formatUrl({ prefix }: Origin, target: string, redacted: ReadonlySet<string>): string {
  const shown = target.includes('?') ? redactQuery(target, redacted) : target;
  const first = shown.charCodeAt(0);
  if (first === 47) return prefix + shown;
  if (first === 104 && (shown.startsWith('http://') || shown.startsWith('https://'))) {
    const slash = shown.indexOf('/', shown.indexOf('://') + 3);
    return slash < 0 ? prefix : prefix + shown.slice(slash);
  }
  // `*` of OPTIONS and `host:port` of CONNECT are no paths.
  return first === 63 ? `${prefix}/${shown}` : prefix;
}

/** Replaces the values of some query parameters; all else stays as it was written. */
export function redactQuery(path: string, redacted: ReadonlySet<string>): string {
  let result = '';
  let copied = 0;
  let at = path.indexOf('?') + 1;
  if (at === 0) return path;
  while (at < path.length) {
    let end = path.indexOf('&', at);
    if (end < 0) end = path.length;
    const equals = path.indexOf('=', at);
    if (equals >= 0 && equals < end && redacted.has(path.slice(at, equals))) {
      result += `${path.slice(copied, equals + 1)}REDACTED`;
      copied = end;
    }
    at = end + 1;
  }
  return copied === 0 ? path : result + path.slice(copied);
}
