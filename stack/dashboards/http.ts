/** HTTP and dependencies: what comes in by route, what goes out by peer, and who calls whom. */

import { toTraces } from './build/links.ts';
import { column, curve, limits, table, timeseries, value } from './build/panels.ts';
import { quantile, rate, share, sumBy } from './build/promql.ts';
import { APP, APP_VARIABLES, appVariable } from './build/selectors.ts';
import type { Dashboard, Panel } from './build/source.ts';

const IN = 'http_server_request_duration_seconds';
const OUT = 'http_client_request_duration_seconds';
const ROUTED = `${APP}, http_route=~"$route"`;
/** 5xx, or no answer at all; `error_type` of an answer 4xx is its code. */
const UNANSWERED = `${APP}, error_type!~"(4..)?"`;
const PEER = 'server_address, server_port';
const CALLS = 'traces_service_graph_request_total';
const FAILED_CALLS = 'traces_service_graph_request_failed_total';

/** Edges have no resource of their own: a service is at one end or the other. */
const EITHER_END = (metric: string): string => `(${rate(metric, 'client=~"$service"')} or ${rate(metric, 'server=~"$service"')})`;

const byClass = (metric: string, matchers: string): string =>
  sumBy('class', `label_replace(${rate(metric, matchers)}, "class", "$\{1}xx", "http_response_status_code", "(.)..")`);

/** Grafana's node graph takes a frame of edges with `id`, `source` and `target`, and makes the nodes of them. */
const serviceGraph: Panel = {
  kind: 'nodeGraph',
  title: 'Who calls whom',
  description:
    'Services and databases as the traces show them, with requests a second. An edge that is missing: that call passes no context on, or its spans were lost.',
  width: 24,
  height: 12,
  queries: [
    value(
      sumBy(
        'id, source, target',
        `label_join(label_replace(label_replace(${EITHER_END(CALLS)}, "source", "$1", "client", "(.+)"), "target", "$1", "server", "(.+)"), "id", " to ", "client", "server")`,
      ),
    ),
  ],
};

