/** Which errors are one group, and which are one error. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { listErrors, readError } from '../../src/viewer/query/errors.ts';
import { fingerprintOf, normaliseMessage, topOwnFrame } from '../../src/viewer/store/fingerprint.ts';
import { createTestStore, hex, logsBody, tracesBody } from './support.ts';

describe('a fingerprint', () => {
  const same: readonly (readonly [string, string])[] = [
    ['order 17 of 4 items failed', 'order 9001 of 12 items failed'],
    ['no user 3f2b8c1e-1111-4222-8333-444455556666', 'no user 00000000-0000-4000-8000-000000000000'],
    ['connect ECONNREFUSED 10.0.0.1:5432', 'connect ECONNREFUSED 127.0.0.1:5433'],
    ['mail to a@b.example bounced', 'mail to someone.else@mail.example bounced'],
    ["column 'price' is missing", "column 'name' is missing"],
    ['at 2024-01-02T03:04:05Z it broke', 'at 2026-11-21T10:00:00.123Z it broke'],
    ['token 9f8e7d6c5b4a3921', 'token 0a1b2c3d4e5f6789'],
  ];
  for (const [one, other] of same) {
    test(`is the same for "${one}" and "${other}"`, () => assert.equal(normaliseMessage(one), normaliseMessage(other)));
  }

  test('differs with the type, with the words, and with the frame of the app', () => {
    const stack = (line: string): string =>
      `Error: x\n    at pool (/app/node_modules/pg/lib/pool.js:1:1)\n    at ${line}\n    at node:internal/main`;
    const base = { type: 'Error', message: 'x', stack: stack('place (/app/order.js:3:4)') };
    const prints = [
      base,
      { ...base, type: 'TypeError' },
      { ...base, message: 'y' },
      { ...base, stack: stack('charge (/app/pay.js:3:4)') },
      { type: 'Error', message: 'x' },
    ].map(fingerprintOf);
    assert.equal(new Set(prints).size, prints.length);
    assert.equal(fingerprintOf({ ...base, stack: stack('place (/app/order.js:99:1)') }), prints[0], 'lines move with every edit');
  });

  test('takes the innermost frame of Python, which stands last', () => {
    const stack =
      'Traceback (most recent call last):\n  File "/app/main.py", line 3, in <module>\n    run()\n  File "/app/work.py", line 9, in run\n    boom()\n  File "/usr/lib/python3/site-packages/x.py", line 1, in boom\nValueError: no';
    assert.equal(topOwnFrame(stack), 'File "/app/work.py", in run');
  });
});

const TRACE = hex(1, 16);
const exception = (message: string, stack?: string): { name: string; attributes: Record<string, string> } => ({
  name: 'exception',
  attributes: {
    'exception.type': 'TypeError',
    'exception.message': message,
    ...(stack === undefined ? {} : { 'exception.stacktrace': stack }),
  },
});
const STACK = 'TypeError: bad\n    at place (/app/order.js:3:4)';

for (const order of ['span first', 'log record first'] as const) {
  test(`a span, its parent and a log record that tell of one exception are one error (${order})`, () => {
    using store = createTestStore();
    const spans = tracesBody('shop', [
      { traceId: TRACE, spanId: hex(2, 8), parentSpanId: hex(1, 8), startMs: 1000, status: 2, events: [exception('bad', STACK)] },
      { traceId: TRACE, spanId: hex(1, 8), startMs: 1000, status: 2, events: [exception('bad', STACK)] },
    ]);
    const logs = logsBody('shop', [
      { timeMs: 1001, body: 'it broke', traceId: TRACE, spanId: hex(1, 8), attributes: exception('bad').attributes },
    ]);
    if (order === 'span first') store.takeJson('traces', spans);
    store.takeJson('logs', logs);
    if (order !== 'span first') store.takeJson('traces', spans);
    store.reader.read(() => {
      const { items } = listErrors(store.reader, {});
      assert.deepEqual(
        items.map(({ type, message, count }) => [type, message, count]),
        [['TypeError', 'bad', 1]],
      );
      const detail = readError(store.reader, { fingerprint: items[0]!.fingerprint });
      assert.equal(detail?.stack, STACK);
      assert.deepEqual(
        detail.logs.map(({ body }) => body),
        ['it broke'],
      );
      assert.deepEqual(
        detail.samples.map(({ name }) => name),
        ['work'],
        'what failed is a span, whoever told first',
      );
    });
  });
}

test('the same failure in other traces counts again, other failures are other groups, and a failed span without exception is told of', () => {
  using store = createTestStore();
  const spans = [1, 2, 3].map((id) => ({
    traceId: hex(id, 16),
    spanId: hex(id, 8),
    startMs: 1000 + id,
    status: 2,
    events: [exception(`order ${id} is bad`, STACK)],
  }));
  const bare = {
    traceId: hex(9, 16),
    spanId: hex(9, 8),
    startMs: 2000,
    status: 2,
    message: 'deadline',
    attributes: { 'error.type': 'timeout' },
  };
  store.takeJson('traces', tracesBody('shop', [...spans, bare]));
  store.reader.read(() => {
    const { items } = listErrors(store.reader, {});
    assert.deepEqual(
      items.map(({ type, message, count }) => [type, message, count]),
      [
        ['timeout', 'deadline', 1],
        ['TypeError', 'order 1 is bad', 3],
      ],
    );
    assert.deepEqual(listErrors(store.reader, { from: 1012, to: 2000 }).items[0]?.count, 2);
    const pages = [listErrors(store.reader, { limit: 1 })];
    pages.push(listErrors(store.reader, { limit: 1, before: pages[0]!.next! }));
    assert.deepEqual(
      pages.flatMap(({ items: page }) => page.map(({ type }) => type)),
      ['timeout', 'TypeError'],
    );
  });
});
