/** Service overview: rate, errors and duration of what the apps answer, per service and route. */

import { toDashboard, toLogs, toTraces } from './build/links.ts';
import { bars, column, curve, heatmap, limits, stat, table, timeseries, value } from './build/panels.ts';
import { increase, quantile, rate, share, sumBy } from './build/promql.ts';
import { APP, APP_VARIABLES, appVariable } from './build/selectors.ts';
import type { Dashboard } from './build/source.ts';

const DURATION = 'http_server_request_duration_seconds';
const REQUESTS = `${DURATION}_count`;
const ROUTED = `${APP}, http_route=~"$route"`;
/** 5xx, as in the rules: a 4xx is the client’s doing, and one that goes away before the answer is not the app’s. */
const FAILED = `${ROUTED}, http_response_status_code=~"5.."`;

/** The part of requests that may fail: 0.5 %, as in the rules of the objective. */
const BUDGET = 0.005;

/** Satisfied up to 0.25 s, tolerating up to four times that. Prometheus writes a whole bound `1` or `1.0`, depending on how it came in. */
const APDEX = `(${sumBy('', rate(`${DURATION}_bucket`, `${ROUTED}, http_response_status_code!~"5..", le="0.25"`))} + ${sumBy('', rate(`${DURATION}_bucket`, `${ROUTED}, http_response_status_code!~"5..", le=~"1|1[.]0"`))}) / 2 / ${sumBy('', rate(REQUESTS, ROUTED))}`;

/** Recorded by the rules of the objective, for whole services. */
const burn = (window: string): string => sumBy('service_name', `service:slo_burn:rate${window}{${APP}}`);

const NO_FAILURE = 'no request failed';

