/** The queue between what an app records and the requests: batches, bounds, retries, flushes. Time is mocked, so that a backoff of seconds takes none. */
import assert from 'node:assert/strict';
import { beforeEach, describe, mock, test } from 'node:test';
import type { BatchSettings } from '../../src/config/types.ts';
import { ItemBacklog } from '../../src/export/backlog.ts';
import { createBatchQueue } from '../../src/export/batch-queue.ts';
import type { BatchQueue } from '../../src/export/batch-queue.ts';
import type { Outcome } from '../../src/export/transport.ts';

const settings: BatchSettings = { scheduleDelayMs: 1000, exportTimeoutMs: 5000, maxQueueSize: 10, maxExportBatchSize: 3 };
const ok: Outcome = { ok: true, body: new Uint8Array() };
const away: Outcome = { ok: false, retryable: true, retryAfterMs: undefined, reason: 'HTTP 503', errorType: '503' };
const refused: Outcome = { ok: false, retryable: false, retryAfterMs: undefined, reason: 'HTTP 400', errorType: '400' };

interface Bench {
  readonly queue: Pick<BatchQueue, 'flush' | 'size'> & { add(item: number): void; drain(): number[] };
  /** Batches in the order they were sent. */
  readonly sent: number[][];
  readonly dropped: { readonly count: number; readonly reason: string }[];
  /** Batches that went out for the first time, and those of which the last attempt is over, each with how that went. */
  readonly told: (readonly [string, number] | readonly [string, number, boolean])[];
  /** Answers the oldest request under way. */
  answer(outcome: Outcome): Promise<void>;
  /** Requests under way. */
  pending(): number;
}

function createBench(
  send?: (batch: readonly number[]) => Promise<Outcome>,
  overrides: Partial<BatchSettings> = {},
  mostUnderWay = 1,
): Bench {
  const sent: number[][] = [];
  const dropped: { count: number; reason: string }[] = [];
  const told: Bench['told'] = [];
  const open: ((outcome: Outcome) => void)[] = [];
  const all = { ...settings, ...overrides };
  const backlog = new ItemBacklog<number>(
    all.maxExportBatchSize,
    (items) => Uint8Array.from(items),
    () => assert.fail('a number was unfit'),
  );
  const queue = createBatchQueue(
    all,
    backlog,
    (batch) => {
      const items = [...(batch.encode()?.body ?? [])];
      sent.push(items);
      return send ? send(items) : new Promise<Outcome>((resolve) => open.push(resolve));
    },
    {
      dropped: (count, reason) => dropped.push({ count, reason }),
      sent() {},
      passed: ({ count }) => told.push(['passed', count]),
      concluded(batch, outcome, seconds) {
        assert.ok(seconds >= 0 && seconds < 60, `${seconds} s`);
        told.push(['concluded', batch.count, outcome.ok]);
      },
    },
    mostUnderWay,
  );
  return {
    queue: {
      add(item) {
        if (!queue.accepts()) return;
        backlog.push(item);
        queue.added();
      },
      flush: (timeoutMs) => queue.flush(timeoutMs),
      drain: () => queue.drain().flatMap((batch) => [...(batch.encode()?.body ?? [])]),
      get size() {
        return queue.size;
      },
    },
    sent,
    dropped,
    told,
    async answer(outcome) {
      (open.shift() ?? assert.fail('no request is under way'))(outcome);
      await settled();
    },
    pending: () => open.length,
  };
}

