/** An empty PostgreSQL -> one with the shop's database and the role with which the collector looks at it, as stack/postgres/monitor.sh makes it. */
import { Client } from 'pg';

/** The URL of the shop's database. */
export async function createShopDatabase(serverUrl: string): Promise<string> {
  const shopUrl = new URL(serverUrl);
  shopUrl.pathname = '/shop';
  await run(serverUrl, ['CREATE DATABASE shop', 'CREATE ROLE otelcol LOGIN', 'GRANT pg_monitor TO otelcol']);
  await run(shopUrl.href, ['CREATE EXTENSION pg_stat_statements']);
  return shopUrl.href;
}

async function run(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}
