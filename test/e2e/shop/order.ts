/** One order, followed by its trace id through all three backends. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { JaegerTrace } from '../support/jaeger.ts';
import { serviceOf, tagOf } from '../support/jaeger.ts';
import { poll } from '../support/poll.ts';
import { newTraceId, visit } from '../support/visit.ts';
import type { World } from '../support/world.ts';

const route = '/orders';
const traceMs = 180_000;
/** Until a metric is there: the app's interval, the collector's, and what Prometheus takes. */
const metricMs = 240_000;

export function testOrder(world: () => World): void {
  describe('one order', () => {
    const traceId = newTraceId();
    let trace: JaegerTrace;

    before(async () => {
      const { shop, jaeger } = world();
      const body = JSON.stringify({ items: [{ productId: 5, quantity: 1 }] });
      const response = await visit(shop.storefrontUrl, route, { traceId, method: 'POST', body, tenant: 'acme' });
      assert.equal(response.status, 201);
      trace = await poll(
        'the trace of an order, with both services and the database',
        async () => {
          const found = await jaeger.trace(traceId);
          return found !== undefined && isWhole(found) && found;
        },
        traceMs,
      );
    });

    it('is one trace in Jaeger over both services and the database', () => {
      const services = new Set(trace.spans.map((span) => serviceOf(trace, span)));
      assert.deepEqual([...services].sort(), ['shop-payments', 'shop-storefront']);

      const known = new Set(trace.spans.map((span) => span.spanID));
      const orphans = trace.spans.filter((span) => span.references.some(({ spanID }) => !known.has(spanID)));
      // Only the request's own span has a parent elsewhere: the one that this test invented.
      assert.deepEqual(
        orphans.map((span) => span.operationName),
        [`POST ${route}`],
      );

      const statements = trace.spans.filter((span) => tagOf(span, 'db.system.name') === 'postgresql');
      assert.ok(statements.length >= 5, `${statements.length} statements; an order has at least BEGIN, SELECT, UPDATE, INSERT, COMMIT`);
    });

    it('has its log lines in Loki, of both services, under the same trace id', async () => {
      const lines = await poll(
        'the log lines of the order',
        async () => {
          const found = await world().loki.lines(`{service_name=~"shop-.+"} | trace_id="${traceId}"`);
          return found.some(({ line }) => line === 'order placed') && found.some(({ line }) => line === 'payment approved') && found;
        },
        traceMs,
      );
      const spans = new Map(trace.spans.map((span) => [span.spanID, serviceOf(trace, span)]));
      for (const { labels, line } of lines) {
        assert.equal(spans.get(labels['span_id'] ?? ''), labels['service_name'], `"${line}" names a span of its own service`);
        assert.equal(labels['service_namespace'], 'shop');
      }
    });

    it("has its route's duration in Prometheus, with an exemplar that leads to a trace in Jaeger", async () => {
      const { prometheus, jaeger } = world();
      const selector = `{service_name="shop-storefront",http_route="${route}",http_request_method="POST"}`;
      const samples = await poll(
        'the duration of the route',
        async () => {
          const found = await prometheus.query(`http_server_request_duration_seconds_count${selector}`);
          return found.length > 0 && found;
        },
        metricMs,
      );
      assert.ok(samples.every(({ value }) => value > 0));

      await poll(
        'an exemplar of the route whose trace is in Jaeger',
        async () => {
          for (const { labels } of (await prometheus.exemplars(`http_server_request_duration_seconds_bucket${selector}`)).toReversed()) {
            const found = labels['trace_id'] ? await jaeger.trace(labels['trace_id']) : undefined;
            if (found) return found.spans.some((span) => span.spanID === labels['span_id'] && span.operationName === `POST ${route}`);
          }
          return false;
        },
        metricMs,
      );
    });

    it('is counted by span_metrics, with an exemplar too', async () => {
      const { prometheus, jaeger } = world();
      const selector = `{service_name="shop-storefront",span_name="POST ${route}",span_kind="SPAN_KIND_SERVER"}`;
      await poll(
        'calls of the route, from its spans',
        async () => (await prometheus.query(`traces_span_metrics_calls_total${selector}`)).length,
        metricMs,
      );
      await poll(
        'an exemplar from the spans of the route',
        async () => {
          for (const { labels } of (await prometheus.exemplars(`traces_span_metrics_duration_seconds_bucket${selector}`)).toReversed())
            if (labels['trace_id'] && (await jaeger.trace(labels['trace_id']))) return true;
          return false;
        },
        metricMs,
      );
    });

    it('shows who calls whom', async () => {
      const edge = '{client="shop-storefront",server="shop-payments"}';
      await poll(
        'the edge between the services',
        async () => (await world().prometheus.query(`traces_service_graph_request_total${edge}`)).length,
        metricMs,
      );
    });
  });
}

function isWhole(trace: JaegerTrace): boolean {
  const services = new Set(trace.spans.map((span) => serviceOf(trace, span)));
  return services.size === 2 && trace.spans.some((span) => span.operationName === `POST ${route}`);
}
