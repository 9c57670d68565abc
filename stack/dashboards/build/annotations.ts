/** Marks over all curves: what changed, and what was wrong at that time. */

import { APP } from './selectors.ts';
import type { Annotation } from './source.ts';

export const ANNOTATIONS: readonly Annotation[] = [
  {
    title: 'New version',
    // A version that is there now and was not five minutes ago, of a service that was: a deployment, not a first start.
    expr: `(count by (service_name, service_version) (process_uptime_seconds{${APP}}) unless count by (service_name, service_version) (process_uptime_seconds{${APP}} offset 5m)) and on (service_name) count by (service_name) (process_uptime_seconds{${APP}} offset 5m)`,
    text: '{{service_name}} {{service_version}}',
    colour: 'blue',
    on: true,
  },
  {
    title: 'Alert',
    expr: 'ALERTS{alertstate="firing", severity=~"critical|warning"}',
    text: '{{alertname}} {{service_name}}',
    colour: 'red',
    on: false,
  },
];
