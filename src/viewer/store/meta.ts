/** The few facts that stand in `meta`: which segments are gone, and whether what a reader knows by heart still holds. */
import type { DatabaseSync } from 'node:sqlite';

/** The number of the first segment that is still there, or is being filled. */
export function firstSegment(database: DatabaseSync, signal: number): number {
  return readMeta(database, `first:${signal}`);
}

export function setFirstSegment(database: DatabaseSync, signal: number, number: number): void {
  writeMeta(database, `first:${signal}`, number);
}

/** Another number than before: rows were replaced, and interned ids may mean something else. */
export function epochOf(database: DatabaseSync): number {
  return readMeta(database, 'epoch');
}

export function nextEpoch(database: DatabaseSync): void {
  writeMeta(database, 'epoch', epochOf(database) + 1);
}

function readMeta(database: DatabaseSync, key: string): number {
  const row = database.prepare('SELECT value FROM meta WHERE key = ?').get(key) as { value: number } | undefined;
  return row?.value ?? 0;
}

function writeMeta(database: DatabaseSync, key: string, value: number): void {
  database.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)').run(key, value);
}
