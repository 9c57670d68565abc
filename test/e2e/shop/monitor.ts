/** Jaeger's Monitor tab: it reads the metrics that the collector derives from spans out of Prometheus, and is empty when one name or unit differs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { poll } from '../support/poll.ts';
import type { World } from '../support/world.ts';

const query = {
  service: 'shop-storefront',
  endTs: '',
  lookback: '600000',
  step: '5000',
  ratePer: '60000',
  spanKind: 'server',
  groupByOperation: 'true',
};

export function testMonitor(world: () => World): void {
  describe("Jaeger's Monitor", () => {
    it('returns the rate of calls', async () => {
      const values = await ask(world, 'calls', {});
      assert.ok(values.some((value) => value > 0));
    });

    it('returns latencies in milliseconds', async () => {
      const values = await ask(world, 'latencies', { quantile: '0.95' });
      // The shop's slowest route takes 1.2 s, its fastest about 1 ms: seconds taken for milliseconds, or the other way round, fall out of this range.
      const largest = Math.max(...values.filter((value) => Number.isFinite(value)));
      assert.ok(largest > 20 && largest < 30_000, `the slowest p95 is ${largest} ms`);
    });

    it('returns the rate of errors', async () => {
      const values = await ask(world, 'errors', {});
      assert.ok(values.some((value) => value > 0));
    });
  });
}

function ask(
  world: () => World,
  metric: 'calls' | 'latencies' | 'errors',
  more: Readonly<Record<string, string>>,
): Promise<readonly number[]> {
  return poll(
    `the Monitor's ${metric}`,
    async () => {
      const values = await world().jaeger.monitor(metric, { ...query, ...more, endTs: String(Date.now()) });
      return values.some((value) => value > 0) && values;
    },
    300_000,
  );
}
