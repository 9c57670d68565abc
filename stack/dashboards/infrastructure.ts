/** Infrastructure: processor, memory, disks and network of the machine, what answers from outside, and containers. */

import { column, curve, limits, stat, states, table, timeseries } from './build/panels.ts';
import { rate, sumBy } from './build/promql.ts';
import { CARRIED_VARIABLES, otherVariable } from './build/selectors.ts';
import type { Dashboard } from './build/source.ts';
import { CONTAINERS } from './containers.ts';

const HOST = 'host_name=~"$host"';
const USED_SPACE = sumBy('host_name, mountpoint', `system_filesystem_usage_bytes{${HOST}, state="used"}`);
const ALL_SPACE = sumBy('host_name, mountpoint', `system_filesystem_usage_bytes{${HOST}}`);
const BUSY = `1 - sum by (host_name) (${rate('system_cpu_time_seconds_total', `${HOST}, state="idle"`)}) / sum by (host_name) (${rate('system_cpu_time_seconds_total', HOST)})`;
const USED_MEMORY = `sum by (host_name) (system_memory_usage_bytes{${HOST}, state="used"}) / sum by (host_name) (system_memory_usage_bytes{${HOST}})`;

export const infrastructure: Dashboard = {
  uid: 'infrastructure',
  title: 'Infrastructure',
  description: 'Does the machine have enough of everything?',
  tags: ['infrastructure'],
  from: 'now-3h',
  variables: [...CARRIED_VARIABLES, otherVariable('host', 'Host', 'host_name', 'system_cpu_load_average_1m')],
  rows: [
    {
      title: 'Now',
      purpose: 'the fullest of the hosts chosen',
      panels: [
        stat('CPU', 'Which part of all processors is busy.', 'percentunit', curve(`max(${BUSY})`, 'busy'), {
          limits: limits(0.8, 0.95),
          decimals: 0,
          min: 0,
          max: 1,
        }),
        stat(
          'Load by processor',
          'How many tasks run or wait, for each processor. Above 1 they wait for each other.',
          'none',
          curve(`max(system_cpu_load_average_1m{${HOST}} / on (host_name) system_cpu_logical_count{${HOST}})`, 'load'),
          { limits: limits(1, 2), decimals: 2 },
        ),
        stat(
          'Memory',
          'Which part of the memory is used; what the system can give back at once is not counted.',
          'percentunit',
          curve(`max(${USED_MEMORY})`, 'used'),
          { limits: limits(0.85, 0.95), decimals: 0 },
        ),
        stat(
          'Fullest disk',
          'Which part of the fullest file system is used.',
          'percentunit',
          curve(`max(${USED_SPACE} / ${ALL_SPACE})`, 'used'),
          { limits: limits(0.8, 0.9), decimals: 0 },
        ),
        stat(
          'Network errors',
          'Packets a second that were dropped or damaged.',
          'pps',
          curve(
            `${sumBy('', rate('system_network_errors_total', HOST))} + ${sumBy('', rate('system_network_dropped_total', HOST))}`,
            'lost',
          ),
          { limits: limits(0.1, 10), decimals: 2 },
        ),
        stat('Processes', 'How many there are.', 'none', curve(sumBy('', `system_processes_count{${HOST}}`), 'processes')),
      ],
    },
    {
      title: 'Processor and memory',
      purpose: 'what the machine is busy with',
      panels: [
        timeseries(
          'CPU by state',
          'What do the processors do? `wait` is waiting for disks, `steal` is taken by the host of a virtual machine.',
          'percentunit',
          curve(
            `sum by (state) (${rate('system_cpu_time_seconds_total', `${HOST}, state!="idle"`)}) / scalar(sum(${rate('system_cpu_time_seconds_total', HOST)}))`,
            '{{state}}',
          ),
          { min: 0, stacked: true },
        ),
        timeseries(
          'Load',
          'Is the queue growing? One, five and fifteen minutes; compare with the number of processors.',
          'none',
          [
            curve(`system_cpu_load_average_1m{${HOST}}`, '{{host_name}} 1 minute'),
            curve(`system_cpu_load_average_5m{${HOST}}`, '{{host_name}} 5 minutes'),
            curve(`system_cpu_load_average_15m{${HOST}}`, '{{host_name}} 15 minutes'),
            curve(`system_cpu_logical_count{${HOST}}`, '{{host_name}} processors'),
          ],
          { min: 0 },
        ),
        timeseries(
          'Memory by state',
          'Who has the memory? Cached and buffered are given back when needed.',
          'bytes',
          curve(sumBy('state', `system_memory_usage_bytes{${HOST}}`), '{{state}}'),
          { min: 0, stacked: true },
        ),
        timeseries(
          'Paging',
          'Does the machine read programs or memory back from disk? Major faults that last are a lack of memory.',
          'ops',
          curve(sumBy('host_name, type', rate('system_paging_faults_total', HOST)), '{{host_name}} {{type}}'),
          { min: 0 },
        ),
      ],
    },
    {
      title: 'Disks',
      purpose: 'room and speed',
      panels: [
        table(
          'File systems',
          'Which one is full, and when will the others be?',
          { host_name: 'Host', mountpoint: 'Mounted at' },
          [
            column('Used', 'percentunit', `${USED_SPACE} / ${ALL_SPACE}`, { limits: limits(0.8, 0.9) }),
            column('Free', 'bytes', sumBy('host_name, mountpoint', `system_filesystem_usage_bytes{${HOST}, state="free"}`)),
            column(
              'Inodes used',
              'percentunit',
              `${sumBy('host_name, mountpoint', `system_filesystem_inodes_usage{${HOST}, state="used"}`)} / (${sumBy('host_name, mountpoint', `system_filesystem_inodes_usage{${HOST}}`)} > 0)`,
              { limits: limits(0.8, 0.9) },
            ),
            // A line through a few minutes says nothing: only what has been there for an hour is drawn on.
            column(
              'Free in a day',
              'bytes',
              `${sumBy('host_name, mountpoint', `predict_linear(system_filesystem_usage_bytes{${HOST}, state="free"}[3h], 86400) and system_filesystem_usage_bytes offset 1h`)}`,
              { optional: 'the collector has not run for an hour', limits: limits(10e9, 0) },
            ),
          ],
          { height: 8 },
        ),
        timeseries(
          'Read and written',
          'Who uses the disks, and how much?',
          'Bps',
          curve(sumBy('device, direction', rate('system_disk_io_bytes_total', HOST)), '{{device}} {{direction}}'),
          { min: 0, width: 8 },
        ),
        timeseries(
          'Operations',
          'How many reads and writes?',
          'iops',
          curve(sumBy('device, direction', rate('system_disk_operations_total', HOST)), '{{device}} {{direction}}'),
          { min: 0, width: 8 },
        ),
        timeseries(
          'Busy',
          'Which part of the time has the disk work? Near 1 everything that needs it waits.',
          'percentunit',
          curve(sumBy('device', rate('system_disk_io_time_seconds_total', HOST)), '{{device}}'),
          { min: 0, max: 1, width: 8, limits: limits(0.8, 0.95) },
        ),
      ],
    },
    {
      title: 'Network',
      purpose: 'traffic and losses',
      panels: [
        timeseries(
          'Traffic',
          'How much comes and goes?',
          'Bps',
          curve(sumBy('device, direction', rate('system_network_io_bytes_total', HOST)), '{{device}} {{direction}}'),
          { min: 0, width: 8 },
        ),
        timeseries(
          'Errors and drops',
          'Are packets lost?',
          'pps',
          [
            curve(sumBy('device, direction', rate('system_network_errors_total', HOST)), '{{device}} {{direction}} errors'),
            curve(sumBy('device, direction', rate('system_network_dropped_total', HOST)), '{{device}} {{direction}} drops'),
          ],
          { min: 0, width: 8 },
        ),
        timeseries(
          'Connections',
          'Do connections pile up? Many in CLOSE_WAIT: a process does not close them.',
          'none',
          curve(sumBy('protocol, state', `system_network_connections{${HOST}} > 0`), '{{protocol}} {{state}}'),
          { min: 0, width: 8 },
        ),
      ],
    },
    {
      title: 'Answers from outside',
      purpose: 'what the collector hears when it asks as a visitor (needs the http_check receiver)',
      panels: [
        states(
          'Up',
          'Does it answer 2xx?',
          { '1': { text: 'up', colour: 'green' }, '0': { text: 'down', colour: 'red' } },
          curve('max by (http_url) (httpcheck_status{http_status_class="2xx"})', '{{http_url}}'),
          { width: 16 },
        ),
        timeseries(
          'Duration',
          'How long does the answer take?',
          'ms',
          curve('max by (http_url) (httpcheck_duration_milliseconds)', '{{http_url}}'),
          { min: 0, width: 8, height: 7 },
        ),
      ],
    },
    CONTAINERS,
  ],
};
