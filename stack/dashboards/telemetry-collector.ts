/** What goes through the collector: a row of the dashboard of telemetry. */

import { curve, limits, stat, timeseries } from './build/panels.ts';
import { rate, sumBy } from './build/promql.ts';
import type { Query, Row } from './build/source.ts';

export const COLLECTOR: string = 'job="otel-collector"';

/** What its counters are called after each signal, and what it is in words. */
export const COLLECTOR_SIGNALS: readonly (readonly [item: string, words: string])[] = [
  ['spans', 'spans'],
  ['log_records', 'log records'],
  ['metric_points', 'metric points'],
];

const NOTHING_LOST = 'nothing was lost';

/** One curve for each signal, such as `otelcol_receiver_accepted_spans_total`. */
const collector = (what: string, by: string, rest: Partial<Query> = {}): readonly Query[] =>
  COLLECTOR_SIGNALS.map(([item, words]) => curve(sumBy(by, rate(`otelcol_${what}_${item}_total`, COLLECTOR)), `{{${by}}} ${words}`, rest));

export const TELEMETRY_COLLECTOR: Row = {
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
      curve(`sum by (decision) (${rate('otelcol_processor_tail_sampling_global_count_traces_sampled_total', COLLECTOR)})`, '{{decision}}', {
        optional: 'at 100 % nothing is left to decide',
      }),
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
};
