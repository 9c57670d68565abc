/** The name of an endpoint -> the query that answers it. Undefined: there is no such thing. */
import type { LogQuery, SeriesQuery, TraceQuery } from '../api.ts';
import { attributes } from './attributes.ts';
import type { AttributeQuery } from './attributes.ts';
import { listErrors, readError } from './errors.ts';
import type { ErrorQuery } from './errors.ts';
import { toJaeger } from './export-jaeger.ts';
import { exportOtlp } from './export-otlp.ts';
import { readLive } from './live.ts';
import type { LiveQuestion } from './live.ts';
import { listLogs, logFacets, logHistogram } from './logs.ts';
import { serviceMap } from './map.ts';
import { listMetrics } from './metrics.ts';
import { overview } from './overview.ts';
import type { Reader } from './reader.ts';
import { readSeries } from './series.ts';
import { listServices, timeSpan } from './services.ts';
import { readTrace } from './trace.ts';
import { latency, listTraces } from './traces.ts';

type Answer<Q> = (reader: Reader, query: Q) => unknown;

interface TraceId {
  readonly traceId: string;
}
interface Bounds {
  readonly from?: number;
  readonly to?: number;
}

export const answers: Readonly<Record<string, Answer<never>>> = {
  span: (reader) => timeSpan(reader),
  services: (reader) => listServices(reader),
  traces: (reader, query: TraceQuery) => listTraces(reader, query),
  latency: (reader, query: TraceQuery) => latency(reader, query),
  trace: (reader, { traceId }: TraceId) => readTrace(reader, traceId),
  otlp: (reader, { traceId }: TraceId) => exportOtlp(reader, traceId),
  jaeger: (reader, { traceId }: TraceId) => converted(reader, traceId, toJaeger),
  logs: (reader, query: LogQuery) => listLogs(reader, query),
  facets: (reader, query: LogQuery) => logFacets(reader, query),
  histogram: (reader, query: LogQuery) => logHistogram(reader, query),
  metrics: (reader, query: { readonly service?: string }) => listMetrics(reader, query),
  series: (reader, query: SeriesQuery) => readSeries(reader, query),
  map: (reader, query: Bounds) => serviceMap(reader, query),
  errors: (reader, query: ErrorQuery) => listErrors(reader, query),
  error: (reader, query: ErrorQuery & { readonly fingerprint: string }) => readError(reader, query),
  overview: (reader, query: Bounds) => overview(reader, query),
  attributes: (reader, query: AttributeQuery) => attributes(reader, query),
  live: (reader, query: LiveQuestion) => readLive(reader, query),
} satisfies Record<string, Answer<never>>;

function converted(
  reader: Reader,
  traceId: string,
  convert: (trace: NonNullable<ReturnType<typeof readTrace>>) => object,
): object | undefined {
  const trace = readTrace(reader, traceId);
  return trace === undefined ? undefined : convert(trace);
}