/** Lets every promise that can go on do so. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};
const pass = async (ms: number): Promise<void> => {
  mock.timers.tick(ms);
  await settled();
};

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ['setTimeout', 'Date'] });
});

describe('batches', () => {
  test('what does not fill a batch is sent when the delay is over, in order', async () => {
    const { queue, sent } = createBench(async () => ok);
    queue.add(1);
    await pass(400);
    queue.add(2);
    await pass(599);
    assert.deepEqual(sent, []);
    await pass(1);
    assert.deepEqual(sent, [[1, 2]]);
    assert.equal(queue.size, 0);
  });

  test('a full batch does not wait for the delay', async () => {
    const { queue, sent } = createBench(async () => ok);
    for (const item of [1, 2, 3]) queue.add(item);
    await pass(1);
    assert.deepEqual(sent, [[1, 2, 3]]);
  });

  test('one request at a time; what comes meanwhile goes with the next', async () => {
    const { queue, sent, answer, pending } = createBench();
    for (const item of [1, 2, 3, 4, 5, 6, 7]) queue.add(item);
    await pass(1);
    await pass(10_000);
    assert.deepEqual(sent, [[1, 2, 3]]);
    await answer(ok);
    await answer(ok);
    assert.deepEqual(sent, [
      [1, 2, 3],
      [4, 5, 6],
    ]);
    assert.equal(pending(), 0);
    await pass(1000);
    assert.deepEqual(sent.at(-1), [7]);
  });

  test('nothing is sent when a flush was faster than the delay', async () => {
    const { queue, sent } = createBench(async () => ok);
    queue.add(1);
    await queue.flush(1000);
    await pass(60_000);
    assert.deepEqual(sent, [[1]]);
  });
});

describe('bounds', () => {
  test('what the queue cannot hold is dropped and counted; what is under way takes no room of it', async () => {
    const { queue, dropped, answer } = createBench();
    for (let item = 0; item < 10; item++) queue.add(item);
    queue.add(10);
    assert.deepEqual([queue.size, dropped], [10, [{ count: 1, reason: 'queue_full' }]]);
    await pass(1);
    for (let item = 11; item < 14; item++) queue.add(item);
    assert.deepEqual([queue.size, dropped.length], [13, 1]);
    queue.add(14);
    assert.deepEqual([queue.size, dropped.length], [13, 2]);
    await answer(away);
    queue.add(15);
    assert.deepEqual([queue.size, dropped.length], [13, 3]);
  });

  test('nothing is taken after drain, and drain hands out what is under way too', async () => {
    const { queue, dropped, answer, sent } = createBench();
    for (const item of [1, 2, 3, 4]) queue.add(item);
    await pass(1);
    assert.deepEqual(queue.drain(), [1, 2, 3, 4]);
    queue.add(5);
    assert.deepEqual([queue.size, dropped], [0, [{ count: 1, reason: 'queue_full' }]]);
    await answer(away);
    await pass(60_000);
    assert.deepEqual([queue.size, sent], [0, [[1, 2, 3]]]);
  });
});

describe('what the other side cannot take for now', () => {
  test('is sent again, first and in order, and not lost', async () => {
    const { queue, sent, answer, dropped } = createBench();
    for (const item of [1, 2, 3, 4]) queue.add(item);
    await pass(1);
    await answer(away);
    assert.equal(queue.size, 4);
    await pass(1200);
    await answer(ok);
    await pass(1000);
    await answer(ok);
    assert.deepEqual([sent, dropped, queue.size], [[[1, 2, 3], [1, 2, 3], [4]], [], 0]);
  });

  test('counts as one export, which ends with the last attempt', async () => {
    const { queue, told, answer } = createBench();
    for (let i = 0; i < 3; i++) queue.add(i);
    mock.timers.tick(0);
    await answer(away);
    mock.timers.tick(1500);
    await answer(away);
    assert.deepEqual(told, [['passed', 3]]);
    mock.timers.tick(3000);
    await answer(ok);
    assert.deepEqual(told, [
      ['passed', 3],
      ['concluded', 3, true],
    ]);
  });

  test('waits about a second, then twice as long each time, up to half a minute', async () => {
    const { queue, sent, answer } = createBench();
    for (const item of [1, 2, 3]) queue.add(item);
    await pass(1);
    for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
      const before = sent.length;
      await answer(away);
      await pass(seconds * 500);
      assert.equal(sent.length, before, `sooner than half of ${seconds} s`);
      await pass(seconds * 1000);
      assert.equal(sent.length, before + 1, `later than one and a half of ${seconds} s`);
    }
  });

  test('waits as long as the other side asks for, also when items come meanwhile', async () => {
    const { queue, sent, answer } = createBench();
    for (const item of [1, 2, 3]) queue.add(item);
    await pass(1);
    queue.add(4);
    await answer({ ...away, retryAfterMs: 7000 } as Outcome);
    queue.add(5);
    for (const item of [6, 7, 8]) queue.add(item);
    await pass(6999);
    assert.equal(sent.length, 1);
    await pass(1);
    assert.equal(sent.length, 2);
  });

  test('does not wait longer than asked for because of a long delay between batches', async () => {
    const { queue, sent, answer } = createBench(undefined, { scheduleDelayMs: 60_000 });
    for (const item of [1, 2, 3]) queue.add(item);
    await pass(1);
    queue.add(4);
    await answer({ ...away, retryAfterMs: 2000 } as Outcome);
    await pass(2000);
    assert.equal(sent.length, 2);
  });
});

describe('several requests at a time', () => {
  const fill = (queue: Bench['queue'], from: number, to: number): void => {
    for (let item = from; item <= to; item++) queue.add(item);
  };

  test('go while whole batches wait, up to the bound', async () => {
    const { queue, sent, pending, answer } = createBench(undefined, {}, 2);
    fill(queue, 1, 10);
    await pass(1);
    assert.deepEqual(
      [sent, pending(), queue.size],
      [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        2,
        10,
      ],
    );
    await answer(ok);
    assert.deepEqual([sent.at(-1), pending(), queue.size], [[7, 8, 9], 2, 7]);
    await answer(ok);
    await pass(1000);
    assert.deepEqual([sent.at(-1), queue.size], [[10], 4]);
  });

  test('that fail together make one wait, after which one request at a time tries until one goes well', async () => {
    const { queue, sent, answer, pending, dropped } = createBench(undefined, {}, 3);
    fill(queue, 1, 9);
    await pass(1);
    for (let i = 0; i < 3; i++) await answer(away);
    assert.deepEqual([queue.size, pending()], [9, 0]);
    await pass(799);
    assert.equal(sent.length, 3);
    await pass(401);
    assert.deepEqual([sent.length, pending()], [4, 1]);
    await answer(ok);
    assert.equal(pending(), 2);
    await answer(ok);
    await answer(ok);
    assert.deepEqual([sent.slice(3).flat(), queue.size, dropped], [[1, 2, 3, 4, 5, 6, 7, 8, 9], 0, []]);
  });

  test('of which one goes well after another failed do not end the wait that the other side asked for', async () => {
    const { queue, sent, answer } = createBench(undefined, {}, 2);
    fill(queue, 1, 9);
    await pass(1);
    await answer({ ...away, retryAfterMs: 7000 } as Outcome);
    await answer(ok);
    await pass(6999);
    assert.equal(sent.length, 2);
    await pass(1);
    assert.equal(sent.length, 3);
  });

  test('leave room for what does not fill a batch; a delay that began before a failure does not shorten the wait', async () => {
    const { queue, sent, answer } = createBench(undefined, {}, 2);
    fill(queue, 1, 3);
    await pass(1);
    queue.add(4);
    await answer({ ...away, retryAfterMs: 7000 } as Outcome);
    await pass(6999);
    assert.equal(sent.length, 1);
    await pass(1);
    assert.deepEqual(sent.slice(1), [[1, 2, 3]]);
  });

  test('are all handed out by drain, in order', async () => {
    const { queue } = createBench(undefined, {}, 2);
    fill(queue, 1, 8);
    await pass(1);
    assert.deepEqual([queue.drain(), queue.size], [[1, 2, 3, 4, 5, 6, 7, 8], 0]);
  });

  test('are all used by a flush', async () => {
    const { queue, sent, answer } = createBench(undefined, {}, 2);
    fill(queue, 1, 5);
    const flushed = queue.flush(1000);
    await settled();
    assert.deepEqual(sent, [
      [1, 2, 3],
      [4, 5],
    ]);
    await answer(ok);
    await answer(ok);
    assert.equal(await flushed, true);
  });
});

describe('what the other side refuses for good', () => {
  test('is dropped and counted, not sent again, and does not hold up the rest', async () => {
    const { queue, sent, answer, dropped } = createBench();
    for (const item of [1, 2, 3, 4, 5, 6]) queue.add(item);
    await pass(1);
    await answer(refused);
    await answer(ok);
    await pass(60_000);
    assert.deepEqual(
      [sent, dropped, queue.size],
      [
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        [{ count: 3, reason: 'rejected' }],
        0,
      ],
    );
  });

  test('a request that cannot even be made counts as refused, and rejects nowhere', async () => {
    let calls = 0;
    const { queue, dropped } = createBench(async () => {
      if (calls++ === 0) throw new TypeError('cannot be serialized');
      return ok;
    });
    for (const item of [1, 2, 3]) queue.add(item);
    await pass(1);
    queue.add(4);
    await pass(1000);
    assert.deepEqual([calls, dropped, queue.size], [2, [{ count: 3, reason: 'rejected' }], 0]);
  });
});

describe('flush', () => {
  test('sends all there is, batch by batch, and says that nothing is left', async () => {
    const { queue, sent } = createBench(async () => ok);
    for (const item of [1, 2, 3, 4, 5, 6, 7]) queue.add(item);
    assert.equal(await queue.flush(1000), true);
    assert.deepEqual(sent, [[1, 2, 3], [4, 5, 6], [7]]);
  });

  test('waits for a request under way before it sends the rest', async () => {
    const { queue, sent, answer } = createBench();
    for (const item of [1, 2, 3, 4]) queue.add(item);
    await pass(1);
    const flushed = queue.flush(1000);
    await settled();
    assert.deepEqual(sent, [[1, 2, 3]]);
    await answer(ok);
    await answer(ok);
    assert.equal(await flushed, true);
    assert.deepEqual(sent, [[1, 2, 3], [4]]);
  });

  test('gives up after a failure, says so, and what is left is tried again later', async () => {
    const { queue, sent, answer } = createBench();
    queue.add(1);
    const flushed = queue.flush(1000);
    await settled();
    await answer(away);
    assert.deepEqual([await flushed, queue.size], [false, 1]);
    await pass(1200);
    assert.equal(sent.length, 2);
  });

  test('ends at its bound; the request under way goes on, alone, and nothing of it is lost', async () => {
    const { queue, sent, answer, dropped, pending } = createBench();
    queue.add(1);
    const flushed = queue.flush(50);
    await settled();
    await pass(50);
    assert.equal(await flushed, false);
    for (const item of [2, 3, 4]) queue.add(item);
    await pass(1000);
    assert.deepEqual([sent, queue.size], [[[1]], 4]);
    await answer(away);
    assert.equal(queue.size, 4);
    await pass(1200);
    await answer(ok);
    await pass(1000);
    if (pending() > 0) await answer(ok);
    assert.deepEqual([sent.flat().sort(), dropped, queue.size], [[1, 1, 2, 3, 4], [], 0]);
  });
});
