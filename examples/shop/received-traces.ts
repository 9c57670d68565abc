/** Spans and log records as they arrive -> whole traces, each told once when its root has ended and nothing more has come for a while. */

import type { LogRecord, SpanRecord } from '../../src/otlp/records.ts';
import { isQuery, serviceOf } from './show/span-label.ts';
import type { Trace } from './show/trace-tree.ts';

interface Held {
  readonly spans: SpanRecord[];
  readonly logs: LogRecord[];
  root: SpanRecord | undefined;
  lastArrivalMs: number;
  told: boolean;
}

export interface FinishedTrace extends Trace {
  readonly root: SpanRecord;
}

/** Longer than both services keep spans and log records back before they send them. */
export const quietMs = 1200;
const forgottenAfterMs = 60_000;

export class ReceivedTraces {
  readonly #traces = new Map<string, Held>();
  readonly #spansByService = new Map<string, number>();

  addSpans(spans: readonly SpanRecord[], nowMs: number): void {
    for (const span of spans) {
      const held = this.#hold(span.traceId, nowMs);
      held.spans.push(span);
      if (span.parentSpanId === '') held.root = span;
      this.#spansByService.set(serviceOf(span), (this.#spansByService.get(serviceOf(span)) ?? 0) + 1);
    }
  }

  addLogs(logs: readonly LogRecord[], nowMs: number): void {
    for (const log of logs) if (log.traceId !== '') this.#hold(log.traceId, nowMs).logs.push(log);
  }

  /** The traces that have become whole since the last call, oldest first; old ones are forgotten on the way. */
  takeFinished(nowMs: number): readonly FinishedTrace[] {
    const finished: FinishedTrace[] = [];
    for (const [traceId, held] of this.#traces) {
      const { root, spans, logs } = held;
      if (!held.told && root !== undefined && nowMs - held.lastArrivalMs >= quietMs) {
        held.told = true;
        finished.push({ root, spans, logs });
      }
      if (nowMs - held.lastArrivalMs >= forgottenAfterMs) this.#traces.delete(traceId);
    }
    return finished;
  }

  /** How many spans have come from each service, for a person who misses some. */
  spansByService(): ReadonlyMap<string, number> {
    return this.#spansByService;
  }

  #hold(traceId: string, nowMs: number): Held {
    let held = this.#traces.get(traceId);
    if (held === undefined) this.#traces.set(traceId, (held = { spans: [], logs: [], root: undefined, lastArrivalMs: nowMs, told: false }));
    held.lastArrivalMs = nowMs;
    return held;
  }
}

export function isRequest(trace: FinishedTrace): boolean {
  return trace.root.kind === 'server';
}

/** An order's trace with nothing missing: both services, the database, and every parent. */
export function isCompleteOrder(trace: FinishedTrace): boolean {
  const ids = new Set(trace.spans.map((span) => span.spanId));
  return (
    isRequest(trace) &&
    trace.root.attributes['http.request.method'] === 'POST' &&
    trace.spans.some((span) => span.kind === 'server' && serviceOf(span) !== serviceOf(trace.root)) &&
    trace.spans.some(isQuery) &&
    trace.spans.every((span) => span.parentSpanId === '' || ids.has(span.parentSpanId))
  );
}

/** What is not there yet of a whole order's trace, in words for a person. */
export function describeMissing(traces: ReceivedTraces, services: readonly string[]): string {
  const counts = traces.spansByService();
  const lines = services.map((service) => `  ${service}: ${counts.get(service) ?? 0} spans came`);
  for (const [service, count] of counts)
    if (!services.includes(service)) lines.push(`  ${service}: ${count} spans came, of a service that nobody expects`);
  return lines.join('\n');
}
