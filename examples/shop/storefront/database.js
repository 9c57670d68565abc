'use strict';
/** The connection pool, and a transaction that is always ended and always gives its client back. */

const { Pool } = require('pg');

const pool = new Pool({
  connectionString: process.env.DATABASE_URL ?? 'postgres://postgres:postgres@127.0.0.1:5432/postgres',
  max: Number(process.env.DATABASE_POOL_MAX ?? 10),
  connectionTimeoutMillis: 5000,
});
// A connection that is lost in the middle of a transaction has no other listener, and would end the process. The query that was under way fails.
pool.on('connect', (client) => client.on('error', () => {}));

/** @param {(client: import('pg').PoolClient) => Promise<T>} work @template T @returns {Promise<T>} */
async function inTransaction(work) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {}); // the first error is the one to tell
    throw error;
  } finally {
    client.release();
  }
}

module.exports = { pool, inTransaction };
