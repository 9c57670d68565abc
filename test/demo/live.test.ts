import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRequest, formatWarning } from '../../examples/shop/show/live.ts';
import { createPaint } from '../../examples/shop/show/text.ts';
import { log, orderTrace } from './records.ts';

const plain = { width: 120, paint: createPaint(false) };

test('a finished request is one line, with its warnings below it', () => {
  const [request, ...warnings] = formatRequest(orderTrace(), plain);
  assert.match(
    request!,
    /^\d\d:\d\d:\d\d {2}● 201 {2}POST \/orders {8}60\.0 ms {2}4bf92f35 {3}5 spans {2}shop-storefront → shop-payments$/,
  );
  assert.deepEqual(warnings, ['          └ warn  stock is low  shop-storefront']);
});

test('a warning outside a request tells its own time', () => {
  assert.match(
    formatWarning(log({ traceId: '', spanId: '', severityNumber: 17, severityText: 'error', body: 'housekeeping failed' }), plain),
    /^\d\d:\d\d:\d\d {2}error housekeeping failed {2}shop-storefront$/,
  );
});

test('no line is wider than asked', () => {
  for (const line of formatRequest(orderTrace(), { ...plain, width: 60 })) assert.ok(line.length <= 60, line);
});
