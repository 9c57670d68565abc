/** Logs and errors: how much is logged at which level, which errors, and the lines themselves. */

import { toDashboard, toLogs } from './build/links.ts';
import { curve, limits, logCurve, logs, logValue, table, timeseries } from './build/panels.ts';
import { sumBy } from './build/promql.ts';
import { APP, APP_VARIABLES } from './build/selectors.ts';
import type { Dashboard } from './build/source.ts';

/** Loki names levels alike, whatever each logger calls them. */
const ERRORS = 'detected_level=~"error|critical|fatal"';
const WARNINGS_AND_ERRORS = 'detected_level=~"warn|error|critical|fatal"';

export const logsAndErrors: Dashboard = {
  uid: 'logs',
  title: 'Logs and errors',
  description: 'What do the apps say, which errors are new, and what happened around one of them?',
  tags: ['service', 'logs'],
  from: 'now-1h',
  variables: APP_VARIABLES,
  rows: [
    {
      title: 'How much',
      purpose: 'records by level and service',
      panels: [
        timeseries(
          'Records by level',
          'Are there more errors or warnings than before?',
          'short',
          logCurve(`sum by (detected_level) (count_over_time({${APP}} [$__auto]))`, '{{detected_level}}'),
          { min: 0, stacked: true },
        ),
        timeseries(
          'Errors by service',
          'Which service reports them?',
          'short',
          logCurve(`sum by (service_name) (count_over_time({${APP}} | ${ERRORS} [$__auto]))`, '{{service_name}}'),
          { min: 0 },
        ),
        timeseries(
          'Bytes by service',
          'Who fills the disk?',
          'binBps',
          logCurve(`sum by (service_name) (bytes_rate({${APP}} [$__auto]))`, '{{service_name}}'),
          { min: 0 },
        ),
        timeseries(
          'Records with a trace',
          'Which part of the records belongs to a trace? Near 0 in a service that serves requests: its logger is not tied to them.',
          'percentunit',
          logCurve(
            `sum by (service_name) (count_over_time({${APP}} | trace_id!="" [$__auto])) / sum by (service_name) (count_over_time({${APP}} [$__auto]))`,
            '{{service_name}}',
          ),
          { min: 0, max: 1 },
        ),
      ],
    },
    {
      title: 'Which',
      purpose: 'errors that are alike, counted; a click opens their lines',
      panels: [
        table(
          'Messages',
          'Which message returns most? Over the time shown.',
          {
            service_name: { title: 'Service', links: [toDashboard('Service overview', 'services', '__data.fields.Service')] },
            detected_level: 'Level',
            message: 'Message',
          },
          logValue(
            `topk(25, sum by (service_name, detected_level, message) (count_over_time({${APP}} | ${WARNINGS_AND_ERRORS} | label_format message=\`{{ __line__ | trunc 160 }}\` [$__range])))`,
            {
              column: { title: 'Records', unit: 'short', limits: limits(100, 1000) },
            },
          ),
          { width: 12, height: 10 },
        ),
        table(
          'Exceptions',
          'Which type with which message? Over the time shown.',
          {
            service_name: {
              title: 'Service',
              links: [toLogs('Their lines', '{service_name="${__data.fields.Service}"} | exception_type="${__data.fields.Type}"')],
            },
            exception_type: 'Type',
            exception_message: 'Message',
          },
          logValue(
            `topk(25, sum by (service_name, exception_type, exception_message) (count_over_time({${APP}} | exception_type!="" [$__range])))`,
            {
              column: { title: 'Records', unit: 'short' },
            },
          ),
          { width: 12, height: 10 },
        ),
        timeseries(
          'Exceptions by type',
          'Is there a type that was not there before?',
          'short',
          logCurve(
            `sum by (service_name, exception_type) (count_over_time({${APP}} | exception_type!="" [$__auto]))`,
            '{{service_name}} {{exception_type}}',
          ),
          { min: 0, stacked: true },
        ),
        timeseries(
          'Failed spans by service',
          'Do the traces say the same as the logs? Errors here without errors there: the app swallows them.',
          'ops',
          curve(
            sumBy(
              'service_name, span_kind',
              `rate(traces_span_metrics_calls_total{${APP}, status_code="STATUS_CODE_ERROR"}[$__rate_interval])`,
            ),
            '{{service_name}} {{span_kind}}',
          ),
          { min: 0, stacked: true },
        ),
      ],
    },
    {
      title: 'Lines',
      purpose: 'the newest first; open one to get to its trace',
      panels: [
        logs('Errors', 'What exactly happened? The field trace_id of a line leads to its trace.', `{${APP}} | ${ERRORS}`),
        logs('All records', 'What happened around it?', `{${APP}}`, { height: 14 }),
      ],
    },
  ],
};
