/** A real PostgreSQL for a test. */
import { Client } from 'pg';
import { findProgram, startServer } from './server.ts';
import type { Server, ServerOptions } from './server.ts';

/** Debian keeps them off the PATH. */
const folders = ['/usr/lib/postgresql/*/bin', '/usr/local/pgsql/bin'];
const initdb = findProgram('initdb', folders);
const postgres = findProgram('postgres', folders);

/** False when PostgreSQL is there, else why a test is skipped and what to do: as the `skip` option of a test. */
export const withoutPostgres: false | string =
  initdb === undefined || postgres === undefined ? 'PostgreSQL is not installed: apt-get install postgresql' : false;

export interface PostgresOptions extends ServerOptions {
  /** Lines of postgresql.conf, such as `shared_preload_libraries=pg_stat_statements`. */
  readonly settings?: readonly string[];
}

/** The user is `postgres`; any password will do. */
export function startPostgres({ settings = [], ...options }: PostgresOptions = {}): Promise<Server> {
  if (initdb === undefined || postgres === undefined) throw new Error(String(withoutPostgres));
  const all = (port: number): readonly string[] => [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'fsync=off',
    ...settings,
  ];
  return startServer(
    {
      name: 'postgres',
      prepare: (folder) => [initdb, '-D', `${folder}/data`, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
      command: (folder, port) => [postgres, '-D', `${folder}/data`, ...all(port).flatMap((setting) => ['-c', setting])],
      endSignal: 'SIGINT', // clients are sent away, everything is written
      url: (port) => `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
      answers,
    },
    options,
  );
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => {}); // it is going away again
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}
