/** What the collector looks at by itself: a real PostgreSQL with the role that compose makes, a real Redis, an HTTP endpoint, this host. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { Client, type ClientConfig } from 'pg';
import type { MetricRecord } from '../../src/otlp/records.ts';
import { startReceiver } from '../../src/otlp/receiver.ts';
import { startPostgres, withoutPostgres } from '../support/postgres.ts';
import { startRedis, withoutRedis } from '../support/redis.ts';
import { startCollector } from './collector.ts';
import { findProgram } from './programs.ts';
import { makeMonitorRole, monitorPassword } from './support/shop-database.ts';

const program = await findProgram('otelcol');
const skip = program.missing ?? (withoutPostgres || withoutRedis);

/** A client that does not mind when the server ends before it. */
async function connect(t: TestContext, config: ClientConfig): Promise<Client> {
  const client = new Client(config);
  client.on('error', () => {});
  await client.connect();
  t.after(() => client.end());
  return client;
}

test(
  'a database, a cache, a health check and the host become metrics of services, and costly statements log records',
  { skip },
  async (t) => {
    const postgres = await startPostgres({ settings: ['shared_preload_libraries=pg_stat_statements'] });
    t.after(() => postgres.close());
    const redis = await startRedis();
    t.after(() => redis.close());
    const web = createServer((_, response) => response.writeHead(204).end()).listen(0, '127.0.0.1');
    t.after(() => web.close());
    const admin = await connect(t, { connectionString: postgres.url });
    await admin.query('CREATE DATABASE shop');
    makeMonitorRole(postgres.port);

    const app = await connect(t, { connectionString: postgres.url.replace(/postgres$/, 'shop') });
    await app.query('CREATE TABLE orders (id int PRIMARY KEY, customer text)');
    await app.query("INSERT INTO orders SELECT n, 'customer ' || n FROM generate_series(1, 20000) n");

    const backend = await startReceiver({ grpc: true });
    t.after(() => backend.close());
    const check = `http://127.0.0.1:${(web.address() as AddressInfo).port}/healthz`;
    const env = {
      COLLECTOR_SCRAPES: '[host_metrics, postgresql, redis, http_check]',
      COLLECTOR_LOG_SCRAPES: '[postgresql]',
      COLLECTOR_SCRAPE_INTERVAL: '1s',
      POSTGRES_HOST: `127.0.0.1:${postgres.port}`,
      POSTGRES_DB: 'shop',
      POSTGRES_MONITOR_PASSWORD: monitorPassword,
      REDIS_HOST: `127.0.0.1:${redis.port}`,
      REDIS_PASSWORD: '',
      OTEL_RESOURCE_ATTRIBUTES: '',
      HTTP_CHECK_STOREFRONT: check,
      HTTP_CHECK_PAYMENTS: 'http://127.0.0.1:1/healthz',
    };
    const settings = ['receivers::postgresql::top_query_collection::collection_interval: 2s'];
    const urls = { grpcUrl: backend.grpcUrl as string, httpUrl: backend.url };
    await using collector = await startCollector({ program: program.path as string, ...urls, env, settings });

    const timer = setInterval(
      () => void app.query("SELECT count(*) FROM orders WHERE customer LIKE '%Ada Lovelace%'").catch(() => {}),
      100,
    );
    t.after(() => clearInterval(timer));
    const wanted = ['postgresql.backends', 'redis.memory.used', 'httpcheck.status', 'system.cpu.utilization'];
    await backend.waitFor(({ metrics }) => wanted.every((name) => metrics.some((metric) => metric.name === name)), 120_000);
    const of = (name: string): MetricRecord => backend.metrics.find((metric) => metric.name === name) as MetricRecord;
    const service = (name: string) => [of(name).resource.attributes['service.name'], of(name).resource.attributes['service.instance.id']];
    assert.match(service('postgresql.backends').join(' '), new RegExp(`^postgresql \\S+:${postgres.port}$`));
    assert.match(service('redis.memory.used').join(' '), new RegExp(`^redis \\S+:${redis.port}$`));
    assert.equal(service('httpcheck.status')[0], 'http-check');
    const { 'host.name': host } = of('system.cpu.utilization').resource.attributes;
    assert.ok(host);
    assert.deepEqual(service('system.cpu.utilization'), ['host', host]);
    const up = of('httpcheck.status').points.filter(
      ({ attributes }) => attributes['http.url'] === check && attributes['http.status_class'] === '2xx',
    );
    assert.deepEqual(
      up.map(({ value }) => value),
      [1],
    );

    const records = await backend.waitFor(({ logs }) => {
      const found = logs.filter(({ attributes }) => String(attributes['db.query.text']).includes('orders'));
      return found.length > 0 ? found : undefined;
    }, 120_000);
    assert.equal(records[0]?.resource.attributes['service.name'], 'postgresql');
    assert.ok(
      !JSON.stringify(records, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).includes('Ada'),
      'no literals',
    );
    assert.doesNotMatch(collector.output(), /"level":"error"/);

    const login = { host: '127.0.0.1', port: postgres.port, user: 'otelcol', password: monitorPassword, database: 'shop' };
    const monitor = await connect(t, login);
    await assert.rejects(monitor.query('SELECT * FROM orders'), /permission denied/, 'it sees statistics, not rows');
  },
);
