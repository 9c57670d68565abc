/** otel-collector.yaml and its overlays: new names only, nothing unused, redaction before anything is derived, queues on disk for all that leaves. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CollectorConfig, kinds, type Pipeline, readCollector, readText, receiversOf } from './files.ts';

const overlay = (name: string): string => `stack/otel-collector/${name}.yaml`;
const configs: Readonly<Record<string, CollectorConfig>> = {
  'otel-collector.yaml': readCollector('otel-collector.yaml'),
  'with business.yaml': readCollector('otel-collector.yaml', overlay('business')),
  'with sentry.yaml': readCollector('otel-collector.yaml', overlay('business'), overlay('sentry')),
  'docker.yaml': readCollector(overlay('docker')),
};

/** Old name -> new one. The old ones still load, with a warning, until they do not. */
const RENAMED: Readonly<Record<string, string>> = {
  otlphttp: 'otlp_http',
  'otlp (exporter)': 'otlp_grpc',
  hostmetrics: 'host_metrics',
  httpcheck: 'http_check',
  filelog: 'file_log',
  spanmetrics: 'span_metrics',
  servicegraph: 'service_graph',
  resourcedetection: 'resource_detection',
  metricstransform: 'metrics_transform',
  cumulativetodelta: 'cumulative_to_delta',
  k8sattributes: 'k8s_attributes',
  prometheusremotewrite: 'prometheus_remote_write',
  loadbalancing: 'load_balancing',
  logging: 'debug',
};
/** Gone or on their way out, and what does it instead. */
const GONE: Readonly<Record<string, string>> = {
  batch: 'sending_queue.batch of each exporter',
  loki: 'otlp_http to /otlp',
  jaeger: 'otlp_grpc',
  dimensions_cache_size: 'aggregation_cardinality_limit',
};

const typeOf = (id: string): string => id.split('/')[0] as string;
const pipelinesOf = (config: CollectorConfig): [string, Pipeline][] => Object.entries(config.service.pipelines);
/** Given by a variable, so that they are used by who sets it. */
const OPTIONAL: ReadonlySet<string> = new Set(['postgresql', 'redis', 'http_check']);

for (const [name, config] of Object.entries(configs)) {
  test(`${name}: no component has an old name`, () => {
    for (const kind of kinds) {
      for (const id of Object.keys(config[kind] ?? {})) {
        const type = typeOf(id);
        const old = RENAMED[type] ?? (kind === 'exporters' && type === 'otlp' ? RENAMED['otlp (exporter)'] : undefined);
        assert.equal(old, undefined, `${kind}: ${id} is called ${old} now`);
        assert.equal(GONE[type], undefined, `${kind}: instead of ${id}: ${GONE[type]}`);
      }
    }
    assert.ok(!JSON.stringify(config).includes('dimensions_cache_size'));
  });

  test(`${name}: what is defined is used, and what is used is defined`, () => {
    const used = {
      receivers: new Set<string>(),
      processors: new Set<string>(),
      exporters: new Set<string>(),
      extensions: new Set<string>(),
    };
    for (const [, pipeline] of pipelinesOf(config)) {
      for (const id of receiversOf(pipeline)) used.receivers.add(id);
      for (const id of pipeline.processors ?? []) used.processors.add(id);
      for (const id of pipeline.exporters) used.exporters.add(id);
    }
    for (const id of config.service.extensions ?? []) used.extensions.add(id);
    const connectors = new Set(Object.keys(config.connectors ?? {}));
    for (const id of connectors) assert.ok(used.receivers.has(id) && used.exporters.has(id), `${id} joins pipelines at both ends`);
    for (const [kind, ids] of Object.entries(used)) {
      const defined = Object.keys(config[kind as keyof typeof used] ?? {}).filter((id) => !OPTIONAL.has(id));
      assert.deepEqual([...ids].filter((id) => !connectors.has(id)).toSorted(), defined.toSorted(), kind);
    }
  });

  test(`${name}: memory_limiter is first where data comes in`, () => {
    for (const [id, pipeline] of pipelinesOf(config)) {
      const outside = receiversOf(pipeline).some((receiver) => config.receivers && receiver in config.receivers);
      assert.equal(pipeline.processors?.[0] === 'memory_limiter', outside, id);
    }
  });
}

test('redaction comes before anything is derived, sampled or sent', () => {
  for (const [name, config] of Object.entries(configs)) {
    if (name === 'docker.yaml') continue; // names of containers and images only
    for (const [id, pipeline] of pipelinesOf(config)) {
      if (!receiversOf(pipeline).some((receiver) => config.receivers && receiver in config.receivers)) continue;
      assert.ok(pipeline.processors?.includes('redaction'), `${id} redacts`);
      if (/^(traces|logs)|\/in$/.test(id)) assert.ok(pipeline.processors?.includes('redaction/email'), `${id} takes e-mail addresses out`);
    }
  }
});

test("a span's name and status take part in redaction, and come back in any case", () => {
  const steps = configs['otel-collector.yaml']?.service.pipelines['traces/in']?.processors ?? [];
  const at = ['transform/expose', 'redaction', 'redaction/email', 'transform/restore'].map((id) => steps.indexOf(id));
  assert.deepEqual(
    at,
    at.toSorted((a, b) => a - b),
  );
  assert.ok(!at.includes(-1));
});

interface Exporter {
  readonly endpoint: string;
  readonly retry_on_failure: { readonly max_elapsed_time: string };
  readonly sending_queue: {
    readonly storage: string;
    readonly sizer: string;
    readonly block_on_overflow?: boolean;
    readonly batch: { readonly max_size: number };
  };
}
test('every exporter keeps its queue on disk, bounded in bytes, and batches stay below what the receiving side takes', () => {
  const exporters = configs['with sentry.yaml']?.exporters as unknown as Readonly<Record<string, Exporter>>;
  const accepted = 16 * 2 ** 20;
  assert.match(readText('stack/jaeger/jaeger.yaml'), /max_recv_msg_size_mib: 16/);
  assert.match(readText('stack/loki/loki.yaml'), new RegExp(`grpc_server_max_recv_msg_size: ${accepted}`));
  for (const [id, { retry_on_failure, sending_queue }] of Object.entries(exporters)) {
    assert.equal(sending_queue.storage, 'file_storage/queues', id);
    assert.equal(sending_queue.sizer, 'bytes', id);
    assert.ok(sending_queue.batch.max_size <= accepted / 4, id);
    assert.ok(!sending_queue.block_on_overflow, `${id}: full, the sender is told, instead of waiting until it gives up`);
    if (id !== 'otlp_http/sentry') assert.equal(retry_on_failure.max_elapsed_time, '0s', `${id} never gives up`);
  }
});

test('metrics derived from spans see every span: they stand before the pipelines that sample', () => {
  const { pipelines } = configs['otel-collector.yaml']!.service;
  assert.ok(['span_metrics', 'span_metrics/monitor', 'service_graph'].every((id) => pipelines['traces/in']?.exporters.includes(id)));
  assert.ok(!pipelines['traces/in']?.processors?.some((id) => /sampling|filter/.test(id)));
  for (const id of ['traces/kept', 'traces/rest']) assert.deepEqual(pipelines[id]?.receivers, ['forward/traces']);
});

test('a trace goes one of two ways, never both and never none', () => {
  const conditions = (id: string): string =>
    String((configs['otel-collector.yaml']?.processors?.[id] as { trace_conditions: string[] }).trace_conditions[0]);
  assert.equal(conditions('filter/kept').replace('>=', '<'), conditions('filter/rest'));
});
