/** Telemetry pipeline: is anything lost between the apps and the stores, and are the stores well? */

import { bars, column, curve, limits, stat, states, table, timeseries, value } from './build/panels.ts';
import { increase, rate, share, sumBy } from './build/promql.ts';
import { APP, APP_VARIABLES } from './build/selectors.ts';
import type { Dashboard, Query } from './build/source.ts';

const COLLECTOR = 'job="otel-collector"';
const SIGNALS = [
  ['span', 'spans', 'spans'],
  ['log', 'log_records', 'log records'],
] as const;
const STORED = [
  ['spans', 'spans'],
  ['log_records', 'log records'],
  ['metric_points', 'metric points'],
] as const;

const NOTHING_LOST = 'nothing was lost';

/** One curve for each signal of the collector, such as `otelcol_receiver_accepted_spans_total`. */
const collector = (what: string, by: string, rest: Partial<Query> = {}): readonly Query[] =>
  STORED.map(([item, name]) => curve(sumBy(by, rate(`otelcol_${what}_${item}_total`, COLLECTOR)), `{{${by}}} ${name}`, rest));

/** Sum over the three signals within the time shown; a counter that never counted does not exist, and is 0. */
const lostInCollector = (what: string): string =>
  STORED.map(([item]) => `(sum(${increase(`otelcol_${what}_${item}_total`, COLLECTOR)}) or vector(0))`).join(' + ');

const exported = (item: string, matchers: string): string => increase(`otel_sdk_exporter_${item}_exported_total`, matchers);