export const services: Dashboard = {
  uid: 'services',
  title: 'Service overview',
  description: 'Do users get what they ask for, and how fast? Start here; each service leads to its runtime, its traces and its logs.',
  tags: ['service'],
  from: 'now-1h',
  variables: [...APP_VARIABLES, appVariable('route', 'Route', 'http_route', REQUESTS)],
  rows: [
    {
      title: 'Now',
      purpose: 'is anything wrong at all',
      panels: [
        stat('Requests', 'How many requests a second are answered.', 'reqps', curve(sumBy('', rate(REQUESTS, ROUTED)), 'requests'), {
          decimals: 2,
        }),
        stat(
          'Failed',
          'Which part of the requests is answered 5xx. 4xx is the client’s mistake and not counted.',
          'percentunit',
          curve(share('', rate(REQUESTS, FAILED), rate(REQUESTS, ROUTED)), 'failed'),
          { limits: limits(0.005, 0.05), decimals: 2 },
        ),
        stat(
          'Duration, 95 %',
          'How long all but the slowest twentieth of the requests take at most.',
          's',
          curve(quantile(0.95, '', DURATION, ROUTED), '95 %'),
          { limits: limits(0.5, 2), decimals: 2 },
        ),
        stat(
          'Apdex',
          'How content users are: 1 when all answers come within 0.25 s, half a point for those within 1 s, none for later or failed ones.',
          'none',
          curve(APDEX, 'apdex'),
          { limits: limits(0.94, 0.7), decimals: 2, min: 0, max: 1 },
        ),
        stat(
          'Error budget left',
          'Of the 0.5 % of requests that may fail within the time shown, which part is left; below zero the objective of 99.5 % is missed.',
          'percentunit',
          value(`1 - (${share('', increase(REQUESTS, FAILED), increase(REQUESTS, ROUTED))}) / ${BUDGET}`),
          { limits: limits(0.5, 0), decimals: 0 },
        ),
        stat('Instances', 'How many processes report.', 'none', curve(`count(process_memory_usage_bytes{${APP}})`, 'instances')),
      ],
    },
    {
      title: 'Traffic',
      purpose: 'rate, errors and duration of each service; a dot on a curve is an example and leads to its trace',
      panels: [
        timeseries(
          'Requests by service',
          'Who is asked how much? A sudden drop is as telling as a peak.',
          'reqps',
          curve(sumBy('service_name', rate(REQUESTS, ROUTED)), '{{service_name}}'),
          { min: 0 },
        ),
        timeseries(
          'Failed by service',
          'Which service fails, and since when? The dashed lines: the objective, and ten times that.',
          'percentunit',
          curve(share('service_name', rate(REQUESTS, FAILED), rate(REQUESTS, ROUTED)), '{{service_name}}'),
          { min: 0, limits: limits(0.005, 0.05) },
        ),
        timeseries(
          'Duration',
          'Do all requests become slower, or only the slowest? When 50 % stays and 99 % rises, a few routes or a dependency are to blame.',
          's',
          [0.5, 0.95, 0.99].map((q) => curve(quantile(q, '', DURATION, ROUTED), `${q * 100} %`, { exemplars: q === 0.95 })),
          { min: 0 },
        ),
        heatmap(
          'Distribution of durations',
          'Is there more than one kind of request? Two bands are two ways through the code, such as hit and miss of a cache.',
          's',
          curve(`sum by (le) (${rate(`${DURATION}_bucket`, ROUTED)})`, '{{le}}', { exemplars: true }),
        ),
      ],
    },
    {
      title: 'Services',
      purpose: 'one line each, the busiest first; a click on a name opens its runtime, traces or logs',
      panels: [
        table(
          'Services',
          'Which service needs attention? Over the time shown.',
          {
            service_name: {
              title: 'Service',
              links: [
                toDashboard('Node.js runtime', 'nodejs', '__data.fields.Service'),
                toDashboard('Logs and errors', 'logs', '__data.fields.Service'),
                toTraces('Traces in Jaeger', '__data.fields.Service'),
                toTraces('Failed traces in Jaeger', '__data.fields.Service', 'error=true'),
                toLogs('Log lines', '{service_name="${__data.fields.Service}"}'),
              ],
            },
            service_namespace: 'Namespace',
            deployment_environment_name: 'Environment',
          },
          serviceColumns('service_name, service_namespace, deployment_environment_name'),
          { height: 7 },
        ),
      ],
    },
    {
      title: 'Routes',
      purpose: 'where within a service',
      panels: [
        table(
          'Routes',
          'Which route is slow or failing? Over the time shown.',
          { service_name: 'Service', http_request_method: 'Method', http_route: 'Route' },
          serviceColumns('service_name, http_request_method, http_route'),
          { width: 16 },
        ),
        bars(
          'Routes that fail most',
          'How many requests failed, by route, within the time shown. Empty is good.',
          'short',
          value(`topk(10, ${sumBy('service_name, http_request_method, http_route', increase(REQUESTS, FAILED))} > 0)`, {
            legend: '{{service_name}} {{http_request_method}} {{http_route}}',
            optional: NO_FAILURE,
          }),
          { height: 9, empty: 'none failed', decimals: 0 },
        ),
      ],
    },
    {
      title: 'Objective',
      purpose: '99.5 % of requests succeed; how fast the rest is being used up',
      panels: [
        timeseries(
          'Burn rate',
          'At 1 the budget of 0.5 % lasts exactly as long as its period; at 14.4 a month’s budget is gone in two days. Both the short and the long window must be high for an alert.',
          'none',
          ['5m', '1h', '6h'].map((window) => curve(burn(window), `{{service_name}}, ${window}`)),
          { min: 0, limits: limits(1, 14.4) },
        ),
        timeseries(
          'Answers by status',
          'What do clients get? A rise of 4xx may be a client’s new release, or ours.',
          'reqps',
          curve(sumBy('http_response_status_code', rate(REQUESTS, ROUTED)), '{{http_response_status_code}}'),
          { min: 0, stacked: true },
        ),
      ],
    },
    {
      title: 'Releases',
      purpose: 'whether a new version made it better or worse',
      panels: [
        timeseries(
          'Requests by version',
          'When did which version take over? Blue lines mark a version seen for the first time.',
          'reqps',
          curve(sumBy('service_name, service_version', rate(REQUESTS, ROUTED)), '{{service_name}} {{service_version}}'),
          { min: 0, stacked: true },
        ),
        timeseries(
          'Failed by version',
          'Does the new version fail more often than the old one?',
          'percentunit',
          curve(
            share('service_name, service_version', rate(REQUESTS, FAILED), rate(REQUESTS, ROUTED)),
            '{{service_name}} {{service_version}}',
          ),
          { min: 0 },
        ),
      ],
    },
  ],
};

/** Rate, errors and duration over the time shown, as columns of a table. */
function serviceColumns(labels: string): ReturnType<typeof column>[] {
  const window = '$__range';
  return [
    column('Requests', 'reqps', sumBy(labels, rate(REQUESTS, ROUTED, window))),
    column('Failed', 'percentunit', share(labels, rate(REQUESTS, FAILED, window), rate(REQUESTS, ROUTED, window)), {
      limits: limits(0.005, 0.05),
    }),
    column('50 %', 's', quantile(0.5, labels, DURATION, ROUTED, window)),
    column('95 %', 's', quantile(0.95, labels, DURATION, ROUTED, window), { limits: limits(0.5, 2) }),
    column('99 %', 's', quantile(0.99, labels, DURATION, ROUTED, window)),
  ];
}
