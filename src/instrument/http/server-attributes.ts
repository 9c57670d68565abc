/** An exchange -> the attributes of its server span: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span */
import type { Attributes } from '@opentelemetry/api';
import { readClientAddress, readServerAddress } from './address.ts';
import type { Exchange } from './exchange.ts';
import { redactQuery } from './query.ts';

export interface ServerAttributeSettings {
  readonly captureRequestHeaders: readonly string[];
  readonly redactedParameters: readonly string[];
  /** `user_agent.synthetic.type` for known robots and probes. */
  readonly syntheticSource: boolean;
}

/** How robots and probes name themselves. */
const SYNTHETIC: readonly (readonly [name: string, type: string])[] = [
  ['alwayson', 'test'],
  ['googlebot', 'bot'],
  ['bingbot', 'bot'],
];

export function describeRequest(exchange: Exchange, settings: ServerAttributeSettings): Attributes {
  const { headers, socket, method, target, secure, version } = exchange;
  const peer = socket.remoteAddress;
  const attributes: Attributes = {
    'http.request.method': method,
    'url.scheme': secure ? 'https' : 'http',
    'network.protocol.version': version,
  };
  setTarget(attributes, target, settings.redactedParameters);
  const server = readServerAddress(headers, secure);
  if (server !== undefined) {
    attributes['server.address'] = server.address;
    if (server.port !== undefined) attributes['server.port'] = server.port;
  }
  const client = readClientAddress(headers, peer);
  if (client !== undefined) attributes['client.address'] = client;
  // A Unix socket has no peer.
  if (peer !== undefined) {
    attributes['network.peer.address'] = peer;
    const port = socket.remotePort;
    if (port !== undefined) attributes['network.peer.port'] = port;
  }
  const userAgent = headers['user-agent'];
  if (userAgent !== undefined) {
    attributes['user_agent.original'] = userAgent;
    if (settings.syntheticSource) setSyntheticType(attributes, userAgent);
  }
  if (method !== exchange.methodOriginal) attributes['http.request.method_original'] = exchange.methodOriginal;
  for (const name of settings.captureRequestHeaders) setHeader(attributes, `http.request.header.${name}`, headers[name]);
  return attributes;
}

/** A header that is there becomes an array of texts. */
export function setHeader(attributes: Attributes, key: string, value: unknown): void {
  if (value === undefined || value === null) return;
  attributes[key] = Array.isArray(value) ? value.map(String) : [String(value)];
}

function setTarget(attributes: Attributes, target: string, redactedParameters: readonly string[]): void {
  let path = target;
  // A proxy is asked with a whole URL: https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
  if (target.charCodeAt(0) !== 0x2f && URL.canParse(target)) {
    const { pathname, search } = new URL(target);
    path = pathname + search;
  }
  const hash = path.indexOf('#');
  if (hash >= 0) path = path.slice(0, hash);
  const mark = path.indexOf('?');
  attributes['url.path'] = mark < 0 ? path : path.slice(0, mark);
  if (mark >= 0 && mark + 1 < path.length) attributes['url.query'] = redactQuery(path.slice(mark + 1), redactedParameters);
}

function setSyntheticType(attributes: Attributes, userAgent: string): void {
  const text = userAgent.toLowerCase();
  for (const [name, type] of SYNTHETIC) {
    if (!text.includes(name)) continue;
    attributes['user_agent.synthetic.type'] = type;
    return;
  }
}
