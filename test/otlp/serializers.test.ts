import assert from 'node:assert/strict';
import { test } from 'node:test';

import {
  JsonLogsSerializer,
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufLogsSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from '@opentelemetry/otlp-transformer';

import { decodeLogs, decodeLogsJson, decodeMetrics, decodeMetricsJson, decodeTraces, decodeTracesJson } from '../../src/otlp/decode.ts';
import { recordSdkBatch } from './sdk-batch.ts';

const batch = await recordSdkBatch();

test('spans of the real SDK read the same from its protobuf and its JSON', () => {
  const [client, server] = decodeTraces(ProtobufTraceSerializer.serializeRequest(batch.spans)!);
  assert.deepEqual(decodeTracesJson(textOf(JsonTraceSerializer.serializeRequest(batch.spans)!)), [client, server]);
  assert.deepEqual(
    [server!.name, server!.kind, server!.parentSpanId, server!.startTimeUnixNano],
    ['GET /items', 'server', '', 1700000000123456789n],
  );
  assert.equal(client!.parentSpanId, server!.spanId);
  assert.equal(client!.traceId, batch.spans[0]!.spanContext().traceId);
  assert.deepEqual(client!.attributes, { 'db.rows': 3, ratio: 0.5, tags: ['a', 'b'] });
  assert.deepEqual(client!.status, { code: 'error', message: 'broken' });
  assert.equal(client!.events[0]!.attributes['exception.type'], 'TypeError');
  assert.equal(client!.resource.attributes['service.name'], 'shop');
  assert.deepEqual([client!.scope.name, client!.scope.version], ['http', '1.2.3']);
});

test('metrics of the real SDK read the same from its protobuf and its JSON', () => {
  const metrics = decodeMetrics(ProtobufMetricsSerializer.serializeRequest(batch.metrics)!);
  assert.deepEqual(decodeMetricsJson(textOf(JsonMetricsSerializer.serializeRequest(batch.metrics)!)), metrics);
  const [orders, duration, size] = ['orders', 'duration', 'size'].map((name) => metrics.find((metric) => metric.name === name));
  assert.deepEqual(
    [orders!.name, orders!.type, orders!.temporality, orders!.monotonic, orders!.unit],
    ['orders', 'sum', 'cumulative', true, '{order}'],
  );
  assert.deepEqual([orders!.points[0]!.value, orders!.points[0]!.attributes], [2, { tenant: 't1' }]);
  assert.deepEqual([duration!.points[0]!.bounds, duration!.points[0]!.bucketCounts, duration!.points[0]!.sum], [[1, 2], [0n, 1n, 0n], 1.5]);
  assert.deepEqual([size!.type, size!.points[0]!.exponential!.positive.bucketCounts], ['exponentialHistogram', [1n]]);
});

test('log records of the real SDK read the same from its protobuf and its JSON', () => {
  const [log, ...others] = decodeLogs(ProtobufLogsSerializer.serializeRequest(batch.logs)!);
  assert.deepEqual(decodeLogsJson(textOf(JsonLogsSerializer.serializeRequest(batch.logs)!)), [log]);
  assert.deepEqual(others, []);
  assert.deepEqual([log!.eventName, log!.severityText, log!.body, log!.attributes], ['order.placed', 'INFO', { id: 7 }, { tenant: 't1' }]);
  assert.deepEqual([log!.traceId, log!.spanId], [batch.spans[1]!.spanContext().traceId, batch.spans[1]!.spanContext().spanId]);
});

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
