/** The demo whose telemetry goes to somebody else's endpoint: tells where to look, and counts the visits until it is interrupted. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Shop } from './shop.ts';
import { createStatusLine, heading, print, say, sayTable } from './show/print.ts';

/** What the stack of docker-compose.yml opens, on the collector's host. */
const places: readonly (readonly [name: string, port: number, what: string])[] = [
  ['Grafana', 3000, 'dashboards, logs, alerts'],
  ['Jaeger', 16686, 'traces'],
  ['Prometheus', 9090, 'metrics'],
];

export async function showElsewhere(shop: Shop, otlpUrl: string, signal: AbortSignal): Promise<void> {
  sayTable([
    ['storefront', shop.storefrontUrl, 'Express, winston, pg'],
    ['payments', shop.paymentsUrl, 'Fastify, pino'],
    ['telemetry', otlpUrl, await describeEndpoint(otlpUrl)],
    ['output', shop.logDirectory, 'what the processes print'],
  ]);
  print('');
  say([{ text: 'Starting; the database may take a few seconds.', colour: 'dim' }]);
  await shop.ready;

  heading('Where to look, if this is the stack of docker-compose.yml');
  sayTable(places.map(([name, port, what]) => [name, `http://${new URL(otlpUrl).hostname}:${port}`, what]));
  heading('Visits. Ctrl+C stops everything.');
  const show = createStatusLine(10_000);
  for (;;) {
    show(shop.visits());
    await sleep(500, undefined, { signal });
  }
}

/** Whether it takes an empty request for traces. */
async function describeEndpoint(otlpUrl: string): Promise<string> {
  try {
    const response = await fetch(`${otlpUrl}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      signal: AbortSignal.timeout(3000),
    });
    await response.arrayBuffer();
    return response.ok ? 'OTLP, answers' : `answers ${response.status}: is it an OTLP endpoint over HTTP?`;
  } catch {
    return 'does not answer yet; the services keep trying';
  }
}