export const telemetry: Dashboard = {
  uid: 'telemetry',
  title: 'Telemetry pipeline',
  description: 'Can these dashboards be believed: does what the apps record arrive, and are the stores well?',
  tags: ['telemetry'],
  from: 'now-1h',
  variables: APP_VARIABLES,
  rows: [
    {
      title: 'Lost',
      purpose: 'over the time shown; anything but 0 is a hole in what you see',
      panels: [
        stat(
          'Spans dropped in apps',
          'Spans that found the queue of their process full. Enlarge OTEL_BSP_MAX_QUEUE_SIZE, or look at the collector.',
          'short',
          value(`sum(${increase('otel_sdk_processor_span_processed_total', `${APP}, error_type!=""`)})`),
          { limits: limits(1, 100), decimals: 0, empty: '0' },
        ),
        stat(
          'Log records dropped in apps',
          'Records that found the queue of their process full. Enlarge OTEL_BLRP_MAX_QUEUE_SIZE, or look at the collector.',
          'short',
          value(`sum(${increase('otel_sdk_processor_log_processed_total', `${APP}, error_type!=""`)})`),
          { limits: limits(1, 100), decimals: 0, empty: '0' },
        ),
        stat(
          'Not delivered by apps',
          'Spans, records and metric points that the collector did not take in the end.',
          'short',
          value(
            ['span', 'log', 'metric_data_point']
              .map((item) => `(sum(${exported(item, `${APP}, error_type!=""`)}) or vector(0))`)
              .join(' + '),
          ),
          { limits: limits(1, 100), decimals: 0 },
        ),
        stat(
          'Refused by the collector',
          'What the collector gave back; apps send it again while their queue has room.',
          'short',
          value(lostInCollector('receiver_refused')),
          { limits: limits(1, 1000), decimals: 0 },
        ),
        stat(
          'Not stored by the collector',
          'What no store took in the end, or found no room in a queue.',
          'short',
          value(`${lostInCollector('exporter_send_failed')} + ${lostInCollector('exporter_enqueue_failed')}`),
          { limits: limits(1, 100), decimals: 0 },
        ),
        stat(
          'Fullest queue of the collector',
          'Which part of its room on disk is taken. It fills while a store is away; full, the collector refuses.',
          'percentunit',
          curve(`max(otelcol_exporter_queue_size{${COLLECTOR}} / otelcol_exporter_queue_capacity{${COLLECTOR}})`, 'fullest'),
          { limits: limits(0.3, 0.7), decimals: 1 },
        ),
      ],
    },
    {
      title: 'In the apps',
      purpose: 'from the span that ends to the collector’s answer',
      panels: [
        timeseries(
          'Recorded',
          'How much do the apps record?',
          'ops',
          [
            curve(sumBy('service_name', rate('otel_sdk_span_started_total')), '{{service_name}} spans'),
            curve(sumBy('service_name', rate('otel_sdk_log_created_total')), '{{service_name}} log records'),
          ],
          { min: 0 },
        ),
        timeseries(
          'Queues of the apps',
          'Which part of their queues is in use? At 1 spans or records are dropped.',
          'percentunit',
          SIGNALS.map(([item, , name]) =>
            curve(
              `max by (service_name) (otel_sdk_processor_${item}_queue_size{${APP}} / otel_sdk_processor_${item}_queue_capacity{${APP}})`,
              `{{service_name}} ${name}`,
            ),
          ),
          { min: 0, max: 1, limits: limits(0.5, 0.9) },
        ),
        timeseries(
          'Dropped',
          'Where and why is something lost before it is sent?',
          'ops',
          SIGNALS.map(([item, , name]) =>
            curve(
              sumBy('service_name, error_type', rate(`otel_sdk_processor_${item}_processed_total`, `${APP}, error_type!=""`)),
              `{{service_name}} ${name}: {{error_type}}`,
            ),
          ),
          { min: 0 },
        ),
        timeseries(
          'Not delivered',
          'Why does the collector not take it? A number is its answer, a word an error of the connection.',
          'ops',
          ['span', 'log', 'metric_data_point'].map((item) =>
            curve(
              sumBy('service_name, error_type', rate(`otel_sdk_exporter_${item}_exported_total`, `${APP}, error_type!=""`)),
              `{{service_name}} ${item}: {{error_type}}`,
              { optional: 'everything was delivered' },
            ),
          ),
          { min: 0, empty: 'everything was delivered' },
        ),
        timeseries(
          'Duration of an export',
          'How long does the collector take to answer, on average?',
          's',
          curve(
            `${sumBy('service_name, otel_component_type', rate('otel_sdk_exporter_operation_duration_seconds_sum'))} / (${sumBy('service_name, otel_component_type', rate('otel_sdk_exporter_operation_duration_seconds_count'))} > 0)`,
            '{{service_name}} {{otel_component_type}}',
          ),
          { min: 0 },
        ),
        table(
          'Apps',
          'Who loses what? Over the time shown.',
          { service_name: 'Service' },
          [
            column('Spans', 'short', sumBy('service_name', exported('span', APP))),
            column(
              'Spans lost',
              'percentunit',
              share(
                'service_name',
                increase('otel_sdk_processor_span_processed_total', `${APP}, error_type!=""`),
                increase('otel_sdk_processor_span_processed_total'),
              ),
              { limits: limits(0.0001, 0.01) },
            ),
            column('Log records', 'short', sumBy('service_name', exported('log', APP))),
            column(
              'Log records lost',
              'percentunit',
              share(
                'service_name',
                increase('otel_sdk_processor_log_processed_total', `${APP}, error_type!=""`),
                increase('otel_sdk_processor_log_processed_total'),
              ),
              { limits: limits(0.0001, 0.01) },
            ),
            column('Metric points', 'short', sumBy('service_name', exported('metric_data_point', APP))),
          ],
          { width: 12, height: 8 },
        ),
      ],
    },
    {
      title: 'In the collector',
      purpose: 'what comes in must go out',
      panels: [
        timeseries('Taken', 'How much comes in, through which receiver?', 'ops', collector('receiver_accepted', 'receiver'), { min: 0 }),
        timeseries(
          'Stored',
          'How much goes out to which store? Less than what comes in: the queue grows, or something is dropped on purpose.',
          'ops',
          collector('exporter_sent', 'exporter'),
          { min: 0 },
        ),
        timeseries(
          'Queues of the collector',
          'Is a store away or slow? The part of each queue that is taken.',
          'percentunit',
          curve(
            `max by (exporter, data_type) (otelcol_exporter_queue_size{${COLLECTOR}} / otelcol_exporter_queue_capacity{${COLLECTOR}})`,
            '{{exporter}} {{data_type}}',
          ),
          { min: 0, width: 8, limits: limits(0.3, 0.7) },
        ),
        timeseries(
          'Refused',
          'Does the collector send senders away? Its memory limit is reached, or a queue is full.',
          'ops',
          collector('receiver_refused', 'receiver', { optional: NOTHING_LOST }),
          { min: 0, width: 8, empty: 'none' },
        ),
        timeseries(
          'Not stored',
          'What do the stores refuse for good?',
          'ops',
          [
            ...collector('exporter_send_failed', 'exporter', { optional: NOTHING_LOST }),
            ...collector('exporter_enqueue_failed', 'exporter', { optional: NOTHING_LOST }),
          ],
          { min: 0, width: 8, empty: 'none' },
        ),
        timeseries(
          'Traces kept',
          'Which part of the spans does sampling keep?',
          'ops',
          curve(
            `sum by (decision) (${rate('otelcol_processor_tail_sampling_global_count_traces_sampled_total', COLLECTOR)})`,
            '{{decision}}',
            { optional: 'at 100 % nothing is left to decide' },
          ),
          { min: 0, width: 8, empty: 'all are kept' },
        ),
        timeseries(
          'Memory',
          'Is it near its limit?',
          'bytes',
          [
            curve(`otelcol_process_memory_rss_bytes{${COLLECTOR}}`, 'resident'),
            curve(`otelcol_process_runtime_heap_alloc_bytes{${COLLECTOR}}`, 'heap'),
          ],
          { min: 0, width: 8 },
        ),
        timeseries(
          'CPU and age',
          'Does it compute a lot, does it restart?',
          'none',
          curve(`sum(${rate('otelcol_process_cpu_seconds_total', COLLECTOR)})`, 'CPUs'),
          { min: 0, width: 4 },
        ),
        stat('Up since', 'How long the collector has run.', 's', curve(`max(otelcol_process_uptime_seconds_total{${COLLECTOR}})`, 'up'), {
          decimals: 0,
          height: 8,
        }),
      ],
    },
    {
      title: 'Stores',
      purpose: 'Prometheus, Loki, Jaeger and Alertmanager themselves',
      panels: [
        states(
          'Up',
          'Does Prometheus reach each part of the stack?',
          { '1': { text: 'up', colour: 'green' }, '0': { text: 'down', colour: 'red' } },
          curve('max by (job) (up)', '{{job}}'),
          { height: 6 },
        ),
        timeseries(
          'Prometheus: samples',
          'How much is written? A jump without new services: a label with too many values.',
          'ops',
          [
            curve('sum(rate(prometheus_tsdb_head_samples_appended_total[$__rate_interval]))', 'samples'),
            curve('sum(rate(prometheus_tsdb_head_out_of_order_samples_appended_total[$__rate_interval]))', 'out of order, taken'),
          ],
          { min: 0, width: 8 },
        ),
        timeseries(
          'Prometheus: series',
          'How many series are held in memory? Each costs some kilobytes.',
          'short',
          curve('sum(prometheus_tsdb_head_series)', 'series'),
          { min: 0, width: 8 },
        ),
        timeseries(
          'Prometheus: refused',
          'Are samples too late, or too old? Are OTLP requests refused?',
          'ops',
          [
            curve('sum(rate(prometheus_tsdb_too_old_samples_total[$__rate_interval]))', 'too old'),
            curve('sum(rate(prometheus_tsdb_out_of_bound_samples_total[$__rate_interval]))', 'out of bounds'),
            curve(
              'sum(rate(prometheus_http_requests_total{handler="/api/v1/otlp/v1/metrics", code=~"4..|5.."}[$__rate_interval]))',
              'OTLP requests refused',
              { optional: NOTHING_LOST },
            ),
          ],
          { min: 0, width: 8 },
        ),
        timeseries(
          'Loki: lines',
          'How much is written?',
          'ops',
          curve('sum(rate(loki_distributor_lines_received_total[$__rate_interval]))', 'lines'),
          { min: 0, width: 8 },
        ),
        timeseries(
          'Loki: refused',
          'Why does Loki refuse lines?',
          'ops',
          curve('sum by (reason) (rate(loki_discarded_samples_total[$__rate_interval]))', '{{reason}}', {
            optional: 'nothing was refused',
          }),
          { min: 0, width: 8, empty: 'nothing was refused' },
        ),
        timeseries(
          'Loki: streams',
          'How many streams are open? Thousands for a few services: a label with too many values.',
          'short',
          curve('sum(loki_ingester_memory_streams)', 'streams'),
          { min: 0, width: 8 },
        ),
        timeseries(
          'Jaeger: spans',
          'Does Jaeger take what it is sent?',
          'ops',
          [
            curve('sum(rate(otelcol_receiver_accepted_spans_total{job="jaeger"}[$__rate_interval]))', 'taken'),
            curve('sum(rate(otelcol_exporter_send_failed_spans_total{job="jaeger"}[$__rate_interval]))', 'not stored', {
              optional: NOTHING_LOST,
            }),
          ],
          { min: 0, width: 8 },
        ),
        timeseries(
          'Rules that fail',
          'Is a rule wrong, or its data too much? Its alerts are blind.',
          'ops',
          [
            curve(
              'sum by (rule_group) (rate(prometheus_rule_evaluation_failures_total[$__rate_interval])) > 0',
              'Prometheus {{rule_group}}',
              { optional: 'no rule failed' },
            ),
            curve(
              'sum by (rule_group) (rate(loki_prometheus_rule_evaluation_failures_total[$__rate_interval])) > 0',
              'Loki {{rule_group}}',
              { optional: 'no rule failed' },
            ),
          ],
          { min: 0, width: 8, empty: 'none' },
        ),
        bars(
          'Notifications that failed',
          'Do alerts reach people? By channel, over the time shown.',
          'short',
          value('sum by (integration) (increase(alertmanager_notifications_failed_total[$__range])) > 0', {
            legend: '{{integration}}',
            optional: 'no notification failed',
          }),
          { empty: 'none', decimals: 0 },
        ),
      ],
    },
  ],
};