export const http: Dashboard = {
  uid: 'dependencies',
  title: 'HTTP and dependencies',
  description: 'Is it we who are slow, or somebody whom we call?',
  tags: ['service'],
  from: 'now-1h',
  variables: [...APP_VARIABLES, appVariable('route', 'Route', 'http_route', `${IN}_count`)],
  rows: [
    {
      title: 'Incoming',
      purpose: 'requests by route',
      panels: [
        timeseries(
          'Requests by route',
          'Which route carries the load?',
          'reqps',
          curve(sumBy('http_request_method, http_route', rate(`${IN}_count`, ROUTED)), '{{http_request_method}} {{http_route}}'),
          { min: 0, stacked: true },
        ),
        timeseries(
          'Duration by route, 95 %',
          'Which route is slow?',
          's',
          curve(quantile(0.95, 'http_request_method, http_route', IN, ROUTED), '{{http_request_method}} {{http_route}}', {
            exemplars: true,
          }),
          { min: 0 },
        ),
        timeseries('Answers by class', 'Do the answers change their kind?', 'reqps', curve(byClass(`${IN}_count`, ROUTED), '{{class}}'), {
          min: 0,
          stacked: true,
        }),
        timeseries(
          'Failed by route',
          'Which route answers 5xx?',
          'percentunit',
          curve(
            share(
              'http_request_method, http_route',
              rate(`${IN}_count`, `${ROUTED}, http_response_status_code=~"5.."`),
              rate(`${IN}_count`, ROUTED),
            ),
            '{{http_request_method}} {{http_route}}',
          ),
          { min: 0, limits: limits(0.005, 0.05) },
        ),
      ],
    },
    {
      title: 'Outgoing',
      purpose: 'calls by the host that is called',
      panels: [
        timeseries(
          'Calls by peer',
          'Whom do we call how often?',
          'reqps',
          curve(sumBy(PEER, rate(`${OUT}_count`)), '{{server_address}}:{{server_port}}'),
          { min: 0, stacked: true },
        ),
        timeseries(
          'Duration by peer, 95 %',
          'Who lets us wait? Compare with our own durations above.',
          's',
          curve(quantile(0.95, PEER, OUT), '{{server_address}}:{{server_port}}', { exemplars: true }),
          { min: 0 },
        ),
        timeseries(
          'Failed by peer',
          'Who fails? Answers 5xx, and calls without an answer: refused, timed out, reset. An answer 4xx is an answer.',
          'percentunit',
          curve(share(PEER, rate(`${OUT}_count`, UNANSWERED), rate(`${OUT}_count`)), '{{server_address}}:{{server_port}}'),
          { min: 0, limits: limits(0.01, 0.05) },
        ),
        timeseries(
          'Reasons',
          'Why do calls fail? A status is an answer; a word is an error of the connection.',
          'reqps',
          curve(sumBy('server_address, error_type', rate(`${OUT}_count`, `${APP}, error_type!=""`)), '{{server_address}} {{error_type}}', {
            optional: 'no call failed',
          }),
          { min: 0, empty: 'no call failed' },
        ),
        table(
          'Peers',
          'All of it in one line for each peer, over the time shown.',
          { service_name: 'Caller', server_address: 'Peer', server_port: 'Port', http_request_method: 'Method' },
          outColumns('service_name, server_address, server_port, http_request_method'),
          { height: 7 },
        ),
      ],
    },
    {
      title: 'Service graph',
      purpose: 'who calls whom, counted from both ends of each traced call, before any sampling',
      panels: [
        serviceGraph,
        table(
          'Calls between services',
          'The same as a table, over the time shown.',
          {
            client: { title: 'Caller', links: [toTraces('Traces in Jaeger', '__data.fields.Caller')] },
            server: { title: 'Called', links: [toTraces('Traces in Jaeger', '__data.fields.Called')] },
            connection_type: 'Kind',
          },
          [
            column('Calls', 'reqps', sumBy('client, server, connection_type', edges(CALLS))),
            column('Failed', 'percentunit', share('client, server, connection_type', edges(FAILED_CALLS), edges(CALLS)), {
              limits: limits(0.01, 0.05),
            }),
            column('95 %, as the called one saw it', 's', edgeQuantile('traces_service_graph_request_server_seconds')),
            column('95 %, as the caller saw it', 's', edgeQuantile('traces_service_graph_request_client_seconds')),
          ],
        ),
      ],
    },
    {
      title: 'Operations',
      purpose: 'the busiest spans, of any kind, counted before any sampling',
      panels: [
        table(
          'Spans',
          'What takes the time inside a service: which span, how often, how long? Over the time shown.',
          { service_name: 'Service', span_name: 'Span', span_kind: 'Kind' },
          spanColumns('service_name, span_name, span_kind'),
          { height: 12 },
        ),
      ],
    },
  ],
};

function outColumns(labels: string): ReturnType<typeof column>[] {
  const count = rate(`${OUT}_count`, APP, '$__range');
  return [
    column('Calls', 'reqps', sumBy(labels, count)),
    column('Failed', 'percentunit', share(labels, rate(`${OUT}_count`, UNANSWERED, '$__range'), count), { limits: limits(0.01, 0.05) }),
    column('50 %', 's', quantile(0.5, labels, OUT, APP, '$__range')),
    column('95 %', 's', quantile(0.95, labels, OUT, APP, '$__range')),
  ];
}

function spanColumns(labels: string): ReturnType<typeof column>[] {
  const calls = rate('traces_span_metrics_calls_total', APP, '$__range');
  const failed = rate('traces_span_metrics_calls_total', `${APP}, status_code="STATUS_CODE_ERROR"`, '$__range');
  return [
    column('Time', 'percentunit', sumBy(labels, rate('traces_span_metrics_duration_seconds_sum', APP, '$__range'))),
    column('Spans', 'ops', sumBy(labels, calls)),
    column('Failed', 'percentunit', share(labels, failed, calls), { limits: limits(0.01, 0.05) }),
    column('95 %', 's', quantile(0.95, labels, 'traces_span_metrics_duration_seconds', APP, '$__range')),
  ];
}

function edges(metric: string): string {
  return `(${rate(metric, 'client=~"$service"', '$__range')} or ${rate(metric, 'server=~"$service"', '$__range')})`;
}

function edgeQuantile(metric: string): string {
  return `histogram_quantile(0.95, ${sumBy('le, client, server, connection_type', edges(`${metric}_bucket`))})`;
}
