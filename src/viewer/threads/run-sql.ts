/** The file that the process of one SELECT starts from. */
import { text } from 'node:stream/consumers';
import { runSelect } from './sql-process.ts';
import type { SqlJob } from './sql-process.ts';

const job = JSON.parse(await text(process.stdin)) as SqlJob;
let answer: object;
try {
  answer = { result: runSelect(job) };
} catch (error) {
  answer = { error: error instanceof Error ? error.message : String(error) };
}
process.stdout.write(JSON.stringify(answer));
