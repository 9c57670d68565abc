/**
 * What a request was -> the attributes of its point in `http.server.request.duration`: one frozen object for each combination, the same one each time,
 * so that a recorder can look it up by identity. https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpserverrequestduration
 */
import type { Attributes } from '@opentelemetry/api';

/** Bound of the objects kept; a route is a pattern, so that few apps have more. */
const MAX_KEPT = 2000;

type Level<Key, Value> = Map<Key, Value>;
type ByError = Level<string | undefined, Attributes>;
type ByRoute = Level<string | undefined, ByError>;
type ByStatus = Level<number | undefined, ByRoute>;
type ByVersion = Level<string, ByStatus>;
type ByMethod = Level<string, ByVersion>;

export interface MetricAttributes {
  get(
    secure: boolean,
    method: string,
    version: string,
    status: number | undefined,
    route: string | undefined,
    errorType: string | undefined,
  ): Attributes;
  /** Objects kept now. */
  readonly size: number;
}

export function createMetricAttributes(): MetricAttributes {
  const plain: ByMethod = new Map();
  const secured: ByMethod = new Map();
  let size = 0;

  return {
    get size() {
      return size;
    },
    get(secure, method, version, status, route, errorType) {
      const byVersion = below(secure ? secured : plain, method);
      const byStatus = below(byVersion, version);
      const byRoute = below(byStatus, status);
      const byError = below(byRoute, route);
      const found = byError.get(errorType);
      if (found !== undefined) return found;
      const made = create(secure, method, version, status, route, errorType);
      if (size >= MAX_KEPT) {
        plain.clear();
        secured.clear();
        size = 0;
      } else {
        byError.set(errorType, made);
        size++;
      }
      return made;
    },
  };
}

function below<Key, InnerKey, Value>(level: Level<Key, Level<InnerKey, Value>>, key: Key): Level<InnerKey, Value> {
  let inner = level.get(key);
  if (inner === undefined) {
    inner = new Map();
    level.set(key, inner);
  }
  return inner;
}

function create(
  secure: boolean,
  method: string,
  version: string,
  status: number | undefined,
  route: string | undefined,
  errorType: string | undefined,
): Attributes {
  return Object.freeze({
    'http.request.method': method,
    'url.scheme': secure ? 'https' : 'http',
    'network.protocol.version': version,
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(route !== undefined && { 'http.route': route }),
    ...(errorType !== undefined && { 'error.type': errorType }),
  });
}
