import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { countTelemetry, type Counts } from '../../bench/count-telemetry.ts';

/** A length-delimited protobuf field. */
function field(number: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint(number * 8 + 2), varint(body.length), body]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}

function count(path: string, body: Buffer | string, contentType = 'application/x-protobuf', traceCount?: string): Counts {
  return countTelemetry({ path, contentType, traceCount, body: Buffer.from(body) });
}

const resource = field(1, field(1, Buffer.from('service.name')));
const scope = field(1, Buffer.from('scope'));
/** Two resources, each with a scope of two items; other fields of every wire type between them. */
const items = field(
  1,
  resource,
  field(2, scope, field(2, Buffer.alloc(300)), Buffer.from([0x18, 0x96, 0x01]), field(2), field(3, Buffer.from('schema'))),
);

suite('bench/count-telemetry.ts', () => {
  test('spans and log records are counted in protobuf', () => {
    const body = Buffer.concat([items, items]);
    assert.deepEqual(count('/v1/traces', body), { spans: 4, logs: 0, points: 0 });
    assert.deepEqual(count('/v1/logs', body), { spans: 0, logs: 4, points: 0 });
  });

  test('data points are counted, not the exemplars in them', () => {
    const point = field(1, Buffer.from([0x11, 0, 0, 0, 0, 0, 0, 0, 0]), field(8, field(1)));
    const metrics = [field(5, point, point), field(9, point, Buffer.from([0x10, 2])), field(7, point)];
    const body = field(1, resource, field(2, scope, ...metrics.map((data) => field(2, field(1, Buffer.from('name')), data))));
    assert.equal(count('/v1/metrics', body).points, 4);
  });

  test('JSON, the agent protocol of Datadog and the envelopes of Sentry are counted too', () => {
    assert.equal(count('/v1/traces', '{"spans":[{"spanId":"a"},{"spanId":"b","parentSpanId":"a"}]}', 'application/json').spans, 2);
    assert.equal(count('/v0.4/traces', '', 'application/msgpack', '17').spans, 17);
    const envelope = ['{"sent_at":"x"}', '{"type":"transaction"}', '{"type":"transaction","contexts":{},"spans":[{},{}]}'];
    const logs = ['{"type":"log","item_count":5}', '{"items":[]}'];
    assert.deepEqual(count('/api/1/envelope/', [...envelope, ...logs].join('\n')), { spans: 3, logs: 5, points: 0 });
  });

  test('what is cut off or unknown counts as what is there, and ends', () => {
    assert.equal(count('/v1/traces', items.subarray(0, 20)).spans, 0);
    assert.equal(count('/v1/traces', Buffer.alloc(64, 0xff)).spans, 0);
    assert.deepEqual(count('/elsewhere', items), { spans: 0, logs: 0, points: 0 });
  });
});
