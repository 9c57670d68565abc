/** A viewer that is killed in the midst of it: everything that it had acknowledged is there, whole, and can be found. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { listTraces } from '../../src/viewer/query/traces.ts';
import { readTrace } from '../../src/viewer/query/trace.ts';
import { createTestStore, hex, logsBody, tracesBody } from './support.ts';

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');
const folder = mkdtempSync(join(tmpdir(), 'otelier-test-crash-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('kill -9 under load loses nothing that was acknowledged', { timeout: 240_000 }, async () => {
  const child = spawn(process.execPath, [main, 'dev', '--data', folder, '--http-port=0', '--grpc-port=0', '--page-port=0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += String(chunk);
      const found = /OTLP +(http:\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(said)));
  });

  const acknowledged: number[] = [];
  let next = 1;
  let running = true;
  const send = async (): Promise<void> => {
    while (running) {
      const id = next++;
      const ids = { traceId: hex(id, 16), spanId: hex(id, 8) };
      const spans = Array.from({ length: 20 }, (_, i) => ({
        ...{ traceId: ids.traceId, spanId: hex(id * 100 + i, 8), startMs: 1_700_000_000_000 + id, attributes: { number: `n${id}` } },
        ...(i === 0 ? {} : { parentSpanId: hex(id * 100, 8) }),
      }));
      const bodies = [
        ['traces', tracesBody('app', spans)],
        ['logs', logsBody('app', [{ timeMs: 1_700_000_000_000 + id, body: `log ${id}`, ...ids }])],
      ] as const;
      for (const [signal, body] of bodies) {
        const response = await fetch(`${url}/v1/${signal}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }).catch(() => undefined);
        if (response?.status !== 200) return;
        await response.arrayBuffer();
      }
      acknowledged.push(id);
      // Enough for a few whole segments and a begun one.
      if (acknowledged.length === 650) child.kill('SIGKILL');
    }
  };
  const exit = once(child, 'exit');
  await Promise.all(Array.from({ length: 6 }, send));
  running = false;
  assert.equal((await exit)[1], 'SIGKILL', said);
  assert.ok(acknowledged.length >= 650);

  using store = createTestStore(undefined, folder);
  const { reader } = store;
  reader.read(() => {
    assert.deepEqual(Object.values(reader.get('PRAGMA integrity_check')!), ['ok']);
    for (const id of acknowledged) {
      const trace = readTrace(reader, hex(id, 16));
      assert.equal(trace?.spans.length, 20, `trace ${id}`);
      assert.equal(trace.logs.length, 1, `log ${id}`);
    }
    assert.ok(reader.index.spans.segments.length >= 3);
    const last = acknowledged.at(-1)!;
    assert.deepEqual(
      listTraces(reader, { attr: [`number=n${last}`] }).items.map(({ traceId }) => traceId),
      [hex(last, 16)],
    );
  });

  // What was begun goes on where it stopped: the segment that is then filled is found by its filter.
  const more = Array.from({ length: 4096 }, (_, i) => ({
    traceId: hex(10_000_000 + i, 16),
    spanId: hex(10_000_000 + i, 8),
    startMs: 1_700_000_100_000,
  }));
  store.takeJson('traces', tracesBody('later', more));
  reader.read(() => {
    for (const id of acknowledged.slice(-300)) {
      const [found] = listTraces(reader, { attr: [`number=n${id}`] }).items;
      assert.equal(found?.traceId, hex(id, 16), `number n${id}`);
    }
  });
});
