/** What must not be stored: a secret and an e-mail address are sent in every place that telemetry has, and then looked for in every store. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { poll } from '../support/poll.ts';
import { newTraceId, visit } from '../support/visit.ts';
import type { World } from '../support/world.ts';

const mark = newTraceId().slice(0, 12);
const secret = `hunter2${mark}`;
const email = `jane.${mark}@example.com`;
/** Harmless: its being found shows that the search would find the others. */
const harmless = `harmless${mark}`;

export function testSecrets(world: () => World): void {
  describe('a planted secret and an e-mail address', () => {
    const traceId = newTraceId();
    before(async () => {
      const { shop, jaeger, loki } = world();
      const body = JSON.stringify({ email, password: secret });
      const login = await visit(shop.storefrontUrl, '/login', { traceId, method: 'POST', body });
      assert.equal(login.status, 401);
      const headers = { authorization: `Bearer ${secret}`, cookie: `session=${secret}` };
      await visit(shop.storefrontUrl, `/products?search=${harmless}&token=${secret}&email=${encodeURIComponent(email)}`, {
        traceId,
        headers,
      });
      await visit(shop.storefrontUrl, `/${harmless}/password=${secret}/${email}`, { traceId, headers });

      await poll('the visits in Jaeger', async () => ((await jaeger.trace(traceId))?.spans.length ?? 0) >= 4, 180_000);
      await poll(
        'the failed login in Loki',
        async () => (await loki.lines(`{service_name="shop-storefront"} | trace_id="${traceId}"`)).length,
        180_000,
      );
    });

    it('are not in Jaeger', async () => {
      const { jaeger } = world();
      const stored = JSON.stringify(await jaeger.trace(traceId));
      assertClean(stored, 'the trace of the visits');
      const recent = JSON.stringify(await jaeger.search({ service: 'shop-storefront', lookback: '1h', limit: '1000' }));
      assertClean(recent, 'the traces of the last hour');
    });

    it('are not in Loki', async () => {
      const { loki } = world();
      for (const text of [secret, email]) assert.deepEqual(await loki.lines(`{service_name=~".+"} |= "${text}"`), []);
      const stored = JSON.stringify(await loki.lines(`{service_name=~".+"} | trace_id="${traceId}"`));
      assert.ok(!stored.includes(secret) && !stored.includes(email), stored);
    });

    it('are not in Prometheus', async () => {
      const { prometheus } = world();
      for (const label of await prometheus.labelNames()) {
        const values = JSON.stringify(await prometheus.labelValues(label));
        assert.ok(!values.includes(secret) && !values.includes(email), `label ${label}: ${values}`);
      }
    });
  });
}

function assertClean(stored: string, where: string): void {
  assert.ok(stored.includes(harmless), `the search of ${where} finds what is there`);
  assert.ok(!stored.includes(secret), `${where} holds the secret`);
  assert.ok(!stored.includes(email) && !stored.includes(encodeURIComponent(email)), `${where} holds the e-mail address`);
}
