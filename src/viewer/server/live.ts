/** What the store says after each transaction -> server-sent events for everyone who listens, a few times a second. */
import type { ServerResponse } from 'node:http';
import type { LiveEvents, Severity } from '../api.ts';
import type { LiveAnswer } from '../query/live.ts';
import type { Committed } from '../store/writer.ts';
import type { Store } from '../threads/store.ts';
import { safetyHeaders } from './reply.ts';

export interface LiveQuery {
  readonly signals?: readonly (keyof LiveEvents)[];
  readonly service?: string;
  readonly level?: Severity;
}

interface Listener {
  readonly response: ServerResponse;
  readonly query: LiveQuery;
  lastLog: number;
}

export interface Live {
  /** Takes the response over; false when too many listen. */
  listen(response: ServerResponse, query: LiveQuery): boolean;
  committed(committed: Committed): void;
  cleared(): void;
  close(): void;
}

const INTERVAL_MS = 250;
const COMMENT_MS = 15_000;
const MAX_LISTENERS = 50;
/** A listener that does not read misses events rather than filling the memory. */
const MAX_UNSENT_BYTES = 2_000_000;
const MAX_TRACES = 200;

export function createLive(store: () => Store): Live {
  const listeners = new Set<Listener>();
  const traces = new Set<number>();
  const metrics = new Set<string>();
  let news = false;
  let moreTraces = 0;
  let busy = false;
  let latest: Committed | undefined;
  let timer: NodeJS.Timeout | undefined;
  const comments = setInterval(() => {
    for (const { response } of listeners) response.write(': still here\n\n');
  }, COMMENT_MS);
  comments.unref();

  const tell = <E extends keyof LiveEvents>({ response }: Listener, event: E, data: LiveEvents[E]): void => {
    if (response.writableLength < MAX_UNSENT_BYTES) response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const wants = ({ query }: Listener, signal: keyof LiveEvents): boolean => query.signals === undefined || query.signals.includes(signal);

  const flush = async (): Promise<void> => {
    if (busy || !news) return;
    busy = true;
    news = false;
    const ids = [...traces].slice(-MAX_TRACES);
    const names = [...metrics];
    const more = moreTraces + traces.size - ids.length;
    traces.clear();
    metrics.clear();
    moreTraces = 0;
    try {
      for (const listener of listeners) {
        const { service, level } = listener.query;
        const filter = { ...(service === undefined ? {} : { service }), ...(level === undefined ? {} : { level }) };
        const json = await store().ask({
          name: 'live',
          query: { traces: wants(listener, 'traces') ? ids : [], afterLog: listener.lastLog, ...filter },
        });
        const answer = JSON.parse(Buffer.from(json!).toString()) as LiveAnswer;
        listener.lastLog = answer.lastLog;
        if (answer.traces.items.length > 0) tell(listener, 'traces', { ...answer.traces, more: answer.traces.more + more });
        if (wants(listener, 'logs') && answer.logs.items.length > 0) tell(listener, 'logs', answer.logs);
        if (wants(listener, 'metrics') && names.length > 0) tell(listener, 'metrics', { names });
        if (latest !== undefined) tell(listener, 'counts', latest.counts);
      }
    } catch {
      // the store is being closed; the listeners are, too
    } finally {
      busy = false;
    }
  };

  return {
    listen(response, query) {
      if (listeners.size >= MAX_LISTENERS) return false;
      const listener = { response, query, lastLog: store().latest.lastLog };
      response.writeHead(200, {
        ...safetyHeaders,
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      response.write('retry: 1000\n\n');
      tell(listener, 'counts', store().latest.counts);
      listeners.add(listener);
      timer ??= setInterval(() => void flush(), INTERVAL_MS);
      response.on('close', () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      });
      return true;
    },
    committed(committed) {
      latest = committed;
      if (listeners.size === 0) return;
      news = true;
      for (const id of committed.traces) {
        traces.delete(id);
        traces.add(id);
      }
      for (const name of committed.metrics) metrics.add(name);
      moreTraces += committed.moreTraces;
    },
    cleared() {
      traces.clear();
      for (const listener of listeners) {
        listener.lastLog = 0;
        tell(listener, 'cleared', {});
      }
    },
    close() {
      clearInterval(timer);
      clearInterval(comments);
      for (const { response } of listeners) response.end();
    },
  };
}
