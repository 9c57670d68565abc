/**
 * A process that runs one SELECT: the statement comes on stdin as JSON, the result goes to stdout as JSON. A process, because SQLite at work can only be
 * stopped from outside.
 */
import { constants } from 'node:sqlite';
import { openForReading } from '../store/database.ts';
import type { SqlResult, Value } from '../api.ts';

export interface SqlJob {
  readonly path: string;
  readonly sql: string;
  readonly limit: number;
}

/** What a statement may do. Anything that changes, attaches or sets something is refused while it is compiled. */
const allowed: ReadonlySet<number> = new Set([
  constants.SQLITE_SELECT,
  constants.SQLITE_READ,
  constants.SQLITE_FUNCTION,
  constants.SQLITE_RECURSIVE,
]);
const harmful: ReadonlySet<string> = new Set(['load_extension', 'readfile', 'writefile', 'edit', 'fts3_tokenizer']);
/** A cell longer than this is cut. */
const MAX_CELL = 100_000;

/** @throws the error of SQLite, whose message says what is wrong with the statement */
export function runSelect({ path, sql, limit }: SqlJob): SqlResult {
  if (!/^\s*(?:--[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*(?:select|with|values|explain)\b/i.test(sql))
    throw new Error('Only one SELECT (or WITH, VALUES, EXPLAIN) can be run: the store is read-only here.');
  const startedAt = performance.now();
  const database = openForReading(path);
  try {
    database.setAuthorizer?.((action, _first, second) =>
      allowed.has(action) && !(action === constants.SQLITE_FUNCTION && harmful.has(String(second)))
        ? constants.SQLITE_OK
        : constants.SQLITE_DENY,
    );
    const statement = database.prepare(sql);
    // SQLite compiles the first statement and passes over the rest, which somebody meant to be run.
    if (!/^(?:\s|;|--[^\n]*|\/\*[\s\S]*?\*\/)*$/.test(sql.slice(statement.sourceSQL.length)))
      throw new Error('There is a second statement after the first. Only one SELECT can be run at a time.');
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    const columns = statement.columns().map(({ name }) => name);
    const rows: Value[][] = [];
    let truncated = false;
    for (const row of statement.iterate() as Iterable<unknown>) {
      if (rows.length === limit) {
        truncated = true;
        break;
      }
      rows.push((row as readonly unknown[]).map(toCell));
    }
    return { columns, rows, truncated, tookMs: performance.now() - startedAt };
  } finally {
    database.close();
  }
}

function toCell(value: unknown): Value {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex').slice(0, MAX_CELL);
  if (typeof value === 'string') return value.length > MAX_CELL ? `${value.slice(0, MAX_CELL)}…` : value;
  return value as Value;
}
