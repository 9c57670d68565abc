/** Business: orders, payments, revenue and background jobs, counted by the collector from the shop's log events. */

import { column, curve, limits, logCurve, logs, logValue, stat, table, timeseries, value } from './build/panels.ts';
import { increase, rate, share, sumBy } from './build/promql.ts';
import { APP, APP_VARIABLES, appVariable } from './build/selectors.ts';
import type { Dashboard } from './build/source.ts';

const ORDERS = 'shop_orders_total';
const PAYMENTS = 'shop_payments_total';
const JOBS = 'shop_job_runs_total';
const TENANTS = `${APP}, tenantId=~"$tenant"`;
const PAID = `${TENANTS}, status="paid"`;
const DECLINED = `${TENANTS}, status="declined"`;
const PAID_ORDERS = `{${APP}} | event="order" | status="paid" | tenantId=~"$tenant" | unwrap totalCents`;

export const business: Dashboard = {
  uid: 'business',
  title: 'Business',
  description: 'Does the shop sell? Orders, payments and jobs, whatever the servers say of themselves.',
  tags: ['business'],
  from: 'now-3h',
  variables: [...APP_VARIABLES, appVariable('tenant', 'Tenant', 'tenantId', ORDERS)],
  rows: [
    {
      title: 'Now',
      purpose: 'over the time shown',
      panels: [
        stat('Orders', 'How many orders were placed and paid.', 'short', value(sumBy('', increase(ORDERS, PAID))), { decimals: 0 }),
        stat(
          'Revenue',
          'What the paid orders add up to, in the shop’s currency.',
          'short',
          logValue(`sum(sum_over_time(${PAID_ORDERS} [$__range])) / 100`),
          { decimals: 2 },
        ),
        stat(
          'Mean order',
          'What one paid order is worth.',
          'short',
          logValue(`avg(avg_over_time(${PAID_ORDERS} [$__range]) by (event)) / 100`),
          { decimals: 2 },
        ),
        stat(
          'Orders paid',
          'Which part of the orders is paid in the end; the rest is declined by the bank or rejected by us.',
          'percentunit',
          value(share('', increase(ORDERS, PAID), increase(ORDERS, TENANTS))),
          { limits: limits(0.8, 0.5), decimals: 1 },
        ),
        stat(
          'Payments declined',
          'Which part of the payments the bank declines. Above 40 % it is not the customers’ doing.',
          'percentunit',
          value(share('', increase(PAYMENTS, DECLINED), increase(PAYMENTS, TENANTS))),
          { limits: limits(0.3, 0.4), decimals: 1 },
        ),
        stat(
          'Last job that succeeded',
          'How long ago a background job last succeeded. Older than its period: it hangs, fails, or is no longer started.',
          's',
          value(
            `time() - max(max_over_time(timestamp(${sumBy('job_name', `increase(${JOBS}{${APP}, status="succeeded"}[2m])`)} > 0)[$__range:30s]))`,
          ),
          { limits: limits(300, 900), decimals: 0, empty: 'none succeeded' },
        ),
      ],
    },
    {
      title: 'Orders',
      purpose: 'how many, whose, and how they end',
      panels: [
        timeseries(
          'Orders by how they end',
          'Do orders come in, and do they end well?',
          'ops',
          curve(sumBy('status', rate(ORDERS, TENANTS)), '{{status}}'),
          { min: 0, stacked: true },
        ),
        timeseries(
          'Paid orders by tenant',
          'Whose shop stands still?',
          'ops',
          curve(sumBy('tenantId', rate(ORDERS, PAID)), '{{tenantId}}'),
          { min: 0 },
        ),
        timeseries(
          'Orders paid, by tenant',
          'Which part of the orders is paid, by tenant?',
          'percentunit',
          curve(share('tenantId', rate(ORDERS, PAID), rate(ORDERS, TENANTS)), '{{tenantId}}'),
          { min: 0, max: 1 },
        ),
        timeseries(
          'Revenue by tenant',
          'What comes in, in the shop’s currency?',
          'short',
          logCurve(`sum by (tenantId) (sum_over_time(${PAID_ORDERS} [$__auto])) / 100`, '{{tenantId}}'),
          { min: 0, stacked: true },
        ),
      ],
    },
    {
      title: 'Payments',
      purpose: 'what the bank says',
      panels: [
        timeseries(
          'Payments by status',
          'Does the bank answer as it always does?',
          'ops',
          curve(sumBy('status', rate(PAYMENTS, TENANTS)), '{{status}}'),
          { min: 0, stacked: true, width: 8 },
        ),
        timeseries(
          'Payments declined, by tenant',
          'Is one tenant’s account the problem, or the bank? The red line is that of the alert.',
          'percentunit',
          curve(share('tenantId', rate(PAYMENTS, DECLINED), rate(PAYMENTS, TENANTS)), '{{tenantId}}'),
          { min: 0, max: 1, limits: limits(0.3, 0.4), width: 8 },
        ),
        timeseries(
          'Duration of payments, 95 %',
          'How long do customers wait for the bank? From the payment route of the service that talks to it.',
          's',
          curve(
            `histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket{${APP}, http_route="/payments"}[$__rate_interval])))`,
            '95 %',
            { exemplars: true },
          ),
          { min: 0, width: 8 },
        ),
      ],
    },
    {
      title: 'Tenants',
      purpose: 'one line each, over the time shown',
      panels: [
        table(
          'Tenants',
          'Who is affected?',
          { tenantId: 'Tenant' },
          [
            column('Orders', 'short', sumBy('tenantId', increase(ORDERS, TENANTS))),
            column('Paid', 'percentunit', share('tenantId', increase(ORDERS, PAID), increase(ORDERS, TENANTS))),
            column('Payments', 'short', sumBy('tenantId', increase(PAYMENTS, TENANTS))),
            column('Declined', 'percentunit', share('tenantId', increase(PAYMENTS, DECLINED), increase(PAYMENTS, TENANTS)), {
              limits: limits(0.3, 0.4),
            }),
            logValue(`sum by (tenantId) (sum_over_time(${PAID_ORDERS} [$__range])) / 100`, { column: { title: 'Revenue', unit: 'short' } }),
          ],
          { height: 7 },
        ),
      ],
    },
    {
      title: 'Jobs',
      purpose: 'background work, which nobody misses until it is too late',
      panels: [
        timeseries(
          'Runs by status',
          'Does each job run, and does it succeed?',
          'ops',
          curve(sumBy('job_name, status', rate(JOBS)), '{{job_name}} {{status}}'),
          { min: 0, width: 8 },
        ),
        timeseries(
          'Duration',
          'Does a job become slower? One day it will not be done when the next run begins.',
          'ms',
          logCurve(`max by (job) (max_over_time({${APP}} | event="job" | unwrap durationMs [$__auto]))`, '{{job}}'),
          { min: 0, width: 8 },
        ),
        logs('Runs that failed', 'Why did a job fail?', `{${APP}} | event="job" | status="failed"`, {
          width: 8,
          height: 8,
          optional: 'no job failed',
        }),
      ],
    },
    {
      title: 'Lines',
      purpose: 'the orders that were not paid, each with its trace',
      panels: [
        logs(
          'Orders declined or rejected',
          'What happened to this customer’s order?',
          `{${APP}} | event="order" | status=~"declined|rejected" | tenantId=~"$tenant"`,
        ),
      ],
    },
  ],
};
