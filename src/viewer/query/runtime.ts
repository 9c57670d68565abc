/** The newest runtime metrics of a service -> its health in five numbers. https://opentelemetry.io/docs/specs/semconv/system/process-metrics/ */
import { nanoOf } from '../store/numbers.ts';
import { ms } from '../store/schema.ts';
import type { Overview } from '../api.ts';
import type { Reader } from './reader.ts';

type Runtime = NonNullable<Overview['services'][number]['runtime']>;

/** Each figure: its metric, what it is multiplied by, and how series are put together (modes, heap spaces, instances). */
const figures: readonly (readonly [keyof Runtime, string, number, 'sum' | 'max'])[] = [
  ['cpu', 'process.cpu.utilization', 1, 'sum'],
  ['memoryBytes', 'process.memory.usage', 1, 'sum'],
  ['heapUsedBytes', 'v8js.memory.heap.used', 1, 'sum'],
  ['eventLoopP99Ms', 'nodejs.eventloop.delay.p99', 1000, 'max'],
  ['eventLoopUtilisation', 'nodejs.eventloop.utilization', 1, 'max'],
];

/** An instance that was silent for so long before the others is no more. */
const SILENT_MS = 90_000;

/** Undefined when nothing of the service was measured in the range. */
export function readRuntime(reader: Reader, service: string, from: number, to: number): Runtime | undefined {
  const resources = JSON.stringify([...reader.names.resourcesOf(service)]);
  const runtime: Partial<Record<keyof Runtime, number>> = {};
  for (const [name, metric, factor, together] of figures) {
    const series = reader.all(
      `SELECT s.id AS id, ${ms('s.last_ns')} AS last_ms FROM series s JOIN metric m ON m.id = s.metric
       WHERE m.name = ? AND s.last_ns >= ? AND s.resource IN (SELECT value FROM json_each(?))`,
      ...[metric, nanoOf(from), resources],
    );
    const newest = series.reduce((max, row) => Math.max(max, row['last_ms'] as number), -Infinity);
    for (const row of series) {
      if ((row['last_ms'] as number) < newest - SILENT_MS) continue;
      const point = reader.get(
        'SELECT value FROM point WHERE series = ? AND time_ns < ? AND until_ns >= ? ORDER BY time_ns DESC LIMIT 1',
        ...[row['id'] as number, nanoOf(to), nanoOf(from)],
      );
      const value = point?.['value'];
      if (typeof value !== 'number') continue;
      const known = runtime[name] ?? 0;
      runtime[name] = together === 'sum' ? known + value * factor : Math.max(known, value * factor);
    }
  }
  return Object.keys(runtime).length === 0 ? undefined : runtime;
}
