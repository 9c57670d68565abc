/** Worker threads: nothing is started in them unless asked for; then each is a service instance of its own, and what it recorded arrives by its end. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readLines } from '../support/log-lines.ts';
import { nodeVersions } from '../support/node-versions.ts';
import { root, runApp } from '../support/run-app.ts';
import type { AppResult, RunOptions } from '../support/run-app.ts';

const app = join(root, 'test', 'fixtures', 'threads', 'worker-threads.cjs');
const run = (options: Partial<RunOptions> = {}): Promise<AppResult> =>
  runApp({ app, ...options, env: { OTEL_METRICS_EXPORTER: 'none', ...options.env } });
const withWorkers = { OTELIER_WORKER_THREADS: 'true' };
const namesOf = ({ receiver }: AppResult): string[] => receiver.spans.map(({ name }) => name).sort();
const exitsOf = (result: AppResult): unknown[] =>
  readLines(result)
    .filter((line) => 'code' in line)
    .sort((a, b) => String(a['name']).localeCompare(String(b['name'])));

for (const node of nodeVersions) {
  describe(`Node.js ${node}`, { concurrency: 2 }, () => {
    test('by default only the main thread is observed, and the workers run as they do without telemetry', async () => {
      const [result, bare] = await Promise.all([run({ node }), run({ node, preload: 'none' })]);
      assert.deepEqual(namesOf(result), ['main']);
      assert.deepEqual(
        result.receiver.logs.map(({ body }) => body),
        ['logged by main'],
      );
      assert.deepEqual(exitsOf(result), exitsOf(bare));
      assert.deepEqual(
        readLines(result)
          .filter((line) => 'recording' in line)
          .map((line) => line['recording']),
        [false, false],
      );
      assert.equal(result.stderr.trim().split('\n').length, 1, result.stderr);
    });

    test('OTELIER_WORKER_THREADS=true brings what the workers recorded, each with its thread and an instance id of its own', async () => {
      const result = await run({ node, env: withWorkers });
      assert.deepEqual(namesOf(result), ['first', 'main', 'second']);
      assert.deepEqual(result.receiver.logs.map(({ body }) => body).sort(), ['logged by first', 'logged by main', 'logged by second']);
      for (const { name, threadId } of readLines(result).filter((line) => 'threadId' in line)) {
        const span = result.receiver.spans.find((one) => one.name === name)!;
        assert.equal(span.resource.attributes['thread.id'], threadId);
      }
      assert.equal(new Set(result.receiver.spans.map(({ resource }) => resource.attributes['service.instance.id'])).size, 3);
      assert.equal(result.receiver.spans.find(({ name }) => name === 'main')!.resource.attributes['thread.id'], undefined);
    });

    for (const how of ['exit', 'throw']) {
      test(`a worker that ends by ${how} ends so with telemetry too, and what it recorded arrives`, async () => {
        const [result, bare] = await Promise.all([
          run({ node, args: [how], env: withWorkers }),
          run({ node, args: [how], preload: 'none' }),
        ]);
        assert.deepEqual(exitsOf(result), exitsOf(bare));
        assert.deepEqual(
          readLines(result).filter((line) => 'error' in line),
          readLines(bare).filter((line) => 'error' in line),
        );
        assert.deepEqual(namesOf(result), ['first', 'main', 'second']);
      });
    }
  });
}
