/** Everything that the end-to-end tests look at, started once: the stack with the files of this repository, the shop on real servers, and its customers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePorts } from '../../../examples/shop/free-ports.ts';
import type { Shop } from '../../../examples/shop/shop.ts';
import { startShop } from '../../../examples/shop/shop.ts';
import { startStack } from '../../../stack/run/start-stack.ts';
import type { Stack } from '../../../stack/run/start-stack.ts';
import { startPostgres } from '../../support/postgres.ts';
import { startRedis } from '../../support/redis.ts';
import type { Jaeger } from './jaeger.ts';
import { connectJaeger } from './jaeger.ts';
import type { Loki } from './loki.ts';
import { connectLoki } from './loki.ts';
import type { Prometheus } from './prometheus.ts';
import { connectPrometheus } from './prometheus.ts';
import { createShopDatabase, monitorPassword } from './shop-database.ts';
import type { Webhook } from './webhook.ts';
import { startWebhook } from './webhook.ts';

export interface World {
  readonly stack: Stack;
  readonly shop: Shop;
  readonly jaeger: Jaeger;
  readonly prometheus: Prometheus;
  readonly loki: Loki;
  /** Takes what Alertmanager sends. */
  readonly webhook: Webhook;
  /** A line for the end of the run. */
  report(line: string): void;
  readonly reported: readonly string[];
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '../../..');
/** An address of its own, so that a stack of the user's may go on running. */
const address = '127.41.7.1';

export async function startWorld(): Promise<World> {
  const say = (line: string): void => console.log(`# ${line}`);
  const cleanups: (() => Promise<unknown> | unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const cleanup of cleanups.toReversed()) await cleanup();
  };
  try {
    const postgres = await startPostgres({ settings: ['shared_preload_libraries=pg_stat_statements'] });
    cleanups.push(() => postgres.stop());
    const redis = await startRedis();
    cleanups.push(() => redis.stop());
    const webhook = await startWebhook();
    cleanups.push(() => webhook.close());
    const databaseUrl = await createShopDatabase(postgres.url);

    const [storefront = 0, payments = 0] = await findFreePorts(2);
    const ports = { storefront, payments };

    const data = mkdtempSync(join(tmpdir(), 'otelier-e2e-'));
    cleanups.push(() => rmSync(data, { recursive: true, force: true }));
    const stack = await startStack({
      data,
      address,
      env: {
        COLLECTOR_SCRAPES: '[host_metrics, postgresql, redis, http_check]',
        COLLECTOR_LOG_SCRAPES: '[postgresql]',
        COLLECTOR_SCRAPE_INTERVAL: '5s',
        COLLECTOR_SPAN_METRICS_INTERVAL: '5s',
        POSTGRES_PASSWORD: monitorPassword,
        POSTGRES_HOST: `127.0.0.1:${postgres.port}`,
        REDIS_HOST: `127.0.0.1:${redis.port}`,
        HTTP_CHECK_STOREFRONT: `http://127.0.0.1:${ports.storefront}/healthz`,
        HTTP_CHECK_PAYMENTS: `http://127.0.0.1:${ports.payments}/healthz`,
      },
      files: { '/etc/alertmanager/secrets/webhook_url': `${webhook.url}/page` },
      onReady: (service, seconds) => say(`${service.title} is ready after ${seconds.toFixed(1)} s`),
      onDied: (_service, message) => say(message),
    });
    cleanups.push(async () => {
      for (const problem of await stack.stop()) say(problem);
    });
    if (stack.leftOut.length > 0) throw new Error(`these tests need the whole stack:\n${stack.leftOut.join('\n')}`);

    const abort = new AbortController();
    const shop = await startShop({
      preload: join(root, 'otel.js'),
      otlpUrl: stack.urls.otlpHttp,
      rate: 8,
      signal: abort.signal,
      databaseUrl,
      redisUrl: redis.url,
      ports,
      environment: {
        // The shelves are filled faster than the tests buy.
        HOUSEKEEPING_INTERVAL_MS: '1000',
        // Half a minute without a collector fits in the queue.
        OTEL_BSP_MAX_QUEUE_SIZE: '50000',
        OTEL_BLRP_MAX_QUEUE_SIZE: '50000',
        OTEL_METRIC_EXPORT_INTERVAL: '5000',
      },
    });
    cleanups.push(async () => {
      abort.abort();
      for (const problem of await shop.stop()) say(problem);
    });
    await shop.ready;
    const reported: string[] = [];
    return {
      stack,
      shop,
      jaeger: connectJaeger(stack.urls.jaeger),
      prometheus: connectPrometheus(stack.urls.prometheus),
      loki: connectLoki(stack.urls.loki),
      webhook,
      report: (line) => void reported.push(line),
      reported,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
