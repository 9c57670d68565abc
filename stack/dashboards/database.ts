/** Database: operations and pools as the apps see them, the servers as they see themselves, and the slow statements. */

import { column, curve, limits, logValue, stat, table, timeseries } from './build/panels.ts';
import { mean, quantile, rate, share, sumBy } from './build/promql.ts';
import { APP, APP_VARIABLES, appVariable } from './build/selectors.ts';
import type { Dashboard, Query } from './build/source.ts';
import { DATABASE_SERVERS } from './database-servers.ts';

const OPERATION = 'db_client_operation_duration_seconds';
const CHOSEN = `${APP}, db_system_name=~"$system"`;
const POOL = 'db_client_connection_count';
const USED = `${POOL}{${APP}, db_client_connection_state="used"}`;

export const database: Dashboard = {
  uid: 'database',
  title: 'Database',
  description: 'Is the database slow, is the pool too small, or does the app ask too much?',
  tags: ['service', 'database'],
  from: 'now-1h',
  variables: [...APP_VARIABLES, appVariable('system', 'System', 'db_system_name', `${OPERATION}_count`)],
  rows: [
    {
      title: 'As the apps see it',
      purpose: 'operations and how long they take, the network included',
      panels: [
        timeseries(
          'Operations',
          'What is asked of the databases?',
          'ops',
          curve(sumBy('db_system_name, db_operation_name', rate(`${OPERATION}_count`, CHOSEN)), '{{db_system_name}} {{db_operation_name}}'),
          { min: 0, stacked: true },
        ),
        timeseries(
          'Duration, 95 %',
          'Which kind of operation is slow?',
          's',
          curve(quantile(0.95, 'db_system_name, db_operation_name', OPERATION, CHOSEN), '{{db_system_name}} {{db_operation_name}}', {
            exemplars: true,
          }),
          { min: 0 },
        ),
        timeseries(
          'Failed',
          'Does the database refuse, time out, or report conflicts?',
          'percentunit',
          curve(
            share(
              'service_name, db_system_name',
              rate(`${OPERATION}_count`, `${CHOSEN}, error_type!=""`),
              rate(`${OPERATION}_count`, CHOSEN),
            ),
            '{{service_name}} {{db_system_name}}',
          ),
          { min: 0, limits: limits(0.01, 0.05) },
        ),
        timeseries(
          'Time spent waiting for databases',
          'How many operations are under way at a time, on average? It rises with their number and with their duration.',
          'none',
          curve(sumBy('service_name, db_system_name', rate(`${OPERATION}_sum`, CHOSEN)), '{{service_name}} {{db_system_name}}'),
          { min: 0 },
        ),
        table(
          'Operations in detail',
          'Which database, which operation? Over the time shown.',
          {
            service_name: 'Service',
            db_system_name: 'System',
            server_address: 'Server',
            db_namespace: 'Database',
            db_operation_name: 'Operation',
          },
          operationColumns('service_name, db_system_name, server_address, db_namespace, db_operation_name'),
        ),
      ],
    },
    {
      title: 'Pools',
      purpose: 'whether requests wait for a connection rather than for the database',
      panels: [
        stat(
          'Pool in use',
          'Which part of its connections the fullest pool uses. At 1 the next request waits.',
          'percentunit',
          curve(
            `max(${sumBy('service_name, instance, db_client_connection_pool_name', USED)} / ${sumBy('service_name, instance, db_client_connection_pool_name', `db_client_connection_max{${APP}}`)})`,
            'fullest',
          ),
          { limits: limits(0.8, 1), height: 8, decimals: 0 },
        ),
        timeseries(
          'Waiting for a connection',
          'How many requests wait for a connection? Above zero for long: the pool is too small, or connections are held too long.',
          'none',
          curve(
            sumBy('service_name, db_client_connection_pool_name', `db_client_connection_pending_requests{${APP}}`),
            '{{service_name}} {{db_client_connection_pool_name}}',
          ),
          { min: 0, width: 10, limits: limits(1, 10) },
        ),
        timeseries(
          'Connections',
          'How many connections are used, idle and allowed?',
          'none',
          [
            curve(sumBy('service_name, db_client_connection_state', `${POOL}{${APP}}`), '{{service_name}} {{db_client_connection_state}}'),
            curve(sumBy('service_name', `db_client_connection_max{${APP}}`), '{{service_name}} allowed'),
          ],
          { min: 0, width: 10 },
        ),
      ],
    },
    ...DATABASE_SERVERS,
    {
      title: 'Slow statements',
      purpose: 'which, and who sent them',
      panels: [
        table(
          'Client spans by duration',
          'Which operation of which service takes the time? From all spans, before any sampling.',
          { service_name: 'Service', span_name: 'Span' },
          spanColumns('service_name, span_name'),
          { height: 8 },
        ),
        table(
          'Statements that cost most',
          'Which statement keeps the server busy? From pg_stat_statements, over the time shown. Empty without that extension or without COLLECTOR_LOG_SCRAPES=[postgresql].',
          { db_query_text: 'Statement', db_namespace: 'Database' },
          [
            statementColumn('Time', 's', 'postgresql_total_exec_time'),
            statementColumn('Calls', 'short', 'postgresql_calls'),
            statementColumn('Rows', 'short', 'postgresql_rows'),
          ],
          { height: 10 },
        ),
      ],
    },
  ],
};

/** A figure of each statement, from the records that the collector makes of pg_stat_statements. */
function statementColumn(title: string, unit: string, field: string): Query {
  const total = `sum by (db_query_text, db_namespace) (sum_over_time({service_name="postgresql"} | ${field}!="" | unwrap ${field} [$__range]))`;
  return logValue(`topk(20, ${total})`, {
    column: { title, unit },
    optional: 'needs pg_stat_statements and COLLECTOR_LOG_SCRAPES=[postgresql]',
  });
}

function operationColumns(labels: string): ReturnType<typeof column>[] {
  const count = rate(`${OPERATION}_count`, CHOSEN, '$__range');
  return [
    column('Operations', 'ops', sumBy(labels, count)),
    column('Failed', 'percentunit', share(labels, rate(`${OPERATION}_count`, `${CHOSEN}, error_type!=""`, '$__range'), count), {
      limits: limits(0.01, 0.05),
    }),
    column('Mean', 's', mean(labels, OPERATION, CHOSEN, '$__range')),
    column('95 %', 's', quantile(0.95, labels, OPERATION, CHOSEN, '$__range')),
  ];
}

function spanColumns(labels: string): ReturnType<typeof column>[] {
  const client = `${APP}, span_kind="SPAN_KIND_CLIENT"`;
  const name = 'traces_span_metrics_duration_seconds';
  return [
    column('Time', 'percentunit', sumBy(labels, rate(`${name}_sum`, client, '$__range'))),
    column('Spans', 'ops', sumBy(labels, rate(`${name}_count`, client, '$__range'))),
    column('95 %', 's', quantile(0.95, labels, name, client, '$__range')),
    column('99 %', 's', quantile(0.99, labels, name, client, '$__range')),
  ];
}
