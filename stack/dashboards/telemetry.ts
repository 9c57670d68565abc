/** Telemetry pipeline: is anything lost between the apps and the stores, and are the stores well? */

import { curve, limits, stat, value } from './build/panels.ts';
import { increase } from './build/promql.ts';
import { APP, APP_VARIABLES } from './build/selectors.ts';
import type { Dashboard } from './build/source.ts';
import { TELEMETRY_APPS } from './telemetry-apps.ts';
import { COLLECTOR, COLLECTOR_SIGNALS, TELEMETRY_COLLECTOR } from './telemetry-collector.ts';
import { TELEMETRY_STORES } from './telemetry-stores.ts';

/** Sum over the three signals within the time shown; a counter that never counted does not exist, and is 0. */
const lostInCollector = (what: string): string =>
  COLLECTOR_SIGNALS.map(([item]) => `(sum(${increase(`otelcol_${what}_${item}_total`, COLLECTOR)}) or vector(0))`).join(' + ');

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
    TELEMETRY_APPS,
    TELEMETRY_COLLECTOR,
    TELEMETRY_STORES,
  ],
};
