/** Holds what a receiver was sent, and lets tests wait for it. */
import type { Delivery } from './delivery.ts';
import type { LogRecord, MetricRecord, SpanRecord } from './records.ts';

/** What has arrived so far, in order. The same arrays for the receiver's whole life. */
export interface Received {
  readonly spans: SpanRecord[];
  readonly metrics: MetricRecord[];
  readonly logs: LogRecord[];
  /** Every export request whose body arrived whole, also one that was then refused. */
  readonly requests: Delivery[];
}

export type Truthy<T> = Exclude<T, false | 0 | 0n | '' | null | undefined>;

export interface Inbox {
  readonly received: Received;
  waitFor<T>(predicate: (received: Received) => T, timeoutMs?: number): Promise<Truthy<T>>;
  /** Says that something may have arrived. */
  notify(): void;
  clear(): void;
  /** Lets every wait fail. */
  close(): void;
}

interface Waiter {
  check(): void;
  fail(reason: string): void;
}

export function createInbox(): Inbox {
  const received: Received = { spans: [], metrics: [], logs: [], requests: [] };
  const waiters = new Set<Waiter>();
  let closed = false;

  const waitFor = <T>(predicate: (received: Received) => T, timeoutMs = 5000): Promise<Truthy<T>> =>
    new Promise<Truthy<T>>((resolve, reject) => {
      const settle = (finish: () => void): void => {
        clearTimeout(timer);
        waiters.delete(waiter);
        finish();
      };
      const waiter: Waiter = {
        check() {
          try {
            const value = predicate(received);
            if (value) settle(() => resolve(value as Truthy<T>));
          } catch (error) {
            settle(() => reject(error));
          }
        },
        fail: (reason) => settle(() => reject(new Error(`${reason} Received: ${countsOf(received)}.`))),
      };
      const timer = setTimeout(() => waiter.fail(`What was waited for did not arrive within ${timeoutMs} ms.`), timeoutMs);
      waiters.add(waiter);
      waiter.check();
      if (closed && waiters.has(waiter)) waiter.fail('The receiver is closed.');
    });

  return {
    received,
    waitFor,
    notify() {
      for (const waiter of [...waiters]) waiter.check();
    },
    clear() {
      for (const list of Object.values(received)) list.length = 0;
    },
    close() {
      closed = true;
      for (const waiter of [...waiters]) waiter.fail('The receiver was closed.');
    },
  };
}

function countsOf({ spans, metrics, logs, requests }: Received): string {
  return `${requests.length} requests, ${spans.length} spans, ${metrics.length} metrics, ${logs.length} log records`;
}
