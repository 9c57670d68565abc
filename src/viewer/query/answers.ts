/** The name of an endpoint -> the query that answers it. Undefined: there is no such thing. */
import type { LogQuery, TraceQuery } from '../api.ts';
import { listLogs, logFacets, logHistogram } from './logs.ts';
import type { Reader } from './reader.ts';
import { listServices, timeSpan } from './services.ts';
import { readTrace } from './trace.ts';
import { latency, listTraces } from './traces.ts';
import { readLive } from './live.ts';
import type { LiveQuestion } from '../threads/messages.ts';

type Answer<Q> = (reader: Reader, query: Q) => unknown;

export const answers: Readonly<Record<string, Answer<never>>> = {
  span: (reader) => timeSpan(reader),
  services: (reader) => listServices(reader),
  traces: (reader, query: TraceQuery) => listTraces(reader, query),
  latency: (reader, query: TraceQuery) => latency(reader, query),
  trace: (reader, { traceId }: { readonly traceId: string }) => readTrace(reader, traceId),
  logs: (reader, query: LogQuery) => listLogs(reader, query),
  facets: (reader, query: LogQuery) => logFacets(reader, query),
  histogram: (reader, query: LogQuery) => logHistogram(reader, query),
  live: (reader, query: LiveQuestion) => readLive(reader, query),
} satisfies Record<string, Answer<never>>;
