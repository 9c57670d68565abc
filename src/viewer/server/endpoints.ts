/** The endpoints of the API that only read, as data: path, the query that answers, and its parameters. */

export interface Endpoint {
  readonly path: RegExp;
  /** Name in query/answers.ts. */
  readonly name: string;
  readonly parameters: readonly string[];
  /** What a group of the path becomes in the query. */
  readonly inPath?: string;
  /** Sent as a file of this name. */
  readonly download?: string;
}

const range = ['from', 'to', 'limit', 'before'];
const traces = [...range, 'service', 'name', 'attr', 'status', 'kind', 'minMs', 'maxMs', 'q', 'sort'];
const logs = [...range, 'service', 'level', 'q', 'attr', 'traceId', 'spanId'];

export const endpoints: readonly Endpoint[] = [
  { path: /^\/api\/services$/, name: 'services', parameters: [] },
  { path: /^\/api\/traces$/, name: 'traces', parameters: traces },
  { path: /^\/api\/latency$/, name: 'latency', parameters: traces },
  { path: /^\/api\/traces\/((?:[\da-f]{2}){1,64})$/i, name: 'trace', parameters: [], inPath: 'traceId' },
  { path: /^\/api\/traces\/((?:[\da-f]{2}){1,64})\/otlp\.json$/i, name: 'otlp', parameters: [], inPath: 'traceId', download: 'otlp' },
  { path: /^\/api\/traces\/((?:[\da-f]{2}){1,64})\/jaeger\.json$/i, name: 'jaeger', parameters: [], inPath: 'traceId', download: 'jaeger' },
  { path: /^\/api\/logs$/, name: 'logs', parameters: logs },
  { path: /^\/api\/logs\/facets$/, name: 'facets', parameters: logs },
  { path: /^\/api\/logs\/histogram$/, name: 'histogram', parameters: [...logs, 'buckets'] },
  { path: /^\/api\/metrics$/, name: 'metrics', parameters: ['service'] },
  { path: /^\/api\/metrics\/series$/, name: 'series', parameters: ['name', 'service', 'attr', 'by', 'from', 'to', 'points'] },
  { path: /^\/api\/map$/, name: 'map', parameters: ['from', 'to'] },
  { path: /^\/api\/errors$/, name: 'errors', parameters: [...range, 'service'] },
  { path: /^\/api\/errors\/([\da-f]{16})$/i, name: 'error', parameters: ['from', 'to'], inPath: 'fingerprint' },
  { path: /^\/api\/overview$/, name: 'overview', parameters: ['from', 'to'] },
  { path: /^\/api\/attributes$/, name: 'attributes', parameters: ['signal', 'prefix', 'key', 'limit'] },
];
