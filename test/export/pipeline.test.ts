/** From items to requests: what happens to a batch that cannot be serialized, and to what is left at the end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BatchSettings, OtlpTarget } from '../../src/config/types.ts';
import { createPipeline } from '../../src/export/pipeline.ts';
import type { Pipeline } from '../../src/export/pipeline.ts';
import { createReporter } from '../../src/export/reporter.ts';

const target: OtlpTarget = {
  protocol: 'http/protobuf',
  url: 'http://127.0.0.1:4318/v1/traces',
  headers: {},
  timeoutMs: 1000,
  compression: 'none',
  tls: {},
};
const batch: BatchSettings = { scheduleDelayMs: 60_000, exportTimeoutMs: 1000, maxQueueSize: 100, maxExportBatchSize: 2 };

function createBench(): { pipeline: Pipeline<string>; lines: string[]; bodies: string[] } {
  const lines: string[] = [];
  const bodies: string[] = [];
  const pipeline = createPipeline<string>(
    {
      signal: 'traces',
      target,
      batch,
      transport: {
        async send(_signal, body) {
          bodies.push(Buffer.from(body).toString());
          return { ok: true, body: new Uint8Array() };
        },
        close() {},
      },
      readPartial: () => undefined,
      reporter: createReporter({ warn: (line) => lines.push(line), info: (line) => lines.push(line) }),
      ready: Promise.resolve(),
      untraced: (work) => work(),
    },
    (items) => {
      if (items.includes('broken')) throw new TypeError('cannot be serialized');
      return Buffer.from(items.join());
    },
  );
  return { pipeline, lines, bodies };
}

test('an item that cannot be serialized is dropped and told of; the others of its batch are sent', async () => {
  const { pipeline, lines, bodies } = createBench();
  for (const item of ['a', 'broken', 'b', 'c']) pipeline.add(item);
  assert.equal(await pipeline.flush(1000), true);
  assert.deepEqual(bodies, ['a', 'b,c']);
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /some spans hold a value that cannot be serialized/);
  const { passed, inflight, exported, failed } = pipeline.tally;
  assert.deepEqual([passed, inflight, exported, [...failed]], [4, 0, 3, [['not_serializable', 1]]]);
});

test('a batch of which nothing can be serialized is counted as failed', async () => {
  const { pipeline, bodies } = createBench();
  for (const item of ['broken', 'broken']) pipeline.add(item);
  await pipeline.flush(1000);
  const { passed, inflight, exported, failed } = pipeline.tally;
  assert.deepEqual([bodies, passed, inflight, exported, [...failed]], [[], 2, 0, 0, [['not_serializable', 2]]]);
});

test('what is left at the end is handed over as whole requests; an item that cannot be serialized throws nothing', () => {
  const { pipeline } = createBench();
  for (const item of ['a', 'b', 'broken', 'c', 'd']) pipeline.add(item);
  assert.deepEqual(
    pipeline.drain().map(({ signal, body, count }) => [signal, Buffer.from(body).toString(), count]),
    [
      ['traces', 'a,b', 2],
      ['traces', 'c', 1],
      ['traces', 'd', 1],
    ],
  );
  assert.equal(pipeline.size, 0);
});
