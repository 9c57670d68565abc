/** A PostgreSQL for a test: PGlite behind a socket on a free port, empty. */
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

export interface Pglite {
  readonly url: string;
  close(): Promise<void>;
}

/** One session only: clients must not work at the same time. */
export async function startPglite(): Promise<Pglite> {
  const db = await PGlite.create();
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 2 });
  await server.start();
  return {
    url: `postgres://postgres:postgres@${server.getServerConn()}/postgres`,
    async close() {
      await server.stop();
      await db.close();
    },
  };
}
