/** The shop's PostgreSQL, embedded: PGlite behind a socket, with the schema and the first goods in it. Prints its URL; `PORT` 0 or none takes a free one. */

import { readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

const db = await PGlite.create();
await db.exec(await readFile(new URL('schema.sql', import.meta.url), 'utf8'));

// PGlite is one session: with two clients at work, their prepared statements get mixed up. So the shop's pool is set to one connection;
// the second one allowed here is for the moment in which the pool replaces it.
const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: Number(process.env.PORT ?? 0), maxConnections: 2 });
await server.start();
console.log(`postgres://postgres:postgres@${server.getServerConn()}/postgres`);

async function stop(): Promise<void> {
  await server.stop();
  await db.close();
  process.exit(0);
}
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
