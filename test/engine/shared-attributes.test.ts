import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AttributeList } from '../../src/engine/attributes.ts';
import { SharedAttributes } from '../../src/engine/shared-attributes.ts';

const limits = { count: 4, length: Infinity };

function listWithShared(): { list: AttributeList; shared: SharedAttributes } {
  const list = new AttributeList();
  const shared = new SharedAttributes(['server.address', 'server.port'], ['localhost', 80]);
  list.shared = shared;
  list.put('url.path', '/');
  return { list, shared };
}

test('shared attributes are those of the list, and count among its most', () => {
  const { list } = listWithShared();
  assert.equal(list.has('server.port'), true);
  list.set('more', 1, limits);
  list.set('too many', 1, limits);
  assert.deepEqual(list.toObject(), { 'server.address': 'localhost', 'server.port': 80, 'url.path': '/', more: 1 });
  assert.equal(list.dropped, 1);
});

test('a shared attribute that is set anew is changed for this list alone, and stands in it once', () => {
  const { list, shared } = listWithShared();
  list.set('server.port', 8080, limits);
  assert.deepEqual(list.toObject(), { 'server.address': 'localhost', 'server.port': 8080, 'url.path': '/' });
  assert.deepEqual([...list.keys].sort(), ['server.address', 'server.port', 'url.path']);
  assert.equal(list.shared, undefined);
  assert.deepEqual(shared.values, ['localhost', 80]);
});
