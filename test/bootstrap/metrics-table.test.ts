/** The table of docs/metrics.md is what an app sends: no metric more, none less, with these instruments, units and attributes. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { MetricRecord } from '../../src/testing.ts';
import { startPostgres, withoutPostgres } from '../support/postgres.ts';
import { root, runApp } from '../support/run-app.ts';

interface Row {
  readonly name: string;
  readonly instrument: string;
  readonly unit: string;
  readonly attributes: readonly string[];
}

const ON_LINUX = 'process.unix.file_descriptor.count';
const INSTRUMENTS = ['Counter', 'UpDownCounter', 'Gauge', 'Histogram'];
const wordsIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);

const rows: Row[] = readFileSync(join(root, 'docs', 'metrics.md'), 'utf8')
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, , instrument]) => INSTRUMENTS.includes(instrument!))
  .map(([, name, instrument, unit, attributes]) => ({
    name: wordsIn(name!)[0]!,
    instrument: instrument!,
    unit: wordsIn(unit!)[0]!,
    attributes: wordsIn(attributes!),
  }));

function instrumentOf({ type, monotonic }: MetricRecord): string {
  if (type === 'sum') return monotonic ? 'Counter' : 'UpDownCounter';
  return type === 'gauge' ? 'Gauge' : 'Histogram';
}

test('each metric of an app is in the table as it is, and each row of the table is sent', { skip: withoutPostgres }, async (t) => {
  const postgres = await startPostgres();
  t.after(() => postgres.close());
  const { receiver } = await runApp({
    app: join(root, 'test', 'fixtures', 'metrics', 'everything.cjs'),
    args: [postgres.url],
    flags: ['--expose-gc'],
    env: { OTEL_METRIC_EXPORT_INTERVAL: '200', OTEL_BSP_SCHEDULE_DELAY: '50', OTEL_BLRP_SCHEDULE_DELAY: '50' },
    async actions(running) {
      await running.waitForOutput('ready');
      await running.receiver!.waitFor(({ metrics }) => {
        const names = new Set(metrics.map(({ name }) => name));
        return rows.every(({ name }) => names.has(name) || (name === ON_LINUX && process.platform !== 'linux'));
      }, 60_000);
      running.kill('SIGTERM');
    },
  });
  const table = new Map(rows.map((row) => [row.name, row]));
  assert.equal(table.size, rows.length, 'a metric has two rows');
  for (const metric of receiver.metrics) {
    const row = table.get(metric.name);
    assert.ok(row, `${metric.name} is not in docs/metrics.md`);
    assert.deepEqual([instrumentOf(metric), metric.unit], [row.instrument, row.unit], metric.name);
    const known = new Set(row.attributes);
    for (const { attributes } of metric.points) {
      assert.deepEqual(
        Object.keys(attributes).filter((key) => !known.has(key)),
        [],
        metric.name,
      );
    }
  }
});
