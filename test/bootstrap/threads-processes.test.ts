/** Clusters and forks: the preload is handed on, and each process is a service instance of its own. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readLines } from '../support/log-lines.ts';
import { otel, root, runApp } from '../support/run-app.ts';

const folder = join(root, 'test', 'fixtures', 'threads');
const env = { OTEL_METRICS_EXPORTER: 'none' };

test('the workers of a cluster are observed like the primary, each with its pid and an instance id of its own', async () => {
  const result = await runApp({ app: join(folder, 'cluster.cjs'), env });
  assert.equal(result.code, 0, result.stderr);
  assert.deepEqual(
    readLines(result)
      .filter((line) => 'code' in line)
      .map((line) => line['code']),
    [0, 0],
  );
  const servers = result.receiver.spans.filter(({ kind }) => kind === 'server');
  assert.deepEqual(servers.map(({ resource }) => resource.attributes['app.worker']).sort(), ['first', 'second']);
  const clients = result.receiver.spans.filter(({ kind }) => kind === 'client');
  assert.deepEqual(
    clients.map(({ resource }) => resource.attributes['process.pid']),
    Array(2).fill(readLines(result)[0]!['primary']),
  );
  for (const server of servers)
    assert.ok(clients.some(({ traceId, spanId }) => server.traceId === traceId && server.parentSpanId === spanId));
  for (const attribute of ['service.instance.id', 'process.pid']) {
    assert.equal(new Set(result.receiver.spans.map(({ resource }) => resource.attributes[attribute])).size, 3, attribute);
  }
});

for (const preload of ['import', 'require', 'node-options'] as const) {
  test(`a forked process inherits the preload given by ${preload}`, async () => {
    const result = await runApp({ app: join(folder, 'fork.cjs'), env, preload });
    assert.equal(result.code, 0, result.stderr);
    const [parent, child] = readLines(result);
    assert.deepEqual(child?.['execArgv'], parent?.['execArgv']);
    assert.deepEqual(parent?.['execArgv'], preload === 'node-options' ? [] : [`--${preload}`, otel]);
    assert.deepEqual(result.receiver.spans.map(({ name }) => name).sort(), ['child', 'parent']);
    assert.equal(new Set(result.receiver.spans.map(({ resource }) => resource.attributes['service.instance.id'])).size, 2);
    assert.equal(result.stderr.match(/^otelier: .* started for /gm)?.length, 2, result.stderr);
  });
}
