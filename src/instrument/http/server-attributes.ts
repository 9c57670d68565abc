/** An exchange -> the attributes of its server span: https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span */
import type { Attributes } from '@opentelemetry/api';
import type { AttributeLimits, AttributeList } from '../../engine/attributes.ts';
import { describeEnds, shareAttributes } from './ends.ts';
import type { Exchange } from './exchange.ts';
import { redactQuery } from './query.ts';

export interface ServerAttributeSettings {
  readonly captureRequestHeaders: readonly string[];
  readonly redactedParameters: readonly string[];
  /** `user_agent.synthetic.type` for known robots and probes. */
  readonly syntheticSource: boolean;
}

const UNLIMITED: AttributeLimits = { count: Infinity, length: Infinity };

/** How robots and probes name themselves. */
const SYNTHETIC: readonly (readonly [name: string, type: string])[] = [
  ['alwayson', 'test'],
  ['googlebot', 'bot'],
  ['bingbot', 'bot'],
];

/** Into an empty list. */
export function describeRequest(list: AttributeList, exchange: Exchange, settings: ServerAttributeSettings): void {
  const { headers, method, target } = exchange;
  list.shared = shareAttributes(exchange);
  if (list.shared === undefined) describeEnds(list, exchange);
  list.put('http.request.method', method);
  putTarget(list, target, settings.redactedParameters);
  if (settings.syntheticSource) putSyntheticType(list, headers['user-agent']);
  if (method !== exchange.methodOriginal) list.put('http.request.method_original', exchange.methodOriginal);
  const captured = settings.captureRequestHeaders;
  for (let i = 0; i < captured.length; i++) {
    const name = captured[i] as string;
    const value = headers[name];
    if (value !== undefined) list.set(`http.request.header.${name}`, textsOf(value), UNLIMITED);
  }
}

/** A header that is there becomes an array of texts. */
export function setHeader(attributes: Attributes, key: string, value: unknown): void {
  if (value !== undefined && value !== null) attributes[key] = textsOf(value);
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

function putTarget(list: AttributeList, target: string, redactedParameters: readonly string[]): void {
  let path = target;
  // A proxy is asked with a whole URL: https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
  if (target.charCodeAt(0) !== 0x2f && URL.canParse(target)) {
    const { pathname, search } = new URL(target);
    path = pathname + search;
  }
  const hash = path.indexOf('#');
  if (hash >= 0) path = path.slice(0, hash);
  const mark = path.indexOf('?');
  list.put('url.path', mark < 0 ? path : path.slice(0, mark));
  if (mark >= 0 && mark + 1 < path.length) list.put('url.query', redactQuery(path.slice(mark + 1), redactedParameters));
}

function putSyntheticType(list: AttributeList, userAgent: string | undefined): void {
  if (userAgent === undefined) return;
  const text = userAgent.toLowerCase();
  for (const [name, type] of SYNTHETIC) {
    if (!text.includes(name)) continue;
    list.put('user_agent.synthetic.type', type);
    return;
  }
}
