/** A file of OTLP/JSON, of one signal or several, one request or one a line as the collector's file exporter writes it -> the store. */
import type { Imported } from '../api.ts';
import type { Signal } from '../../otlp/signal.ts';
import type { Store } from '../threads/store.ts';
import { MalformedError } from '../threads/store.ts';

const markers: readonly (readonly [Signal, string])[] = [
  ['traces', '"resourceSpans"'],
  ['logs', '"resourceLogs"'],
  ['metrics', '"resourceMetrics"'],
];

/** @throws MalformedError for anything else; BusyError */
export async function importJson(store: Store, body: Buffer): Promise<Imported> {
  const total = { spans: 0, logs: 0, metricPoints: 0 };
  const traceIds = new Set<string>();
  let known = false;
  for (const part of requestsIn(body)) {
    // Each signal's reader passes over what is not its own.
    for (const [signal, marker] of markers) {
      if (!part.includes(marker)) continue;
      known = true;
      const added = await store.ingest({ signal, encoding: 'json', body: part, isGzip: false });
      total.spans += added.spans;
      total.logs += added.logs;
      total.metricPoints += added.metricPoints;
      for (const id of added.traceIds) traceIds.add(id);
    }
  }
  if (!known) throw new MalformedError('The file is not OTLP/JSON: it holds no resourceSpans, resourceLogs or resourceMetrics.');
  return { ...total, traceIds: [...traceIds] };
}

function requestsIn(body: Buffer): readonly Buffer[] {
  const firstEnd = body.indexOf('\n');
  if (firstEnd < 0 || !body.subarray(0, firstEnd).toString().trimEnd().endsWith('}')) return [body];
  return body
    .toString()
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Buffer.from(line));
}
