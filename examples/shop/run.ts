/**
 * `npm run demo`: starts an OTLP receiver and the shop, then prints what telemetry came of it: one order's trace with its log lines, the metrics, and
 * from then on every request. The services know nothing of otelier: all they get is `--import ./otel.js` and environment variables.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startReceiver } from '../../src/otlp/receiver.ts';
import type { FinishedTrace } from './received-traces.ts';
import { describeMissing, isCompleteOrder, isRequest, ReceivedTraces } from './received-traces.ts';
import type { Shop } from './shop.ts';
import { startShop } from './shop.ts';
import { formatRequest, formatWarning } from './show/live.ts';
import { WARN } from './show/log-line.ts';
import { MetricTotals } from './show/metric-totals.ts';
import { formatMetrics, hasMainMetrics } from './show/metrics.ts';
import { httpStatusOf } from './show/span-label.ts';
import type { Piece } from './show/text.ts';
import { createPaint, layPieces } from './show/text.ts';
import { formatTrace } from './show/trace-tree.ts';

const usage = `Usage: npm run demo [-- options]

Starts a small shop (storefront, payments, PostgreSQL) with otelier preloaded, sends it customers, and prints
the trace of one order with its log lines, then the metrics, then every request as it finishes.

  --once        print the traces and the metrics, then stop everything
  --rate <n>    requests a second (default 4)
  --help        this text

Exit codes: 0 all went well, 1 a process died or no complete trace came, 2 wrong usage.
`;

/** What went wrong, in words for a person; no stack is wanted. */
class DemoFailed extends Error {}

const services = ['shop-storefront', 'shop-payments'];
const traceWaitMs = 30_000;
const declinedWaitMs = 8_000;
const metricsWaitMs = 10_000;

const traces = new ReceivedTraces();
const totals = new MetricTotals();
const paint = createPaint(process.stdout.isTTY === true && !process.env.NO_COLOR);
let live = false;

function layout(): { readonly width: number; readonly paint: typeof paint } {
  return { width: Math.min(Math.max(process.stdout.columns || 100, 60), 160), paint };
}

function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

process.exitCode = await main();

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'number') return options;
  const preload = join(fileURLToPath(new URL('../..', import.meta.url)), 'otel.js');
  if (!existsSync(preload) || !existsSync(join(preload, '../dist'))) {
    process.stderr.write('otelier is not built yet. Run "npm run build" first.\n');
    return 1;
  }

  const receiver = await startReceiver({
    keep: false,
    onTraces: (spans) => traces.addSpans(spans, Date.now()),
    onMetrics: (metrics) => totals.add(metrics),
    onLogs(logs) {
      traces.addLogs(logs, Date.now());
      if (live) for (const log of logs) if (log.traceId === '' && log.severityNumber >= WARN) print(formatWarning(log, layout()));
    },
  });
  say([{ text: 'otelier demo', colour: 'bold' }, { text: '  a shop that knows nothing of telemetry, under node --import ./otel.js' }]);
  print('');
  const over = new AbortController(); // ends every wait, so that nothing keeps this process alive
  const shop = await startShop({ preload, otlpUrl: receiver.url, rate: options.rate, signal: over.signal });
  const interrupted = untilInterrupted(shop);

  let failure: string | undefined;
  try {
    await Promise.race([
      tell(shop, receiver.url, options.once, over.signal),
      interrupted,
      shop.died.then((message) => {
        throw new DemoFailed(message);
      }),
    ]);
  } catch (error) {
    if (!(error instanceof DemoFailed)) throw error;
    failure = error.message;
  } finally {
    live = false;
    over.abort();
    const problems = await shop.stop();
    await receiver.close();
    failure ??= problems.length > 0 ? problems.join('\n') : undefined;
  }
  if (failure === undefined) print('', paint('dim', 'Everything has stopped.'));
  else process.stderr.write(`\n${failure}\n`);
  return failure === undefined ? 0 : 1;
}

/** The demo from beginning to end; ends only with `once`. */
async function tell(shop: Shop, receiverUrl: string, once: boolean, signal: AbortSignal): Promise<void> {
  const rows = [
    ['storefront', shop.storefrontUrl, 'Express, winston, pg'],
    ['payments', shop.paymentsUrl, 'Fastify, pino'],
    ['database', shop.databaseUrl, 'PostgreSQL, embedded'],
    ['receiver', receiverUrl, 'OTLP, in this process'],
    ['output', shop.logDirectory, 'what the processes print'],
  ] as const;
  const urlWidth = Math.max(...rows.map(([, url]) => url.length)) + 2;
  for (const [name, url, what] of rows) say([{ text: `  ${name.padEnd(12)}${url.padEnd(urlWidth)}` }, { text: what, colour: 'dim' }]);
  print('');
  say([{ text: 'Starting; the database takes a few seconds.', colour: 'dim' }]);
  await shop.ready;
  say([{ text: 'The first customers are in. Waiting for the trace of a whole order.', colour: 'dim' }]);

  const seen: FinishedTrace[] = [];
  const order = await waitForOrder(seen, (status) => status < 400, traceWaitMs, signal);
  if (order === undefined)
    throw new DemoFailed(`${traceWaitMs / 1000} s passed and no complete trace of an order came.\n${describeMissing(traces, services)}`);
  heading('One order: the storefront, the database, the payment service');
  print(...formatTrace(order, layout()));

  const declined = await waitForOrder(seen, (status) => status >= 400, declinedWaitMs, signal);
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

  heading('Live: each request as it finishes, with its warnings. Ctrl+C stops everything.');
  live = true;
  for (;;) {
    for (const trace of traces.takeFinished(Date.now()).filter(isRequest)) print(...formatRequest(trace, layout()));
    await sleep(250, undefined, { signal });
  }
}

/** One line, cut to the terminal's width. */
function say(pieces: readonly Piece[]): void {
  print(layPieces(pieces, layout().width, paint).trimEnd());
}

function heading(text: string): void {
  print('');
  say([{ text, colour: 'bold' }]);
  print('');
}

/** The first complete order with such a status, among those `seen` before or while new ones come. */
async function waitForOrder(
  seen: FinishedTrace[],
  wanted: (status: number) => boolean,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<FinishedTrace | undefined> {
  const deadlineMs = Date.now() + timeoutMs;
  while (Date.now() < deadlineMs) {
    seen.push(...traces.takeFinished(Date.now()).filter(isCompleteOrder));
    const found = seen.find((trace) => wanted(httpStatusOf(trace.root) ?? 0));
    if (found !== undefined) return found;
    await sleep(100, undefined, { signal });
  }
  return undefined;
}

/** Resolves at the first signal, or when the reader of our output has gone; a second signal waits for no one. */
function untilInterrupted(shop: Shop): Promise<void> {
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        resolve();
        firstMs ??= Date.now();
        if (Date.now() - firstMs < 500) return; // one Ctrl+C can come twice: from the terminal, and handed on by npm
        shop.kill();
        process.exit(130);
      });
    }
    process.stdout.on('error', () => resolve());
  });
}

/** The options, or the code to exit with. */
function readOptions(): { readonly once: boolean; readonly rate: number } | number {
  try {
    const { values } = parseArgs({
      options: {
        once: { type: 'boolean', default: false },
        rate: { type: 'string', default: '4' },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(usage);
      return 0;
    }
    const rate = Number(values.rate);
    if (!(rate > 0 && rate <= 100)) throw new RangeError(`--rate is "${values.rate}"; it is a number above 0 and up to 100.`);
    return { once: values.once, rate };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nnpm run demo -- --help tells more.\n`);
    return 2;
  }
}
