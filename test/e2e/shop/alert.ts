/** A real alert, all the way: payments begin to fail, Prometheus' rule fires, Alertmanager routes it, and it arrives where a person would be called. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { poll } from '../support/poll.ts';
import type { World } from '../support/world.ts';

/** The rule looks at 5 minutes, waits for one, and is evaluated every few seconds; Alertmanager groups for half a minute. */
const firingMs = 600_000;
const alertname = 'PaymentFailures';

export function testAlert(world: () => World): void {
  describe('payment failures', () => {
    it('become an alert that reaches the webhook of the page route', async () => {
      const { shop, prometheus, webhook } = world();
      await shop.sendCustomers({ RATE: 10, DECLINE_SHARE: 0.9 });
      await poll(
        `${alertname} firing in Prometheus`,
        async () => (await prometheus.alerts()).some(({ labels, state }) => labels['alertname'] === alertname && state === 'firing'),
        firingMs,
      );
      const { path, body } = await poll(
        `${alertname} at the webhook`,
        () => webhook.notifications.find((one) => one.body.alerts?.some(({ labels }) => labels['alertname'] === alertname)),
        240_000,
      );

      assert.equal(path, '/page');
      assert.equal(body.status, 'firing');
      const alert = body.alerts?.find(({ labels }) => labels['alertname'] === alertname);
      assert.equal(alert?.labels['severity'], 'critical');
      assert.equal(alert?.labels['service_namespace'], 'shop');
      assert.match(alert?.annotations['summary'] ?? '', /% of the payments of \w+ are declined/);
      await shop.sendCustomers({ RATE: 8 });
    });
  });
}
