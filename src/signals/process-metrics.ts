/** CPU time, memory, uptime and open files of this process, by the semantic conventions for process metrics. */
import type { MeterProvider } from '@opentelemetry/api';
import { readdirSync } from 'node:fs';

/** https://opentelemetry.io/docs/specs/semconv/system/process-metrics/ */
export function registerProcessMetrics(meterProvider: MeterProvider): void {
  const meter = meterProvider.getMeter('otelier/process');
  meter
    .createObservableCounter('process.cpu.time', { unit: 's', description: 'Total CPU seconds broken down by different states.' })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe(user / 1e6, { 'cpu.mode': 'user' });
      result.observe(system / 1e6, { 'cpu.mode': 'system' });
    });
  let before = { usage: process.cpuUsage(), at: process.hrtime.bigint() };
  meter
    .createObservableGauge('process.cpu.utilization', { unit: '1', description: 'Share of one CPU used since the last collection.' })
    .addCallback((result) => {
      const now = { usage: process.cpuUsage(), at: process.hrtime.bigint() };
      const elapsed = Number(now.at - before.at) / 1000;
      if (elapsed > 0) {
        result.observe((now.usage.user - before.usage.user) / elapsed, { 'cpu.mode': 'user' });
        result.observe((now.usage.system - before.usage.system) / elapsed, { 'cpu.mode': 'system' });
      }
      before = now;
    });
  meter
    .createObservableUpDownCounter('process.memory.usage', { unit: 'By', description: 'The amount of physical memory in use.' })
    .addCallback((result) => result.observe(process.memoryUsage.rss()));
  meter
    .createObservableGauge('process.uptime', { unit: 's', description: 'The time the process has been running.' })
    .addCallback((result) => result.observe(process.uptime()));
  if (process.platform !== 'linux') return;
  meter
    .createObservableUpDownCounter('process.unix.file_descriptor.count', {
      unit: '{file_descriptor}',
      description: 'Number of unix file descriptors in use by the process.',
    })
    .addCallback((result) => {
      try {
        result.observe(readdirSync('/proc/self/fd').length);
      } catch {
        // /proc is not readable here: no figure
      }
    });
}
