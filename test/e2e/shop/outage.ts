/**
 * Nothing is lost: under load the collector is killed for 30 s and then Jaeger for 60 s, and afterwards every span and every log line of every order
 * is where it belongs, counted one by one.
 */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JaegerTrace } from '../support/jaeger.ts';
import { serviceOf } from '../support/jaeger.ts';
import { poll } from '../support/poll.ts';
import { newTraceId, visit } from '../support/visit.ts';
import type { World } from '../support/world.ts';

const ordersPerSecond = 8;
const collectorAwayMs = 30_000;
const jaegerAwayMs = 60_000;
/** What the collector waits at most between two attempts is 30 s; then the backlog has to go through. */
const arrivalMs = 300_000;
/** A tenant of its own: what it ordered is counted in Prometheus too. */
const tenant = 'outage';
const linesPerOrder = ['order placed', 'payment approved'];

export function testOutage(world: () => World): void {
  describe('the collector killed for 30 s, Jaeger killed for 60 s, under load', () => {
    const traceIds: string[] = [];
    let spansPerOrder = 0;

    before(async () => {
      const { stack, jaeger } = world();
      const first = await order(world());
      spansPerOrder = await poll(
        'the first order, whole',
        async () => {
          const trace = await jaeger.trace(first);
          if (trace === undefined || !isWhole(trace)) return false;
          await sleep(2000); // until no more come
          return distinctSpans(trace) === distinctSpans(await jaeger.trace(first)) && distinctSpans(trace);
        },
        120_000,
      );

      const load = startLoad(world(), traceIds);
      await sleep(5_000);
      await stack.kill('otel-collector');
      await sleep(collectorAwayMs);
      await stack.start('otel-collector');
      await sleep(5_000);
      await stack.kill('jaeger');
      await sleep(jaegerAwayMs);
      await stack.start('jaeger');
      await sleep(5_000);
      await load.stop();
    });

    it('leaves every span of every order in Jaeger', async () => {
      assert.ok(traceIds.length > 600, `${traceIds.length} orders were placed`);
      const missing = new Map(traceIds.map((traceId) => [traceId, spansPerOrder]));
      await poll(
        'all spans',
        async () => {
          for (const traceId of missing.keys()) {
            const spans = distinctSpans(await world().jaeger.trace(traceId));
            assert.ok(spans <= spansPerOrder, `trace ${traceId} has ${spans} spans, one order has ${spansPerOrder}`);
            if (spans === spansPerOrder) missing.delete(traceId);
            else missing.set(traceId, spansPerOrder - spans);
          }
          return missing.size === 0;
        },
        arrivalMs,
      ).catch((error: unknown) => {
        const spans = [...missing.values()].reduce((sum, count) => sum + count, 0);
        throw new Error(
          `${spans} of ${traceIds.length * spansPerOrder} spans are missing, in ${missing.size} of ${traceIds.length} traces`,
          { cause: error },
        );
      });
      world().report(`outages: ${traceIds.length} orders, ${traceIds.length * spansPerOrder} spans, 0 lost`);
    });

    it('leaves every log line of every order in Loki', async () => {
      for (const line of linesPerOrder) {
        await poll(
          `"${line}" of all orders`,
          async () => {
            const found = await world().loki.lines(`{service_name=~"shop-.+"} |= "${line}" | tenantId="${tenant}"`, { limit: 5000 });
            const seen = new Set(found.map(({ labels }) => labels['trace_id']));
            return traceIds.every((traceId) => seen.has(traceId));
          },
          arrivalMs,
        );
      }
    });

    it('leaves the counts in Prometheus right', async () => {
      // Orders are counted by the app itself and by the collector, which was killed: the first counter has no hole, the second may begin anew.
      const expected = traceIds.length + 1;
      await poll(
        `${expected} orders in the app's own count`,
        async () => {
          const [sample] = await world().prometheus.query(
            `sum(max_over_time(http_server_request_duration_seconds_count{service_name="shop-payments",http_route="/payments",http_request_method="POST"}[5m]))`,
          );
          return sample !== undefined && sample.value >= expected;
        },
        arrivalMs,
      );
    });
  });
}

async function order({ shop }: World): Promise<string> {
  const traceId = newTraceId();
  const body = JSON.stringify({ items: [{ productId: 5, quantity: 1 }] });
  const { status } = await visit(shop.storefrontUrl, '/orders', { traceId, method: 'POST', body, tenant });
  assert.equal(status, 201);
  return traceId;
}

/** An even rate of orders; `traceIds` takes those that were placed. */
function startLoad(world: World, traceIds: string[]): { stop(): Promise<void> } {
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const timer = setInterval(() => {
    const one = order(world)
      .then(
        (traceId) => void traceIds.push(traceId),
        (error: unknown) => void failures.push(error),
      )
      .finally(() => underWay.delete(one));
    underWay.add(one);
  }, 1000 / ordersPerSecond);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      // The shop must not notice that its telemetry has nowhere to go.
      assert.deepEqual(failures, []);
    },
  };
}

/** Both services have told of their part to the end, and no span between is missing: only the request's own has a parent elsewhere, in this test. */
function isWhole(trace: JaegerTrace): boolean {
  const known = new Set(trace.spans.map((span) => span.spanID));
  const orphans = trace.spans.filter((span) => span.references.some(({ spanID }) => !known.has(spanID)));
  const services = new Set(trace.spans.map((span) => serviceOf(trace, span)));
  return services.size === 2 && orphans.length === 1 && orphans[0]?.operationName === 'POST /orders';
}

/** A batch that was sent twice, because its answer was lost, counts once. */
function distinctSpans(trace: JaegerTrace | undefined): number {
  return new Set(trace?.spans.map((span) => span.spanID)).size;
}
