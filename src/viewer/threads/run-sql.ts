/** The file that the process of one SELECT starts from. */
import { text } from 'node:stream/consumers';
import { runSelect } from './sql-process.ts';
import type { SqlJob } from './sql-process.ts';

async function run(): Promise<object> {
  try {
    return { result: runSelect(JSON.parse(await text(process.stdin)) as SqlJob) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

void run().then((answer) => process.stdout.write(JSON.stringify(answer)));
