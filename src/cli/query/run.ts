/** `otelier query`: one SELECT over the store of a running otelier dev, or of a folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { SqlResult } from '../../viewer/api.ts';
import { createSqlRunner } from '../../viewer/server/sql.ts';
import { DATABASE_FILE, views } from '../../viewer/store/schema.ts';
import { DEFAULT_URL, ask, serverAt } from '../client.ts';
import { checkSqlite } from '../needs-sqlite.ts';
import { CommandError } from '../output.ts';
import { createPaint } from '../paint.ts';
import { endWithReader } from '../pipe.ts';
import { formatCsv, formatTable } from './table.ts';

const help = `Usage: otelier query [options] "SELECT ..."

Runs one SELECT over what otelier dev has taken in, and prints a table (on a terminal) or JSON lines.

  otelier query "SELECT name, count(*), avg(duration_ms) FROM spans GROUP BY name ORDER BY 3 DESC"

  --url ADDRESS   of a running otelier dev (default ${DEFAULT_URL}), token included
  --data DIR      the folder of an otelier dev --data, whether it runs or not
  --limit N       most rows (default 1000, at most 10000)
  --json          one JSON object a line    --csv   comma-separated values
  --schema        the tables that can be asked, and their columns
  --help          this text
`;

const options = {
  url: { type: 'string' },
  data: { type: 'string' },
  limit: { type: 'string', default: '1000' },
  json: { type: 'boolean' },
  csv: { type: 'boolean' },
  schema: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

export async function runQuery(args: readonly string[]): Promise<void> {
  const { values, positionals } = parse(args);
  endWithReader();
  if (values.help === true) return void process.stdout.write(help);
  if (values.schema === true) return void process.stdout.write(schemaText());
  const [sql] = positionals;
  if (sql === undefined || positionals.length > 1)
    throw new CommandError('Give one SELECT, in quotes. otelier query --help shows an example, --schema the tables.', 2);
  if (values.url !== undefined && values.data !== undefined) throw new CommandError('Give --url or --data, not both.', 2);
  const limit = Number(values.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) throw new CommandError('--limit must be a whole number from 1 to 10000.', 2);
  const result =
    values.data === undefined ? await fromServer(values.url ?? DEFAULT_URL, sql, limit) : await fromFolder(values.data, sql, limit);
  process.stdout.write(format(result, values));
  if (result.truncated) process.stderr.write(`otelier: only the first ${limit} rows are shown; --limit shows more.\n`);
}

function parse(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof options; args: string[]; allowPositionals: true }>> {
  try {
    return parseArgs({ options, args: [...args], allowPositionals: true });
  } catch (error) {
    throw new CommandError(`${(error as Error).message.split('. ')[0]}. otelier query --help tells of the options.`, 2);
  }
}

async function fromServer(address: string, sql: string, limit: number): Promise<SqlResult> {
  const response = await ask(serverAt(address), '/api/query', { method: 'POST', body: JSON.stringify({ sql, limit }) });
  return (await response.json()) as SqlResult;
}

async function fromFolder(folder: string, sql: string, limit: number): Promise<SqlResult> {
  checkSqlite('otelier query');
  const path = join(folder, DATABASE_FILE);
  if (!existsSync(path)) throw new CommandError(`There is no ${DATABASE_FILE} in ${folder}. otelier dev --data makes one.`, 2);
  return createSqlRunner(path)(sql, limit).catch((error: unknown) => {
    throw new CommandError((error as Error).message);
  });
}

function format(result: SqlResult, { json, csv }: { readonly json?: boolean; readonly csv?: boolean }): string {
  if (csv === true) return formatCsv(result);
  if (json !== true && process.stdout.isTTY) return formatTable(result, createPaint(process.stdout, process.env), process.stdout.columns);
  return result.rows.map((row) => `${JSON.stringify(Object.fromEntries(result.columns.map((name, i) => [name, row[i]])))}\n`).join('');
}

function schemaText(): string {
  return views
    .map(({ name, about, columns }) => {
      const width = Math.max(...Object.keys(columns).map(({ length }) => length));
      const lines = Object.entries(columns).map(([column, meaning]) => `  ${column.padEnd(width)}  ${meaning}`.trimEnd());
      return `${name}: ${about}\n${lines.join('\n')}\n`;
    })
    .join('\n');
}
