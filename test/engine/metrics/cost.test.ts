import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'metrics');

async function run(name: string, ...flags: string[]): Promise<unknown> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, join(fixtures, name)]);
  return JSON.parse(stdout);
}

test('collections without end retain nothing, and a record of constant attributes allocates nothing', async () => {
  const { retained, perRecord } = (await run('heap.ts', '--expose-gc')) as { retained: number; perRecord: number };
  // Series that are kept would be 18 MB and more.
  assert.ok(retained < 2_000_000, `${retained} bytes more after 300 collections`);
  assert.ok(perRecord < 2, `${perRecord} bytes a record`);
});

test('nothing but the API is loaded', async () => {
  assert.deepEqual(await run('packages.ts'), ['@opentelemetry/api']);
});
