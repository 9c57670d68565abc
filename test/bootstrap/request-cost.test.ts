/** What a request costs in bytes: figures that do not depend on how fast or how busy the machine is. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { root, runApp } from '../support/run-app.ts';
import type { AppResult, RunOptions } from '../support/run-app.ts';

const app = join(root, 'test', 'fixtures', 'instrument', 'request-cost.cjs');
/** Room for all that is allocated while it is measured, so that nothing is collected meanwhile. */
const flags = ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=256'];

async function measure(options: Partial<RunOptions>): Promise<{ perRequest: number; receiver: AppResult['receiver'] }> {
  const { code, stdout, stderr, receiver } = await runApp({ app, flags, timeoutMs: 60_000, ...options });
  assert.equal(code, 0, stderr);
  return { perRequest: Number(stdout.trim()), receiver };
}

/** Bounds with a slack of what the compiler's timing changes, some 600 bytes. */
const cases = [
  { what: 'a request', args: [], env: {}, mostAllocated: 4600 },
  { what: 'a request with a log record of winston', args: ['winston'], env: {}, mostAllocated: 8400 },
  { what: 'a request that is not sampled', args: [], env: { OTEL_TRACES_SAMPLER: 'always_off' }, mostAllocated: 2400 },
];

for (const { what, args, env, mostAllocated } of cases) {
  test(`${what} has at most ${mostAllocated} bytes allocated for its telemetry`, async () => {
    const bare = await measure({ args, preload: 'none' });
    const { perRequest } = await measure({ args, env });
    const added = perRequest - bare.perRequest;
    assert.ok(bare.perRequest > 1000 && added > 0, `${bare.perRequest} bytes bare, ${added} more`);
    assert.ok(added <= mostAllocated, `${added} bytes`);
  });
}

test('a span of a server takes at most 450 bytes on the wire, a log record 200', async () => {
  const { receiver } = await measure({ args: ['winston'] });
  const { spans, logs, requests } = receiver;
  const bytesOf = (signal: string): number =>
    requests.filter((request) => request.signal === signal).reduce((sum, { bytes }) => sum + bytes.length, 0);
  assert.ok(spans.length > 5000 && logs.length > 5000, `${spans.length} spans, ${logs.length} log records`);
  assert.ok(bytesOf('traces') / spans.length <= 450, `${bytesOf('traces') / spans.length} bytes a span`);
  assert.ok(bytesOf('logs') / logs.length <= 200, `${bytesOf('logs') / logs.length} bytes a log record`);
  // The first request of the connection is described in full, the others by what they have in common with it.
  const [first, ...others] = spans;
  for (const { attributes } of [others[0]!, others.at(-1)!]) assert.deepEqual(attributes, first!.attributes);
});
