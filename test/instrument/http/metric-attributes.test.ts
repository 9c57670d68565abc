/** The attributes of the histogram: one frozen object for each combination, and a bound on how many are kept. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetricAttributes } from '../../../src/instrument/http/metric-attributes.ts';

test('the same request gives the same frozen object, any other another one', () => {
  const { get } = createMetricAttributes();
  const first = get(false, 'GET', '1.1', 200, '/a', undefined);
  assert.equal(get(false, 'GET', '1.1', 200, '/a', undefined), first);
  assert.ok(Object.isFrozen(first));
  const all = [
    first,
    get(true, 'GET', '1.1', 200, '/a', undefined),
    get(false, 'POST', '1.1', 200, '/a', undefined),
    get(false, 'GET', '2', 200, '/a', undefined),
    get(false, 'GET', '1.1', 201, '/a', undefined),
    get(false, 'GET', '1.1', 200, '/b', undefined),
    get(false, 'GET', '1.1', 200, '/a', 'ECONNRESET'),
    get(false, 'GET', '1.1', undefined, undefined, undefined),
  ];
  assert.equal(new Set(all.map((attributes) => JSON.stringify(attributes))).size, all.length);
  assert.deepEqual(all.at(-1), { 'http.request.method': 'GET', 'url.scheme': 'http', 'network.protocol.version': '1.1' });
});

test('what is kept stays bounded when routes never end, and is right all the same', () => {
  const cache = createMetricAttributes();
  for (let at = 0; at < 10_000; at++) {
    assert.equal(cache.get(false, 'GET', '1.1', 200, `/${at}`, undefined)['http.route'], `/${at}`);
    assert.ok(cache.size <= 2000);
  }
});
