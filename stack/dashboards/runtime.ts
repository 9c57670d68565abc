/** Node.js runtime: event loop, garbage collection, memory and CPU of each process. */

import { curve, limits, stat, timeseries, value } from './build/panels.ts';
import { quantile, rate, shortInstance, sumBy } from './build/promql.ts';
import { APP, APP_VARIABLES, appVariable } from './build/selectors.ts';
import type { Dashboard } from './build/source.ts';

const SELECTED = `${APP}, instance=~"$instance"`;
const EACH = '{{service_name}} {{short}}';
const each = (metric: string, more = ''): string => shortInstance(`${metric}{${SELECTED}${more}}`);

export const runtime: Dashboard = {
  uid: 'nodejs',
  title: 'Node.js runtime',
  description: 'Is the process itself the bottleneck: a blocked event loop, garbage collection, memory, CPU?',
  tags: ['service'],
  from: 'now-1h',
  variables: [...APP_VARIABLES, appVariable('instance', 'Instance', 'instance', 'process_memory_usage_bytes')],
  rows: [
    {
      title: 'Now',
      purpose: 'the worst of the processes chosen',
      panels: [
        stat(
          'Event loop delay, 99 %',
          'How late timers fire in the worst process; all requests of that process wait as long.',
          's',
          curve(`max(nodejs_eventloop_delay_p99_seconds{${SELECTED}})`, 'worst'),
          { limits: limits(0.1, 0.5) },
        ),
        stat(
          'Event loop busy',
          'Which part of its time the busiest process works; near 1 it is full, however many CPUs are free.',
          'percentunit',
          curve(`max(nodejs_eventloop_utilization_ratio{${SELECTED}})`, 'busiest'),
          { limits: limits(0.7, 0.9), min: 0, max: 1, decimals: 1 },
        ),
        stat(
          'CPU',
          'How many CPUs the hungriest process uses. More than 1 is garbage collection, compression or other threads.',
          'none',
          curve(`max(${sumBy('instance', rate('process_cpu_time_seconds_total', SELECTED))})`, 'hungriest'),
          { decimals: 2 },
        ),
        stat(
          'Memory',
          'Resident memory of the largest process.',
          'bytes',
          curve(`max(process_memory_usage_bytes{${SELECTED}})`, 'largest'),
        ),
        stat(
          'Youngest process',
          'How long ago the last one started. Small again and again: it crashes.',
          's',
          curve(`min(process_uptime_seconds{${SELECTED}})`, 'youngest'),
          { decimals: 0 },
        ),
        stat(
          'Ended',
          'Processes that reported within the time shown and do so no more: deployments, or crashes.',
          'none',
          value(
            `count(last_over_time(process_uptime_seconds{${SELECTED}}[$__range])) - (count(process_uptime_seconds{${SELECTED}}) or vector(0))`,
          ),
        ),
      ],
    },
    {
      title: 'Event loop',
      purpose: 'whether requests wait for the process itself',
      panels: [
        timeseries('Delay, 50 %', 'How late timers fire as a rule.', 's', curve(each('nodejs_eventloop_delay_p50_seconds'), EACH), {
          min: 0,
          width: 8,
        }),
        timeseries(
          'Delay, 99 %',
          'How late they fire in bad moments: a long synchronous piece of work, or garbage collection.',
          's',
          curve(each('nodejs_eventloop_delay_p99_seconds'), EACH),
          { min: 0, width: 8, limits: limits(0.1, 0.5) },
        ),
        timeseries(
          'Busy',
          'How full is the event loop? At 0.7 start more processes.',
          'percentunit',
          curve(each('nodejs_eventloop_utilization_ratio'), EACH),
          { min: 0, max: 1, width: 8, limits: limits(0.7, 0.9) },
        ),
      ],
    },
    {
      title: 'Garbage collection',
      purpose: 'what cleaning up costs',
      panels: [
        timeseries(
          'Time in collections',
          'Which part of the time goes into it, by kind? More than a tenth in major ones: too little memory, or a leak.',
          'percentunit',
          curve(sumBy('service_name, v8js_gc_type', rate('v8js_gc_duration_seconds_sum', SELECTED)), '{{service_name}} {{v8js_gc_type}}'),
          { min: 0, width: 8 },
        ),
        timeseries(
          'Collections',
          'How often does it run? Many minor ones: many short-lived objects.',
          'ops',
          curve(sumBy('service_name, v8js_gc_type', rate('v8js_gc_duration_seconds_count', SELECTED)), '{{service_name}} {{v8js_gc_type}}'),
          { min: 0, width: 8 },
        ),
        timeseries(
          'Pause, 99 %',
          'How long does one stop the process at worst?',
          's',
          curve(quantile(0.99, 'service_name, v8js_gc_type', 'v8js_gc_duration_seconds', SELECTED), '{{service_name}} {{v8js_gc_type}}'),
          { min: 0, width: 8 },
        ),
      ],
    },
    {
      title: 'Memory',
      purpose: 'a leak rises from collection to collection and never falls back',
      panels: [
        timeseries(
          'Resident memory',
          'What the system gives each process; compare with its limit.',
          'bytes',
          curve(each('process_memory_usage_bytes'), EACH),
          { min: 0 },
        ),
        timeseries(
          'Heap used, by space',
          'Where do objects live? Old space that only grows is a leak.',
          'bytes',
          curve(`${sumBy('v8js_heap_space_name', `v8js_memory_heap_used_bytes{${SELECTED}}`)} > 0`, '{{v8js_heap_space_name}}'),
          { min: 0, stacked: true },
        ),
        timeseries(
          'Heap used and reserved',
          'How much of what V8 holds is in use? Far apart after a peak: it gives memory back slowly, which is no leak.',
          'bytes',
          [
            curve(sumBy('service_name', `v8js_memory_heap_used_bytes{${SELECTED}}`), '{{service_name}} used'),
            curve(sumBy('service_name', `v8js_memory_heap_space_physical_size_bytes{${SELECTED}}`), '{{service_name}} reserved'),
          ],
          { min: 0 },
        ),
        timeseries(
          'Old space',
          'Is the heap near its limit? Used and still free of the old space, which is where a process runs out of memory.',
          'bytes',
          [
            curve(
              sumBy('service_name', `v8js_memory_heap_used_bytes{${SELECTED}, v8js_heap_space_name="old_space"}`),
              '{{service_name}} used',
            ),
            curve(
              sumBy('service_name', `v8js_memory_heap_space_available_size_bytes{${SELECTED}, v8js_heap_space_name="old_space"}`),
              '{{service_name}} free',
            ),
          ],
          { min: 0 },
        ),
      ],
    },
    {
      title: 'Process',
      purpose: 'CPU, open handles and age',
      panels: [
        timeseries(
          'CPU by mode',
          'Does it compute (user), or does the system work for it (system)?',
          'none',
          curve(sumBy('service_name, cpu_mode', rate('process_cpu_time_seconds_total', SELECTED)), '{{service_name}} {{cpu_mode}}'),
          { min: 0, width: 8, stacked: true },
        ),
        timeseries(
          'Active resources',
          'What keeps the process alive: sockets, timers, requests? One kind that only grows is never closed.',
          'none',
          curve(sumBy('service_name, v8js_resource_type', `v8js_resource_active{${SELECTED}}`), '{{service_name}} {{v8js_resource_type}}'),
          { min: 0, width: 8 },
        ),
        timeseries(
          'File descriptors',
          'Are sockets or files leaking? Compare with `ulimit -n`.',
          'none',
          curve(each('process_unix_file_descriptor_count'), EACH),
          {
            min: 0,
            width: 8,
          },
        ),
        timeseries('Age', 'When did which process start? A saw is a crash loop.', 's', curve(each('process_uptime_seconds'), EACH), {
          min: 0,
          width: 24,
          height: 6,
        }),
      ],
    },
  ],
};
