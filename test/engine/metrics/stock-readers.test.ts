import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { JsonMetricsSerializer, ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { AggregationTemporality, InMemoryMetricExporter, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { LeanMeterProvider } from '../../../src/engine/metrics/provider.ts';
import { decodeMetrics, decodeMetricsJson } from '../../../src/otlp/decode.ts';
import { createLean, resource, settingsWith, valuesOf } from './support.ts';

test('Prometheus pulls cumulative figures over HTTP, beside a reader of deltas', async (t) => {
  const provider = new LeanMeterProvider(resource);
  const delta = provider.addReader(settingsWith({ temporality: 'delta' }));
  const exporter = new PrometheusExporter({ host: '127.0.0.1', preventServerStart: true });
  provider.addStockReader(exporter);
  const server = (exporter as unknown as { readonly _server: Server })._server;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => exporter.shutdown());
  const pull = async (): Promise<string[]> => {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);
    return (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('target_info'));
  };

  const meter = provider.getMeter('shop');
  const orders = meter.createCounter('orders', { description: 'Orders' });
  const duration = meter.createHistogram('duration', { advice: { explicitBucketBoundaries: [1, 2] } });
  meter.createObservableGauge('late').addCallback(async (result) => {
    await new Promise((resolve) => setImmediate(resolve));
    result.observe(7);
  });
  orders.add(2, { tenant: 't1' });
  duration.record(1.5);
  const expected = (count: number): string[] => [
    `orders_total{tenant="t1",otel_scope_name="shop"} ${count}`,
    'duration_count{otel_scope_name="shop"} 1',
    'duration_sum{otel_scope_name="shop"} 1.5',
    'duration_bucket{otel_scope_name="shop",le="1"} 0',
    'duration_bucket{otel_scope_name="shop",le="2"} 1',
    'duration_bucket{otel_scope_name="shop",le="+Inf"} 1',
    'late{otel_scope_name="shop"} 7',
  ];
  assert.deepEqual(await pull(), expected(2));
  assert.deepEqual(valuesOf(delta.collect(), 'orders'), [[{ tenant: 't1' }, 2]]);
  orders.add(1, { tenant: 't1' });
  assert.deepEqual(await pull(), expected(3));
  assert.deepEqual(valuesOf(delta.collect(), 'orders'), [[{ tenant: 't1' }, 1]]);
});

test('a periodic reader of the stock SDK exports, flushes and shuts down', async () => {
  const provider = new LeanMeterProvider(resource);
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  provider.addStockReader(new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 }));
  const counter = provider.getMeter('m').createCounter('c');
  counter.add(1);
  await provider.forceFlush();
  counter.add(2);
  await provider.forceFlush();
  assert.deepEqual(
    exporter.getMetrics().map((metrics) => valuesOf(metrics, 'c')),
    [[[{}, 1]], [[{}, 2]]],
  );
  await provider.shutdown();
});

test('the stock serializers take what is collected', () => {
  const { provider, reader } = createLean();
  provider
    .getMeter('m')
    .createCounter('c')
    .add(3, { a: [1, 2] });
  const metrics = reader.collect();
  const fromJson = decodeMetricsJson(Buffer.from(JsonMetricsSerializer.serializeRequest(metrics) as Uint8Array).toString());
  const fromBytes = decodeMetrics(ProtobufMetricsSerializer.serializeRequest(metrics) as Uint8Array);
  assert.deepEqual(fromJson, fromBytes);
  assert.deepEqual([fromJson[0]!.points[0]!.value, fromJson[0]!.points[0]!.attributes], [3, { a: [1, 2] }]);
});
