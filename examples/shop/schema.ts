/** A database's address -> the shop's tables and first goods in it, unless they are there. Run by itself, it does so for DATABASE_URL. */

import { readFile } from 'node:fs/promises';
import { Client } from 'pg';

/** True when the database was empty and has the schema now. Several at a time do not get in each other's way. */
export async function applySchema(databaseUrl: string): Promise<boolean> {
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5000 });
  await client.connect();
  try {
    await client.query("BEGIN; SELECT pg_advisory_xact_lock(hashtext('shop schema'))");
    const { rows } = await client.query<{ there: boolean }>("SELECT to_regclass('products') IS NOT NULL AS there");
    const there = rows[0]?.there === true;
    if (!there) await client.query(await readFile(new URL('schema.sql', import.meta.url), 'utf8'));
    await client.query('COMMIT');
    return !there;
  } finally {
    await client.end(); // takes back what was not committed
  }
}

if (process.argv[1] === import.meta.filename) {
  const url = process.env.DATABASE_URL;
  if (url === undefined || url === '') {
    console.error('DATABASE_URL is not set; it is the address of the database to fill, postgres://user:password@host:5432/name.');
    process.exitCode = 2;
  } else {
    console.log((await applySchema(url)) ? 'The shop has its tables and goods.' : 'The tables are there; nothing was changed.');
  }
}
