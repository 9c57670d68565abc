/** Alerts: what fires now, what fired when, and whether the alerting itself is alive. */

import { toDashboard } from './build/links.ts';
import { bars, column, curve, limits, link, stat, states, table, timeseries, value } from './build/panels.ts';
import { CARRIED_VARIABLES } from './build/selectors.ts';
import type { Dashboard, Panel } from './build/source.ts';

/** Always on, so that its absence tells; no news for a person. */
const NOT_WATCHDOG = 'alertname!="Watchdog"';
const FIRING = `ALERTS{alertstate="firing", ${NOT_WATCHDOG}}`;
const PENDING = `ALERTS{alertstate="pending", ${NOT_WATCHDOG}}`;
const QUIET = 'no alert fires';

const severity = (name: string, description: string, limit: { yellow: number; red: number }): Panel =>
  stat(
    name,
    description,
    'none',
    curve(`count(ALERTS{alertstate="firing", severity="${name.toLowerCase()}", ${NOT_WATCHDOG}}) or vector(0)`, 'firing'),
    { limits: limit },
  );

/** Rules of Loki are not in Prometheus; this kind of panel asks Loki for them. */
const lokiAlerts: Panel = {
  kind: 'alertlist',
  title: 'Alerts from logs',
  description: 'What do the rules over log records say? Prometheus does not know of these; they are read from Loki.',
  width: 8,
  height: 10,
  queries: [],
};

export const alerts: Dashboard = {
  uid: 'alerts',
  title: 'Alerts',
  description: 'What is wrong now, what was wrong when, and would anybody be told?',
  tags: ['alerts'],
  from: 'now-24h',
  variables: CARRIED_VARIABLES,
  rows: [
    {
      title: 'Now',
      purpose: 'what fires, by severity, and whether alerting works at all',
      panels: [
        severity('Critical', 'Somebody is called.', limits(1, 1)),
        severity('Warning', 'Somebody looks today.', limits(1, 1000)),
        severity('Info', 'Good to know.', limits(1, 1000)),
        stat('Pending', 'Conditions that hold, but not for long enough yet.', 'none', curve(`count(${PENDING}) or vector(0)`, 'pending')),
        stat(
          'Watchdog',
          'An alert that always fires. 0: rules are not evaluated, and nothing on this page means anything.',
          'none',
          curve('count(ALERTS{alertname="Watchdog", alertstate="firing"}) or vector(0)', 'firing'),
          { limits: limits(1, 0.5) },
        ),
        stat(
          'Notifications that failed',
          'Messages that no channel took, over the time shown.',
          'short',
          value('sum(increase(alertmanager_notifications_failed_total[$__range]))'),
          { limits: limits(1, 10), decimals: 0, empty: '0' },
        ),
      ],
    },
    {
      title: 'Firing',
      purpose: 'each with the way to its runbook and to the dashboard of its service',
      panels: [
        table(
          'Firing now',
          'What is wrong? A click on the alert opens its rule, with text and runbook, or silences it; on the service, its dashboards.',
          {
            alertname: {
              title: 'Alert',
              links: [
                link('Its rule: text, value, runbook', '/alerting/list?search=${__data.fields.Alert:percentencode}'),
                link(
                  'Silence it',
                  '/alerting/silence/new?alertmanager=Alertmanager&matcher=alertname%3D${__data.fields.Alert:percentencode}',
                ),
              ],
            },
            severity: 'Severity',
            service_name: {
              title: 'Service',
              links: [
                toDashboard('Service overview', 'services', '__data.fields.Service'),
                toDashboard('Logs and errors', 'logs', '__data.fields.Service'),
              ],
            },
          },
          [
            column('Cases', 'none', `count by (alertname, severity, service_name) (${FIRING})`, { optional: QUIET }),
            column(
              'For',
              's',
              `max by (alertname, severity, service_name) (time() - ALERTS_FOR_STATE{${NOT_WATCHDOG}} and ignoring (alertstate) ${FIRING})`,
              { optional: QUIET },
            ),
          ],
          { width: 16, height: 10, empty: QUIET },
        ),
        lokiAlerts,
      ],
    },
    {
      title: 'History',
      purpose: 'what fired when; alerts that come and go want another threshold',
      panels: [
        states(
          'Alerts over time',
          'What fired when, and for how long?',
          { '1': { text: 'firing', colour: 'red' } },
          curve(`max by (alertname, service_name) (${FIRING})`, '{{alertname}} {{service_name}}', { optional: QUIET }),
          { height: 10, empty: QUIET },
        ),
        timeseries(
          'By severity',
          'Does it get worse?',
          'none',
          curve(`count by (severity) (${FIRING})`, '{{severity}}', { optional: QUIET }),
          { min: 0, stacked: true, width: 8, empty: QUIET },
        ),
        timeseries(
          'By service',
          'Which service has most trouble?',
          'none',
          curve(`count by (service_name) (${FIRING})`, '{{service_name}}', { optional: QUIET }),
          { min: 0, stacked: true, width: 8, empty: QUIET },
        ),
        bars(
          'Most often',
          'Minutes that each alert fired, over the time shown. What leads here is either the worst problem or the worst alert.',
          'm',
          value(`topk(15, sum by (alertname) (sum_over_time((${FIRING})[$__range:1m])))`, { legend: '{{alertname}}', optional: QUIET }),
          { empty: QUIET, decimals: 0 },
        ),
      ],
    },
    {
      title: 'Alerting itself',
      purpose: 'from the rule to the message',
      panels: [
        timeseries(
          'Alerts in the Alertmanager',
          'How many does it hold, and how many of them are silenced?',
          'none',
          curve('sum by (state) (alertmanager_alerts)', '{{state}}'),
          { min: 0, width: 8 },
        ),
        timeseries(
          'Notifications',
          'What is sent through which channel?',
          'ops',
          curve('sum by (integration) (rate(alertmanager_notifications_total[$__rate_interval]))', '{{integration}}'),
          { min: 0, width: 8 },
        ),
        timeseries(
          'From Prometheus to the Alertmanager',
          'Does every alert get there?',
          'ops',
          [
            curve('sum(rate(prometheus_notifications_sent_total[$__rate_interval]))', 'sent'),
            curve('sum(rate(prometheus_notifications_dropped_total[$__rate_interval]))', 'dropped'),
          ],
          { min: 0, width: 8 },
        ),
      ],
    },
  ],
};
