/** From the span that ends to the collector's answer: a row of the dashboard of telemetry. */

import { column, curve, limits, table, timeseries } from './build/panels.ts';
import { increase, rate, share, sumBy } from './build/promql.ts';
import { APP } from './build/selectors.ts';
import type { Row } from './build/source.ts';

const SIGNALS = [
  ['span', 'spans'],
  ['log', 'log records'],
] as const;

const exported = (item: string, matchers: string): string => increase(`otel_sdk_exporter_${item}_exported_total`, matchers);

export const TELEMETRY_APPS: Row = {
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
      SIGNALS.map(([item, name]) =>
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
      SIGNALS.map(([item, name]) =>
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
};
