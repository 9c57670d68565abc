/** Places, ranges, lists that grow, and what is typed into the search box. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { complete, wordAt } from '../../../src/viewer/ui/logic/completion.ts';
import { appendPage, mergeFirstPage } from '../../../src/viewer/ui/logic/merge-pages.ts';
import { assignSlots, slotCount } from '../../../src/viewer/ui/logic/palette.ts';
import { formatRange, parseRange, resolveBounds } from '../../../src/viewer/ui/state/range.ts';
import { formatPlace, keptQuery, matchView, parsePlace } from '../../../src/viewer/ui/state/url.ts';

test('a place survives its URL, lists and foreign characters included; the token never stays', () => {
  const query = { q: 'a&b=c d', attr: ['http.route=/orders', 'x!=ü'], range: '15m' };
  assert.deepEqual(parsePlace(formatPlace('/traces', query)), { path: '/traces', query });
  assert.deepEqual(parsePlace('/traces?token=secret&q=x'), { path: '/traces', query: { q: 'x' } });
  assert.equal(formatPlace('/', { q: '', attr: [] }), '/');
});

test('time range and service go along to another view, nothing else does', () => {
  assert.deepEqual(keptQuery({ range: 'all', service: 'shop', q: 'x', attr: ['a=b'] }), { range: 'all', service: 'shop' });
});

test('paths lead to views', () => {
  assert.deepEqual(matchView('/'), { view: 'overview', names: [] });
  assert.deepEqual(matchView('/traces/abc'), { view: 'trace', names: ['abc'] });
  assert.deepEqual(matchView('/metrics/http.server%2Fx'), { view: 'metrics', names: ['http.server/x'] });
  assert.deepEqual(matchView('/compare/a/b'), { view: 'compare', names: ['a', 'b'] });
  assert.equal(matchView('/compare/a').view, 'unknown');
  assert.equal(matchView('/nonsense/%E0%A4%A').view, 'unknown');
});

test('ranges are read and written; nonsense is the default', () => {
  for (const text of ['5m', '24h', 'all', '1000-2000', '90s']) assert.equal(formatRange(parseRange(text)), text);
  for (const text of [undefined, '', '0m', '2000-1000', '5y', '-']) assert.equal(formatRange(parseRange(text)), '1h');
});

test('bounds begin no earlier than the data, and hold at least half a minute', () => {
  const now = 10_000_000;
  assert.deepEqual(resolveBounds(parseRange('5m'), now, undefined), { from: now - 300_000 });
  assert.deepEqual(resolveBounds(parseRange('5m'), now, now - 60_000), { from: now - 60_000 });
  assert.deepEqual(resolveBounds(parseRange('5m'), now, now - 900_000), { from: now - 300_000 });
  assert.deepEqual(resolveBounds(parseRange('all'), now, now - 1000), { from: now - 30_000 });
  assert.deepEqual(resolveBounds(parseRange('all'), now, undefined), {});
  assert.deepEqual(resolveBounds(parseRange('5-9'), now, 7), { from: 5, to: 9 });
});

const id = (item: string): string => item;

test('a fresh first page goes before older ones, and leaves no hole', () => {
  const old = { items: ['d', 'c', 'b', 'a'], next: 'a' };
  assert.deepEqual(mergeFirstPage(old, { items: ['f', 'e', 'd', 'c'], next: 'c' }, id), {
    items: ['f', 'e', 'd', 'c', 'b', 'a'],
    next: 'a',
  });
  assert.deepEqual(mergeFirstPage(old, { items: ['z', 'y'], next: 'y' }, id), { items: ['z', 'y'], next: 'y' });
  assert.deepEqual(mergeFirstPage(old, { items: ['d', 'a'], next: undefined }, id), { items: ['d', 'a'], next: undefined });
  assert.deepEqual(appendPage(old, { items: ['a', '0'], next: undefined }, id), { items: ['d', 'c', 'b', 'a', '0'], next: undefined });
});

test('the word at the caret is completed, quotes are added where a value needs them', () => {
  assert.deepEqual(wordAt('orders tena', 11), { start: 7, end: 11, key: 'tena', value: undefined, operator: '' });
  assert.deepEqual(wordAt('http.route=/or more', 14), { start: 0, end: 14, key: 'http.route', value: '/or', operator: '=' });
  assert.deepEqual(complete('orders tena', wordAt('orders tena', 11), 'tenant.id'), { text: 'orders tenant.id=', caret: 17 });
  assert.deepEqual(complete('a=x more', wordAt('a=x more', 3), 'x y'), { text: 'a="x y" more', caret: 8 });
});

test('a service has the same colour wherever it is named first, and no two share one while there are enough', () => {
  const names = Array.from({ length: slotCount }, (_, i) => `service-${i}`);
  assert.equal(new Set(assignSlots(names).values()).size, slotCount);
  assert.equal(assignSlots(['shop', 'bank']).get('shop'), assignSlots(['shop']).get('shop'));
  assert.equal(assignSlots([...names, 'one more']).size, slotCount + 1);
});
