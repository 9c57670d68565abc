/** The shop runs on the stack: every query of every dashboard, and every recipe of docs/logql.md, finds what it asks for. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { findFreePorts } from '../../examples/shop/children.ts';
import { startShop } from '../../examples/shop/shop.ts';
import { type DashboardQuery, dashboardQueries } from '../../stack/dashboards/queries.ts';
import { cookbookQueries } from '../../stack/logql-cookbook.ts';
import { startStack } from '../../stack/run/start-stack.ts';
import { startPostgres, withoutPostgres } from '../support/postgres.ts';
import { startRedis, withoutRedis } from '../support/redis.ts';
import { askQuery } from './ask.ts';
import { findProgram } from './programs.ts';

const ADDRESS = '127.0.0.61';
const DEADLINE_MS = 300_000;

const programs = await Promise.all((['otelcol', 'prometheus', 'alertmanager', 'loki', 'jaeger'] as const).map(findProgram));
const missing = programs.flatMap((program) => program.missing ?? []);
const skip = missing.length > 0 ? missing.join('; ') : withoutPostgres || withoutRedis;

test('every query has data where the shop runs, and none is refused', { skip, timeout: DEADLINE_MS + 120_000 }, async (t) => {
  const undo: (() => unknown)[] = [];
  t.after(async () => {
    for (const step of undo.toReversed()) await step();
  });

  const data = mkdtempSync(join(tmpdir(), 'otelier-dashboards-'));
  undo.push(() => rmSync(data, { recursive: true, force: true }));
  const postgres = await startPostgres({ settings: ['shared_preload_libraries=pg_stat_statements'] });
  undo.push(() => postgres.stop());
  const databaseUrl = await createDatabase(postgres.url);
  const redis = await startRedis();
  undo.push(() => redis.stop());
  const [storefront = 0, payments = 0] = await findFreePorts(2);

  const stack = await startStack({
    data,
    address: ADDRESS,
    env: {
      COLLECTOR_SCRAPES: '[host_metrics, postgresql, redis, http_check]',
      COLLECTOR_LOG_SCRAPES: '[postgresql]',
      COLLECTOR_SCRAPE_INTERVAL: '5s',
      POSTGRES_HOST: new URL(postgres.url).host,
      REDIS_HOST: new URL(redis.url).host,
      HTTP_CHECK_STOREFRONT: `http://127.0.0.1:${storefront}/healthz`,
      HTTP_CHECK_PAYMENTS: `http://127.0.0.1:${payments}/healthz`,
    },
  });
  undo.push(() => stack.stop());
  const over = new AbortController();
  const shop = await startShop({
    preload: join(import.meta.dirname, '../../otel.js'),
    otlpUrl: stack.urls.otlpHttp,
    rate: 10,
    signal: over.signal,
    databaseUrl,
    redisUrl: redis.url,
    ports: { storefront, payments },
    environment: { OTEL_METRIC_EXPORT_INTERVAL: '5000' },
  });
  undo.push(async () => {
    over.abort();
    await shop.stop();
  });
  await shop.ready;

  const queries = [...dashboardQueries(), ...cookbookQueries()];
  let open = queries.filter(({ optional }) => !optional);
  const deadline = Date.now() + DEADLINE_MS;
  while (open.length > 0 && Date.now() < deadline) {
    await sleep(3000);
    open = await withoutData(open, stack.urls);
  }
  assert.deepEqual(open.map(describe), [], 'these stay empty');
  const refused: string[] = [];
  for (const query of queries.filter(({ optional }) => optional)) {
    const answer = await askQuery(query, stack.urls);
    if (answer.refused !== undefined) refused.push(`${describe(query)}: ${answer.refused}`);
  }
  assert.deepEqual(refused, []);
});

/** Those that found nothing yet. One after the other: the machine has the shop to run as well. */
async function withoutData(queries: readonly DashboardQuery[], urls: Parameters<typeof askQuery>[1]): Promise<DashboardQuery[]> {
  const open: DashboardQuery[] = [];
  for (const query of queries) {
    const { filled, refused } = await askQuery(query, urls);
    // 4xx will not become better; 5xx may be a server that is still starting.
    if (refused?.startsWith('4')) assert.fail(`${describe(query)}: ${refused}`);
    if (filled === 0) open.push(query);
  }
  return open;
}

/** The database `shop` and the role that may look at it, as the image's POSTGRES_DB and stack/postgres/monitor.sh make them. Resolves with its URL. */
async function createDatabase(serverUrl: string): Promise<string> {
  const url = new URL('/shop', serverUrl).href;
  await run(serverUrl, 'CREATE DATABASE shop');
  await run(url, 'CREATE ROLE otelcol LOGIN', 'GRANT pg_monitor TO otelcol', 'CREATE EXTENSION pg_stat_statements');
  return url;
}

async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

function describe({ dashboard, panel, expr }: DashboardQuery): string {
  return `${dashboard}, ${panel}: ${expr}`;
}
