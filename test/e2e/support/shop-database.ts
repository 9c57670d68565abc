/** An empty PostgreSQL -> one with the shop's database and the role with which the collector looks at it, made by the script that the image runs. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Client } from 'pg';

/** Of the role. The tests' server asks for none, but the script and the collector want one. */
export const monitorPassword = 'secret1';

const script = join(import.meta.dirname, '../../../stack/postgres/monitor.sh');

/** The URL of the shop's database. */
export async function createShopDatabase(serverUrl: string): Promise<string> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  await client.query('CREATE DATABASE shop');
  await client.end();
  const url = new URL(serverUrl);
  url.pathname = '/shop';
  makeMonitorRole(Number(url.port));
  return url.href;
}

/** As the image's entrypoint runs what lies in /docker-entrypoint-initdb.d. */
export function makeMonitorRole(port: number): void {
  const server = {
    PGHOST: '127.0.0.1',
    PGPORT: String(port),
    POSTGRES_USER: 'postgres',
    POSTGRES_DB: 'shop',
    POSTGRES_PASSWORD: monitorPassword,
  };
  execFileSync(script, { env: { PATH: process.env['PATH'], ...server }, stdio: 'pipe' });
}
