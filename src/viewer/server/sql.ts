/** One SELECT -> its result, from a process of its own that is ended when it takes too long. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import type { SqlResult } from '../api.ts';

/** The statement is wrong, not allowed, or takes too long. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

export type RunSql = (sql: string, limit: number) => Promise<SqlResult>;

const TIMEOUT_MS = 10_000;
/** At the same time. */
const MAX_RUNNING = 2;

/** Beside the bundle, or beside the source. */
const script = ['viewer-sql.js', '../threads/run-sql.ts'].map((file) => `${import.meta.dirname}/${file}`).find((file) => existsSync(file))!;

/** `path` is the database file. */
export function createSqlRunner(path: string, timeoutMs = TIMEOUT_MS): RunSql {
  let running = 0;
  return async (sql, limit) => {
    if (running >= MAX_RUNNING) throw new QueryError(`${MAX_RUNNING} queries are running already; wait for one of them.`);
    running++;
    try {
      return await run({ path, sql, limit }, timeoutMs);
    } finally {
      running--;
    }
  };
}

async function run(job: object, timeoutMs: number): Promise<SqlResult> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--max-old-space-size=256', script], {
    env: {},
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
  });
  child.stdin.on('error', () => {});
  child.stdin.end(JSON.stringify(job));
  const ended = new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_code, signal) => resolve(signal));
  });
  const [said, signal] = await Promise.all([text(child.stdout), ended]);
  if (signal === 'SIGKILL')
    throw new QueryError(`The query took longer than ${timeoutMs / 1000} s and was stopped. A narrower WHERE or a LIMIT helps.`);
  const { result, error = 'The query ended without a result.' } = (said === '' ? {} : JSON.parse(said)) as {
    result?: SqlResult;
    error?: string;
  };
  if (result === undefined) throw new QueryError(error);
  return result;
}
