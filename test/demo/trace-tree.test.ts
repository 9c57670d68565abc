import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { createPaint } from '../../examples/shop/show/text.ts';
import { formatTrace } from '../../examples/shop/show/trace-tree.ts';
import { atMs, log, orderTrace, span } from './records.ts';

const plain = { width: 100, paint: createPaint(false) };

/** The left side of each line: no durations, no bars. */
function tree(lines: readonly string[]): string {
  return lines
    .slice(1)
    .map((line) => line.slice(0, 68).trimEnd())
    .join('\n');
}

test('an order draws as one tree over both services, its log lines among the spans in the order of time', () => {
  assert.equal(
    tree(formatTrace(orderTrace(), plain)),
    `
● POST /orders 201  shop-storefront
├─ ● SELECT products  SELECT * FROM products
├─ warn  stock is low
├─ ● POST 201  http://127.0.0.1:8081/payments
│  └─ ● POST /payments 201  shop-payments
│     └─ info  payment approved
├─ ● UPDATE orders  postgresql
└─ info  order placed  orderId=1001`.slice(1),
  );
});

test('the head tells the trace id, how much there is of it, and how long it took', () => {
  assert.equal(formatTrace(orderTrace(), plain)[0], 'trace 4bf92f3577b34da6a3ce929d0e0e4736 · 60.0 ms · 5 spans, 2 queries, 3 log lines');
});

test('bars stand at their place in the whole, and a log line is a moment', () => {
  const [, root, query, warning] = formatTrace(orderTrace(), plain);
  assert.ok(root!.endsWith(` 60.0 ms ${'━'.repeat(22)}`), root);
  assert.ok(query!.endsWith(' 2.00 ms ━'), query);
  assert.ok(warning!.endsWith(`          ${' '.repeat(3)}◆`), warning);
});

test('no line is wider than asked, whatever the records hold', () => {
  const long = 'x\ny\x1b[31m'.repeat(200);
  const spans = [
    span({
      name: long,
      kind: 'server',
      attributes: { 'db.query.text': long, 'db.system.name': 'postgresql' },
      status: { code: 'error', message: long },
    }),
  ];
  for (const width of [60, 100, 160]) {
    for (const line of formatTrace(
      { spans, logs: [log({ body: long, attributes: { deep: { list: [1n, long] } } })] },
      { ...plain, width },
    )) {
      assert.ok(line.length <= width, `${line.length} > ${width}: ${line}`);
      assert.doesNotMatch(line, /\p{Cc}/u);
    }
  }
});

test('colours take no room', () => {
  const uncoloured = formatTrace(orderTrace(), { width: 100, paint: createPaint(true) }).map((line) =>
    stripVTControlCharacters(line).trimEnd(),
  );
  assert.deepEqual(uncoloured, formatTrace(orderTrace(), plain));
});

test('marks tell a failed span from a client error and from success', () => {
  const failed = formatTrace(
    { spans: [span({ name: 'GET', kind: 'server', attributes: { 'http.response.status_code': 500 } })], logs: [] },
    plain,
  );
  const declined = formatTrace(
    { spans: [span({ name: 'GET', kind: 'server', attributes: { 'http.response.status_code': 402 } })], logs: [] },
    plain,
  );
  assert.match(failed[1]!, /^✖ GET 500/);
  assert.match(declined[1]!, /^▲ GET 402/);
});

test('an exception shows under its span, and an error log line with its type and message', () => {
  const event = {
    timeUnixNano: atMs(3),
    name: 'exception',
    attributes: { 'exception.type': 'TypeError', 'exception.message': 'no description' },
    droppedAttributesCount: 0,
  };
  const lines = formatTrace(
    {
      spans: [span({ name: 'GET /products/:id', events: [event], status: { code: 'error', message: '' } })],
      logs: [
        log({
          body: 'request failed',
          severityNumber: 17,
          severityText: 'error',
          attributes: { 'exception.type': 'TypeError', 'exception.message': 'no description', 'exception.stacktrace': 'at …' },
        }),
      ],
    },
    plain,
  );
  assert.equal(tree(lines), '✖ GET /products/:id\n├─ threw TypeError: no description\n└─ error request failed  TypeError: no description');
});

test('a span whose parent did not arrive stands at the root and says so', () => {
  const lines = formatTrace({ spans: [span({ name: 'orphan', parentSpanId: 'ff' })], logs: [] }, plain);
  assert.match(lines[1]!, /^● orphan {2}\(parent ff did not arrive\)/);
});
