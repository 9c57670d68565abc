/** Prometheus, Loki, Jaeger and Alertmanager about themselves: a row of the dashboard of telemetry. */

import { bars, curve, states, timeseries, value } from './build/panels.ts';
import type { Row } from './build/source.ts';

const NOTHING_LOST = 'nothing was lost';

export const TELEMETRY_STORES: Row = {
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
        curve('sum by (rule_group) (rate(prometheus_rule_evaluation_failures_total[$__rate_interval])) > 0', 'Prometheus {{rule_group}}', {
          optional: 'no rule failed',
        }),
        curve('sum by (rule_group) (rate(loki_prometheus_rule_evaluation_failures_total[$__rate_interval])) > 0', 'Loki {{rule_group}}', {
          optional: 'no rule failed',
        }),
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
};
