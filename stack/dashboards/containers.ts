/** What the Docker engine knows of its containers: the last row of the dashboard of infrastructure. */

import { column, curve, limits, table, timeseries } from './build/panels.ts';
import type { Row } from './build/source.ts';

const NEEDS_DOCKER = 'needs the profile infra';

export const CONTAINERS: Row = {
  title: 'Containers',
  purpose: 'from the Docker engine; empty without the profile infra, which alone may read its socket',
  collapsed: true,
  panels: [
    timeseries(
      'CPU by container',
      'Which container takes the processors? Empty without the profile infra.',
      'percent',
      curve('container_cpu_utilization_ratio', '{{container_name}}', { optional: NEEDS_DOCKER }),
      { min: 0 },
    ),
    timeseries(
      'Memory by container',
      'Which container takes the memory? Empty without the profile infra.',
      'bytes',
      curve('container_memory_usage_total_bytes', '{{container_name}}', { optional: NEEDS_DOCKER }),
      { min: 0 },
    ),
    timeseries(
      'Memory of what is allowed',
      'Which one will be killed next? Empty without the profile infra.',
      'percent',
      curve('container_memory_percent_ratio', '{{container_name}}', { optional: NEEDS_DOCKER }),
      { min: 0, limits: limits(80, 95) },
    ),
    timeseries(
      'Network by container',
      'Which one sends and receives? Empty without the profile infra.',
      'Bps',
      [
        curve('sum by (container_name) (rate(container_network_io_usage_rx_bytes_total[$__rate_interval]))', '{{container_name}} in', {
          optional: NEEDS_DOCKER,
        }),
        curve('sum by (container_name) (rate(container_network_io_usage_tx_bytes_total[$__rate_interval]))', '{{container_name}} out', {
          optional: NEEDS_DOCKER,
        }),
      ],
      { min: 0 },
    ),
    table(
      'Restarts',
      'Which one crashes? Empty without the profile infra.',
      { container_name: 'Container' },
      [
        column('Restarts', 'short', 'max by (container_name) (container_restarts_total)', {
          optional: NEEDS_DOCKER,
          limits: limits(1, 5),
        }),
        column('Up', 's', 'max by (container_name) (container_uptime_seconds)', { optional: NEEDS_DOCKER }),
      ],
      { height: 7 },
    ),
  ],
};
