/** The path of a store -> an open connection: one that writes, or one that can only read. */
import { DatabaseSync } from 'node:sqlite';
import { SCHEMA_VERSION, schemaSql } from './schema.ts';

/** A file that is no store of this version; it was not touched. */
export class StoreVersionError extends Error {
  override readonly name = 'StoreVersionError';
}

/** What one connection may keep of the file in memory. */
const CACHE_KB = 8000;

/**
 * Opens the file, or makes it. In WAL mode readers never wait for the writer, and what is committed survives the death of this process.
 * `lasting` survives a power cut too, but for the last moments.
 * @throws StoreVersionError when the file is of another version
 */
export function openForWriting(path: string, lasting: boolean): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 5000 });
  try {
    database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${lasting ? 'NORMAL' : 'OFF'}; PRAGMA cache_size = -${CACHE_KB};
      PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY;`);
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    const { count } = database.prepare("SELECT count(*) AS count FROM sqlite_schema WHERE type = 'table'").get() as { count: number };
    if (version === 0 && count === 0) database.exec(`BEGIN; ${schemaSql()} COMMIT;`);
    else checkVersion(path, version);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** @throws StoreVersionError; the error of SQLite when there is no such file */
export function openForReading(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
  try {
    database.exec(`PRAGMA query_only = ON; PRAGMA cache_size = -${CACHE_KB}; PRAGMA temp_store = MEMORY;`);
    checkVersion(path, (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function checkVersion(path: string, version: number): void {
  if (version === SCHEMA_VERSION) return;
  throw new StoreVersionError(
    `${path} is ${version === 0 ? 'not a store of otelier' : `a store of version ${version}`}; this otelier reads version ${SCHEMA_VERSION}. Nothing was changed: name another folder, or remove the file.`,
  );
}
