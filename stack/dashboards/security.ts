/** Security: refused requests by route, the apps' security events, and the clients behind them. */

import { bars, column, curve, limits, logCurve, logs, logValue, stat, table, timeseries, value } from './build/panels.ts';
import { increase, rate, share, sumBy } from './build/promql.ts';
import { APP, APP_VARIABLES } from './build/selectors.ts';
import type { Dashboard } from './build/source.ts';

const REQUESTS = 'http_server_request_duration_seconds_count';
const EVENTS = 'shop_security_events_total';
const REFUSED = `${APP}, http_response_status_code=~"401|403|429"`;
const EVENT_LINES = `{${APP}} | event="security"`;

const statuses = (code: string, title: string, description: string): ReturnType<typeof stat> =>
  stat(title, description, 'short', value(sumBy('', increase(REQUESTS, `${APP}, http_response_status_code="${code}"`))), {
    decimals: 0,
    empty: '0',
  });

export const security: Dashboard = {
  uid: 'security',
  title: 'Security',
  description: 'Is somebody trying passwords, looking for holes, or getting where they should not?',
  tags: ['security'],
  from: 'now-3h',
  variables: APP_VARIABLES,
  rows: [
    {
      title: 'Now',
      purpose: 'how often somebody was turned away, over the time shown',
      panels: [
        statuses('401', 'Not logged in', 'Answers 401: no credentials, or wrong ones.'),
        statuses('403', 'Not allowed', 'Answers 403: logged in, but not for this. Many by one account: it looks around.'),
        statuses('429', 'Too often', 'Answers 429: the rate limiter at work.'),
        statuses('404', 'Not there', 'Answers 404. Bursts over many paths are a scanner.'),
        stat('Failed logins', 'How many logins failed.', 'short', value(sumBy('', increase(EVENTS, `${APP}, type="login_failed"`))), {
          decimals: 0,
          empty: '0',
        }),
        stat(
          'Refused',
          'Which part of all requests is refused with 401, 403 or 429.',
          'percentunit',
          value(share('', increase(REQUESTS, REFUSED), increase(REQUESTS))),
          { limits: limits(0.1, 0.3), decimals: 1 },
        ),
      ],
    },
    {
      title: 'Refused requests',
      purpose: 'bursts per route tell what is being tried',
      panels: [
        timeseries(
          'By status',
          'Is there a burst?',
          'reqps',
          curve(
            sumBy('http_response_status_code', rate(REQUESTS, `${APP}, http_response_status_code=~"401|403|404|429"`)),
            '{{http_response_status_code}}',
          ),
          { min: 0, stacked: true },
        ),
        timeseries(
          'By route',
          'Which door is tried? An empty route is a path that the app does not have.',
          'reqps',
          curve(
            sumBy(
              'service_name, http_route, http_response_status_code',
              rate(REQUESTS, `${APP}, http_response_status_code=~"401|403|404|429"`),
            ),
            '{{service_name}} {{http_route}} {{http_response_status_code}}',
          ),
          { min: 0 },
        ),
        table(
          'Routes',
          'Where are requests refused, and what part of them? Over the time shown.',
          { service_name: 'Service', http_request_method: 'Method', http_route: 'Route' },
          [
            column('Refused', 'short', `${sumBy('service_name, http_request_method, http_route', increase(REQUESTS, REFUSED))} > 0`),
            column(
              'Part',
              'percentunit',
              `${share('service_name, http_request_method, http_route', increase(REQUESTS, REFUSED), increase(REQUESTS))} > 0`,
              { limits: limits(0.2, 0.5) },
            ),
          ],
          { height: 7 },
        ),
      ],
    },
    {
      title: 'Events',
      purpose: 'what the apps themselves note',
      panels: [
        timeseries(
          'Events by type',
          'What is tried: logins, pages, limits, probes?',
          'ops',
          curve(sumBy('type', rate(EVENTS)), '{{type}}'),
          { min: 0, stacked: true, width: 16 },
        ),
        bars(
          'Events',
          'How many of each type, over the time shown.',
          'short',
          value(sumBy('type', increase(EVENTS)), { legend: '{{type}}' }),
          { decimals: 0, empty: 'none' },
        ),
      ],
    },
    {
      title: 'Clients',
      purpose: 'who; addresses come from the events, addresses of persons are redacted before they are stored',
      panels: [
        table(
          'Clients turned away most',
          'Is it one address or many? Over the time shown. Behind a proxy the app must be told to trust its headers, or all are the proxy.',
          { client: 'Client', type: 'Event' },
          logValue(`topk(25, sum by (client, type) (count_over_time(${EVENT_LINES} [$__range])))`, {
            column: { title: 'Events', unit: 'short', limits: limits(20, 100) },
          }),
          { width: 12 },
        ),
        table(
          'Paths that were probed',
          'What do scanners look for? None of these should exist.',
          { path: 'Path', service_name: 'Service' },
          logValue(`topk(25, sum by (path, service_name) (count_over_time(${EVENT_LINES} | type="probe" [$__range])))`, {
            column: { title: 'Probes', unit: 'short' },
          }),
          { width: 12 },
        ),
        timeseries(
          'Failed logins by client',
          'One line that rises: somebody tries passwords. Many at once: a list of stolen ones.',
          'short',
          logCurve(`sum by (client) (count_over_time(${EVENT_LINES} | type="login_failed" [$__auto]))`, '{{client}}'),
          { min: 0, width: 24 },
        ),
      ],
    },
    {
      title: 'Lines',
      purpose: 'the events themselves, each with its trace',
      panels: [logs('Security events', 'What exactly was tried?', EVENT_LINES)],
    },
  ],
};
