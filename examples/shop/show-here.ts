/** The demo that receives its own telemetry: one order's trace with its log lines, the metrics, and from then on every request. */

import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Receiver } from '../../src/otlp/receiver.ts';
import { startReceiver } from '../../src/otlp/receiver.ts';
import { DemoFailed } from './demo-failed.ts';
import type { Page } from './page.ts';
import { startPage } from './page.ts';
import type { FinishedTrace } from './received-traces.ts';
import { describeMissing, isCompleteOrder, isRequest, ReceivedTraces } from './received-traces.ts';
import type { Shop } from './shop.ts';
import { formatRequest, formatWarning } from './show/live.ts';
import { WARN } from './show/log-line.ts';
import { MetricTotals } from './show/metric-totals.ts';
import { formatMetrics, hasMainMetrics } from './show/metrics.ts';
import { heading, layout, print, say, sayTable } from './show/print.ts';
import { httpStatusOf } from './show/span-label.ts';
import { formatTrace } from './show/trace-tree.ts';

const services = ['shop-storefront', 'shop-payments'];
/** Long enough for a machine that is busy with other things. */
const traceWaitMs = 60_000;
const declinedWaitMs = 30_000;
const metricsWaitMs = 30_000;

/** The endpoint, and what has come to it. */
export interface Reception {
  readonly receiver: Receiver;
  readonly traces: ReceivedTraces;
  readonly totals: MetricTotals;
  /** Shows the same in the browser. */
  readonly page: Page | undefined;
  /** While true, warnings that belong to no request are printed as they come. */
  live: boolean;
  close(): Promise<void>;
}

export async function startReception({ withPage }: { readonly withPage: boolean }): Promise<Reception> {
  const traces = new ReceivedTraces();
  const totals = new MetricTotals();
  const page = withPage ? await startPage() : undefined;
  const receiver = await startReceiver({
    keep: false,
    respond(_signal, delivery) {
      page?.take(delivery);
      return undefined; // taken
    },
    onTraces: (spans) => traces.addSpans(spans, Date.now()),
    onMetrics: (metrics) => totals.add(metrics),
    onLogs(logs) {
      traces.addLogs(logs, Date.now());
      if (!reception.live) return;
      for (const log of logs) if (log.traceId === '' && log.severityNumber >= WARN) print(formatWarning(log, layout()));
    },
  });
  const reception: Reception = {
    receiver,
    traces,
    totals,
    page,
    live: false,
    async close() {
      await receiver.close();
      await page?.close();
    },
  };
  return reception;
}

/** From beginning to end; ends only with `once`. */
export async function showHere(shop: Shop, reception: Reception, once: boolean, signal: AbortSignal): Promise<void> {
  const { traces, totals, page } = reception;
  sayTable([
    ...(page === undefined ? [] : ([['page', page.url, 'open it in a browser']] as const)),
    ['storefront', shop.storefrontUrl, 'Express, winston, pg'],
    ['payments', shop.paymentsUrl, 'Fastify, pino'],
    ['database', withoutPassword(shop.databaseUrl), shop.embedded ? 'PostgreSQL, embedded' : 'PostgreSQL'],
    ['receiver', reception.receiver.url, 'OTLP, in this process'],
    ['output', shop.logDirectory, 'what the processes print'],
  ]);
  print('');
  say([{ text: 'Starting; the database takes a few seconds.', colour: 'dim' }]);
  await shop.ready;
  say([{ text: 'The first customers are in. Waiting for the trace of a whole order.', colour: 'dim' }]);

  const seen: FinishedTrace[] = [];
  const order = await waitForOrder(traces, seen, (status) => status < 400, traceWaitMs, signal);
  if (order === undefined)
    throw new DemoFailed(`${traceWaitMs / 1000} s passed and no complete trace of an order came.\n${describeMissing(traces, services)}`);
  heading('One order: the storefront, the database, the payment service');
  print(...formatTrace(order, layout()));

  const declined = await waitForOrder(traces, seen, (status) => status >= 400, declinedWaitMs, signal);
  if (declined !== undefined) {
    heading('One that failed');
    print(...formatTrace(declined, layout()));
  }

  const metricsDeadlineMs = Date.now() + metricsWaitMs;
  while (!hasMainMetrics(totals, services)) {
    if (Date.now() > metricsDeadlineMs)
      throw new DemoFailed(`${metricsWaitMs / 1000} s passed and http.server.request.duration did not come from both services.`);
    await sleep(100, undefined, { signal });
  }
  heading('Metrics so far');
  print(...formatMetrics(totals, layout()));
  if (once) return;

  heading(`Live: each request as it finishes, with its warnings, here and at ${page?.url}. Ctrl+C stops everything.`);
  reception.live = true;
  for (;;) {
    for (const trace of traces.takeFinished(Date.now()).filter(isRequest)) print(...formatRequest(trace, layout()));
    await sleep(250, undefined, { signal });
  }
}

/** The first complete order with such a status, among those `seen` before or while new ones come. */
export async function waitForOrder(
  traces: ReceivedTraces,
  seen: FinishedTrace[],
  wanted: (status: number) => boolean,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<FinishedTrace | undefined> {
  const deadlineMs = Date.now() + timeoutMs;
  while (Date.now() < deadlineMs) {
    seen.push(...traces.takeFinished(Date.now()).filter(isRequest));
    // Asked anew each time: the spans of one service may come after those of the other have been quiet for a while.
    const found = seen.find((trace) => isCompleteOrder(trace) && wanted(httpStatusOf(trace.root) ?? 0));
    if (found !== undefined) return found;
    await sleep(100, undefined, { signal });
    await turn(); // what has arrived while this process had no time is read first
  }
  return undefined;
}

/** The embedded database's address is shown as it is, so that it can be copied; one that was given keeps its secret. */
function withoutPassword(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  if (url.password !== '' && url.password !== 'postgres') url.password = '***';
  return url.href;
}
