/** What a request was and how it ended -> the attributes of its duration, one frozen object for each combination, so that a recorder knows it again. */
import type { Attributes } from '@opentelemetry/api';

/** What tells one duration series from another. Required and recommended attributes of `http.client.request.duration`, and `url.scheme`. */
export interface Outcome {
  readonly method: string;
  readonly scheme: string;
  readonly address: string;
  readonly port: number;
  /** 0: there was no response. */
  readonly status: number;
  /** `1.1`, `2`; empty: not known. */
  readonly version: string;
  /** Empty: no error. */
  readonly errorType: string;
}

interface Series extends Outcome {
  readonly attributes: Attributes;
}

/** Beyond it the cache starts anew: hosts may be without end. The metric's own limit is the recorder's. */
const MAX_SERIES = 2000;

export interface DurationAttributes {
  /** The same object for the same outcome, as long as the cache holds it. */
  of(outcome: Outcome): Attributes;
}

export function createDurationAttributes(maxSeries: number = MAX_SERIES): DurationAttributes {
  const byAddress = new Map<string, Map<number, Series[]>>();
  let size = 0;
  return {
    of(outcome) {
      const { address, port } = outcome;
      let list = byAddress.get(address)?.get(port);
      if (list) {
        for (let index = 0; index < list.length; index++) {
          const series = list[index]!;
          if (isSame(series, outcome)) return series.attributes;
        }
      }
      if (size >= maxSeries) {
        byAddress.clear();
        size = 0;
        list = undefined;
      }
      if (!list) {
        list = [];
        const ports = byAddress.get(address);
        if (ports) ports.set(port, list);
        else byAddress.set(address, new Map([[port, list]]));
      }
      size++;
      const series = createSeries(outcome);
      list.push(series);
      return series.attributes;
    },
  };
}

function isSame(series: Series, { status, method, errorType, version, scheme }: Outcome): boolean {
  return (
    series.status === status &&
    series.method === method &&
    series.errorType === errorType &&
    series.version === version &&
    series.scheme === scheme
  );
}

/** https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpclientrequestduration */
function createSeries({ method, scheme, address, port, status, version, errorType }: Outcome): Series {
  const attributes: Attributes = {
    'http.request.method': method,
    'server.address': address,
    'server.port': port,
    'url.scheme': scheme,
  };
  if (status > 0) attributes['http.response.status_code'] = status;
  if (version !== '') attributes['network.protocol.version'] = version;
  if (errorType !== '') attributes['error.type'] = errorType;
  return { method, scheme, address, port, status, version, errorType, attributes: Object.freeze(attributes) };
}
