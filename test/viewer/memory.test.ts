/** What the reading thread keeps of a span, that queries leave nothing behind, and that heaps stay tight: counted in bytes, which no other process can disturb. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ShopPayloads } from '../../bench/viewer/payloads.ts';
import { answers } from '../../src/viewer/query/answers.ts';
import type { Segment } from '../../src/viewer/query/column-index.ts';
import type { LogColumns, SpanColumns } from '../../src/viewer/store/columns.ts';
import { createTestStore } from './support.ts';
import type { TestStore } from './support.ts';

const TRACES = 5000;
const FROM = 1_700_000_000_000;
const MB = 2 ** 20;
/** Bytes that the map keeps of a span, as a test below finds. */
const LINK = 4;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** V8 frees buffers beside the program, after a collection: what several of them have left. */
async function used(): Promise<{ readonly heap: number; readonly buffers: number }> {
  const least = { heap: Infinity, buffers: Infinity };
  for (let i = 0; i < 10; i++) {
    collect();
    await nextTurn();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least.heap = Math.min(least.heap, heapUsed);
    least.buffers = Math.min(least.buffers, arrayBuffers);
  }
  return least;
}

describe('of 5,000 traces', () => {
  let store: TestStore;
  before(() => {
    store = createTestStore();
    const payloads = new ShopPayloads(5);
    for (let i = 0; i < TRACES / 100; i++)
      for (const { signal, bytes } of payloads.traces(100, FROM + i * 1000, FROM + (i + 1) * 1000))
        store.take({ signal, encoding: 'protobuf', bytes });
    // As it is after a restart: whole segments come from the file.
    store.reader.read(() => {});
  });
  after(() => store[Symbol.dispose]());

  /** Of the buffers behind the columns, each once. */
  const bytesOf = (segments: readonly Segment<SpanColumns | LogColumns>[]): number => {
    const buffers = new Set(segments.flatMap(({ columns }) => (Object.values(columns) as Uint8Array[]).map(({ buffer }) => buffer)));
    const filters = segments.reduce((sum, { filter }) => sum + (filter?.buffer.byteLength ?? 0), 0);
    return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, filters);
  };

  test('a million spans with their traces and log records take less than 64 MB of columns, and of what the map keeps', () => {
    const { index, traces } = store.reader;
    const wholeSpans = index.spans.segments.filter(({ filter }) => filter !== undefined);
    const wholeLogs = index.logs.segments.filter(({ filter }) => filter !== undefined);
    assert.ok(wholeSpans.length >= 5 && wholeLogs.length >= 2);
    const perSpan = bytesOf(wholeSpans) / wholeSpans.reduce((sum, { count }) => sum + count, 0);
    const perLog = bytesOf(wholeLogs) / wholeLogs.reduce((sum, { count }) => sum + count, 0);
    const perTrace = (traces.startMs.buffer.byteLength + traces.endMs.buffer.byteLength + traces.failed.buffer.byteLength) / traces.length;
    assert.ok(perSpan <= 44, `${perSpan} bytes a span: 41 of columns and some of the filter`);
    assert.ok(perLog <= 18, `${perLog} bytes a log record: 17 of columns and some of the filter`);
    assert.ok(perTrace <= 17 * 1.26, `${perTrace} bytes a trace: 17, and a quarter of it as room for more`);
    // The shop: five spans and two log records in a trace.
    assert.ok((perSpan + LINK + perLog * 0.4 + perTrace * 0.2) * 1e6 < 64 * MB);
  });

  test('the map keeps four bytes of a span', async () => {
    const ask = (name: string): unknown => store.reader.read((reader) => answers[name]!(reader, {} as never));
    // What every query needs is there.
    ask('overview');
    const before = await used();
    ask('map');
    const perSpan = ((await used()).buffers - before.buffers) / store.reader.index.spans.count;
    assert.ok(Math.abs(perSpan - LINK) < 0.7, `${perSpan} bytes a span`);
  });

  test('queries leave nothing behind', async () => {
    const queries = {
      services: {},
      traces: { attr: ['app.tenant=acme'] },
      latency: { service: 'payments' },
      logs: { q: 'finished' },
      facets: {},
      histogram: {},
      map: {},
      errors: {},
      overview: { from: FROM, to: FROM + 100_000 },
      attributes: { key: 'http.route' },
    };
    const round = (): void => {
      for (const [name, query] of Object.entries(queries)) store.reader.read((reader) => answers[name]!(reader, query as never));
    };
    for (let i = 0; i < 5; i++) round();
    const first = await used();
    for (let i = 0; i < 20; i++) round();
    const last = await used();
    assert.ok(last.buffers - first.buffers < 0.1 * MB, `${last.buffers - first.buffers} bytes of buffers more after 20 rounds`);
    assert.ok(last.heap - first.heap < MB, `${last.heap - first.heap} bytes of heap more after 20 rounds`);
  });
});

test('a nursery that much outlives stays small, in the main thread and in those that it starts', () => {
  const script = join(import.meta.dirname, '../fixtures/viewer/nurseries.ts');
  const sizes = (...args: readonly string[]): readonly number[] =>
    JSON.parse(
      execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], { encoding: 'utf8' }),
    ) as number[];
  assert.ok(Math.max(...sizes('as-they-are')) > 20 * MB, 'by itself it grows');
  for (const size of sizes('tight')) assert.ok(size <= 10 * MB, `${size} bytes`);
});
