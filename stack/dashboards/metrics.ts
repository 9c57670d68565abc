/**
 * Every metric that a dashboard reads, and who sends it. What comes over OTLP stands here as its sender calls it, with unit and type, and
 * translate-names.ts makes Prometheus' name of it; what Prometheus scrapes stands as it is scraped.
 */

export type MetricType = 'counter' | 'updown' | 'gauge' | 'histogram';

/** OpenTelemetry's name, unit and type. */
export type OtlpMetric = readonly [name: string, unit: string, type: MetricType];

export interface MetricSource {
  readonly sender: string;
  readonly otlp?: readonly OtlpMetric[];
  readonly scraped?: readonly string[];
}

export const METRIC_SOURCES: readonly MetricSource[] = [
  {
    sender: 'the apps: HTTP, by otelier',
    otlp: [
      ['http.server.request.duration', 's', 'histogram'],
      ['http.client.request.duration', 's', 'histogram'],
    ],
  },
  {
    sender: 'the apps: databases, by the instrumentation of pg',
    otlp: [
      ['db.client.operation.duration', 's', 'histogram'],
      ['db.client.connection.count', '{connection}', 'updown'],
      ['db.client.connection.max', '{connection}', 'updown'],
      ['db.client.connection.pending_requests', '{connection}', 'updown'],
    ],
  },
  {
    sender: 'the apps: Node.js, V8 and the process',
    otlp: [
      ['nodejs.eventloop.delay.p50', 's', 'gauge'],
      ['nodejs.eventloop.delay.p99', 's', 'gauge'],
      ['nodejs.eventloop.utilization', '1', 'gauge'],
      ['process.cpu.time', 's', 'counter'],
      ['process.memory.usage', 'By', 'updown'],
      ['process.unix.file_descriptor.count', '{file_descriptor}', 'updown'],
      ['process.uptime', 's', 'gauge'],
      ['v8js.gc.duration', 's', 'histogram'],
      ['v8js.memory.heap.space.available_size', 'By', 'gauge'],
      ['v8js.memory.heap.space.physical_size', 'By', 'gauge'],
      ['v8js.memory.heap.used', 'By', 'gauge'],
      ['v8js.resource.active', '{resource}', 'gauge'],
    ],
  },
  {
    sender: 'the apps: otelier about itself',
    otlp: [
      ['otel.sdk.exporter.log.exported', '{log_record}', 'counter'],
      ['otel.sdk.exporter.metric_data_point.exported', '{data_point}', 'counter'],
      ['otel.sdk.exporter.operation.duration', 's', 'histogram'],
      ['otel.sdk.exporter.span.exported', '{span}', 'counter'],
      ['otel.sdk.log.created', '{log_record}', 'counter'],
      ['otel.sdk.processor.log.processed', '{log_record}', 'counter'],
      ['otel.sdk.processor.log.queue.capacity', '{log_record}', 'updown'],
      ['otel.sdk.processor.log.queue.size', '{log_record}', 'updown'],
      ['otel.sdk.processor.span.processed', '{span}', 'counter'],
      ['otel.sdk.processor.span.queue.capacity', '{span}', 'updown'],
      ['otel.sdk.processor.span.queue.size', '{span}', 'updown'],
      ['otel.sdk.span.started', '{span}', 'counter'],
    ],
  },
  {
    sender: 'the collector: span_metrics',
    otlp: [
      ['traces.span.metrics.calls', '', 'counter'],
      ['traces.span.metrics.duration', 's', 'histogram'],
    ],
  },
  {
    sender: 'the collector: service_graph',
    otlp: [
      ['traces_service_graph_request_client', 's', 'histogram'],
      ['traces_service_graph_request_failed_total', '', 'counter'],
      ['traces_service_graph_request_server', 's', 'histogram'],
      ['traces_service_graph_request_total', '', 'counter'],
    ],
  },
  {
    sender: 'the collector: count, from the shop’s log events',
    otlp: [
      ['shop.job.runs', '1', 'counter'],
      ['shop.orders', '1', 'counter'],
      ['shop.payments', '1', 'counter'],
      ['shop.security.events', '1', 'counter'],
    ],
  },
  {
    sender: 'the collector: host_metrics',
    otlp: [
      ['system.cpu.load_average.15m', '{thread}', 'gauge'],
      ['system.cpu.load_average.1m', '{thread}', 'gauge'],
      ['system.cpu.load_average.5m', '{thread}', 'gauge'],
      ['system.cpu.logical.count', '{cpu}', 'updown'],
      ['system.cpu.time', 's', 'counter'],
      ['system.disk.io', 'By', 'counter'],
      ['system.disk.io_time', 's', 'counter'],
      ['system.disk.operations', '{operations}', 'counter'],
      ['system.filesystem.inodes.usage', '{inodes}', 'updown'],
      ['system.filesystem.usage', 'By', 'updown'],
      ['system.memory.usage', 'By', 'updown'],
      ['system.network.connections', '{connections}', 'updown'],
      ['system.network.dropped', '{packets}', 'counter'],
      ['system.network.errors', '{errors}', 'counter'],
      ['system.network.io', 'By', 'counter'],
      ['system.paging.faults', '{faults}', 'counter'],
      ['system.processes.count', '{processes}', 'updown'],
    ],
  },
  {
    sender: 'the collector: postgresql',
    otlp: [
      ['postgresql.backends', '1', 'updown'],
      ['postgresql.bgwriter.buffers.writes', '{buffers}', 'counter'],
      ['postgresql.bgwriter.checkpoint.count', '{checkpoints}', 'counter'],
      ['postgresql.blocks_read', '1', 'counter'],
      ['postgresql.commits', '1', 'counter'],
      ['postgresql.connection.max', '{connections}', 'gauge'],
      ['postgresql.db_size', 'By', 'updown'],
      ['postgresql.operations', '1', 'counter'],
      ['postgresql.rollbacks', '1', 'counter'],
      ['postgresql.rows', '1', 'updown'],
      ['postgresql.table.count', '{table}', 'updown'],
    ],
  },
  {
    sender: 'the collector: redis',
    otlp: [
      ['redis.clients.blocked', '{client}', 'updown'],
      ['redis.clients.connected', '{client}', 'updown'],
      ['redis.commands.processed', '{command}', 'counter'],
      ['redis.keys.evicted', '{key}', 'counter'],
      ['redis.keyspace.hits', '{hit}', 'counter'],
      ['redis.keyspace.misses', '{miss}', 'counter'],
      ['redis.memory.fragmentation_ratio', '1', 'gauge'],
      ['redis.memory.used', 'By', 'gauge'],
      ['redis.uptime', 's', 'counter'],
    ],
  },
  {
    sender: 'the collector: http_check',
    otlp: [
      ['httpcheck.duration', 'ms', 'gauge'],
      ['httpcheck.status', '1', 'updown'],
    ],
  },
  {
    sender: 'the collector of the profile infra: docker_stats',
    otlp: [
      ['container.cpu.utilization', '1', 'gauge'],
      ['container.memory.percent', '1', 'gauge'],
      ['container.memory.usage.total', 'By', 'updown'],
      ['container.network.io.usage.rx_bytes', 'By', 'counter'],
      ['container.network.io.usage.tx_bytes', 'By', 'counter'],
      ['container.restarts', '{restarts}', 'counter'],
      ['container.uptime', 's', 'gauge'],
    ],
  },
  {
    sender: 'the collector about itself, scraped',
    scraped: [
      'otelcol_exporter_enqueue_failed_log_records_total',
      'otelcol_exporter_enqueue_failed_metric_points_total',
      'otelcol_exporter_enqueue_failed_spans_total',
      'otelcol_exporter_queue_capacity',
      'otelcol_exporter_queue_size',
      'otelcol_exporter_send_failed_log_records_total',
      'otelcol_exporter_send_failed_metric_points_total',
      'otelcol_exporter_send_failed_spans_total',
      'otelcol_exporter_sent_log_records_total',
      'otelcol_exporter_sent_metric_points_total',
      'otelcol_exporter_sent_spans_total',
      'otelcol_process_cpu_seconds_total',
      'otelcol_process_memory_rss_bytes',
      'otelcol_process_runtime_heap_alloc_bytes',
      'otelcol_process_uptime_seconds_total',
      'otelcol_processor_tail_sampling_global_count_traces_sampled_total',
      'otelcol_receiver_accepted_log_records_total',
      'otelcol_receiver_accepted_metric_points_total',
      'otelcol_receiver_accepted_spans_total',
      'otelcol_receiver_refused_log_records_total',
      'otelcol_receiver_refused_metric_points_total',
      'otelcol_receiver_refused_spans_total',
    ],
  },
  {
    sender: 'Prometheus about itself, scraped',
    scraped: [
      'ALERTS',
      'ALERTS_FOR_STATE',
      'prometheus_http_requests_total',
      'prometheus_notifications_dropped_total',
      'prometheus_notifications_sent_total',
      'prometheus_rule_evaluation_failures_total',
      'prometheus_tsdb_head_out_of_order_samples_appended_total',
      'prometheus_tsdb_head_samples_appended_total',
      'prometheus_tsdb_head_series',
      'prometheus_tsdb_out_of_bound_samples_total',
      'prometheus_tsdb_too_old_samples_total',
      'up',
    ],
  },
  {
    sender: 'Loki about itself, scraped',
    scraped: [
      'loki_discarded_samples_total',
      'loki_distributor_lines_received_total',
      'loki_ingester_memory_streams',
      'loki_prometheus_rule_evaluation_failures_total',
    ],
  },
  {
    sender: 'Alertmanager about itself, scraped',
    scraped: ['alertmanager_alerts', 'alertmanager_notifications_failed_total', 'alertmanager_notifications_total'],
  },
  {
    sender: 'rules of stack/prometheus/rules',
    scraped: ['service:slo_burn:rate1h', 'service:slo_burn:rate5m', 'service:slo_burn:rate6h'],
  },
];
