/**
 * The real Alertmanager with the stack's file, alerts posted to it: who is told, what WhatsApp's API would be sent, what is inhibited, and that with no
 * channel nothing fails.
 */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { findFreePorts } from '../../examples/shop/free-ports.ts';
import { root } from '../stack/files.ts';
import { findProgram } from './programs.ts';
import { poll } from './support/poll.ts';
import type { Notification, Webhook } from './support/webhook.ts';
import { startWebhook } from './support/webhook.ts';

const { path: alertmanager, missing } = await findProgram('alertmanager');
const skip = missing ?? false;
/** Alertmanager waits for what belongs together. */
const WITHIN_MS = 180_000;

interface Running {
  readonly url: string;
  readonly log: () => string;
  stop(): Promise<void>;
}

/** As docker-compose.yml starts it: start.sh with flags, in a folder of its own. */
async function startAlertmanager(secrets: Readonly<Record<string, string>>, env: Readonly<Record<string, string>>): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'otelier-notifications-'));
  const from = join(root, 'stack/alertmanager');
  cpSync(from, join(folder, 'etc'), { recursive: true, filter: (path) => !path.startsWith(join(from, 'secrets/')) });
  for (const [name, value] of Object.entries(secrets)) writeFileSync(join(folder, 'etc/secrets', name), `${value}\n`);
  symlinkSync(alertmanager ?? '', join(folder, 'alertmanager'));
  const [port = 0] = await findFreePorts(1);
  const flags = [`--config.file=${folder}/etc/alertmanager.yml`, `--storage.path=${folder}/data`, `--web.listen-address=127.0.0.1:${port}`];
  const child: ChildProcess = spawn('sh', [join(folder, 'etc/start.sh'), ...flags, '--cluster.listen-address='], {
    env: { PATH: `${folder}:${process.env['PATH']}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (part: string) => (log += part));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  try {
    await poll('Alertmanager to be ready', async () => (await fetch(`${url}/-/ready`)).ok, WITHIN_MS);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(log, { cause: error });
  }
  return {
    url,
    log: () => log,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

async function post(url: string, alerts: readonly Readonly<Record<string, string>>[]): Promise<void> {
  const body = alerts.map((labels) => ({ labels, annotations: { summary: `${labels['alertname']} of ${labels['service_name']}` } }));
  const response = await fetch(`${url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200, await response.text());
}

const storefront = { service_namespace: 'shop', service_name: 'shop-storefront', deployment_environment_name: 'demo' };
const missingService = { alertname: 'ServiceMissing', severity: 'critical', no_data: 'true', ...storefront };
const errors = { alertname: 'HighErrorRate', severity: 'critical', ...storefront };
const payments = { alertname: 'PaymentFailures', severity: 'critical', ...storefront, service_name: 'shop-payments', tenantId: 'acme' };
const watchdog = { alertname: 'Watchdog', severity: 'info' };

describe('Alertmanager with channels', { skip }, () => {
  let endpoint: Webhook;
  let running: Running;
  before(async () => {
    endpoint = await startWebhook();
    running = await startAlertmanager(
      {
        webhook_url: `${endpoint.url}/webhook`,
        whatsapp_url: `${endpoint.url}/whatsapp`,
        whatsapp_token: 'a-token',
        heartbeat_url: `${endpoint.url}/heartbeat`,
        slack_url: `${endpoint.url}/slack`,
      },
      { ALERT_WHATSAPP_TO: '15550100' },
    );
    await post(running.url, [missingService, errors, payments, watchdog]);
  });
  after(async () => {
    await running.stop();
    await endpoint.close();
  });
  const told = (path: string, about: string): Promise<Notification> =>
    poll(
      `${path} to be told of ${about}`,
      () => endpoint.notifications.find((one) => one.path === path && JSON.stringify(one.body).includes(about)),
      WITHIN_MS,
    );

  test('the watchdog reaches the heartbeat at once, and nobody else', async () => {
    const { body } = await told('/heartbeat', 'Watchdog');
    assert.equal(body['receiver'], 'heartbeat');
  });

  test('a critical alert goes to the webhook as JSON', async () => {
    const { body } = await told('/webhook', 'PaymentFailures');
    assert.equal(body['version'], '4');
    assert.equal(body['status'], 'firing');
    assert.deepEqual(body['commonLabels'], payments);
  });

  test('WhatsApp gets a template message with the text as its parameter', async () => {
    const { body, authorization } = await told('/whatsapp', 'PaymentFailures');
    assert.equal(authorization, 'Bearer a-token');
    const text = body['template'] as { components: { parameters: { text: string }[] }[] };
    const said = text.components[0]?.parameters[0]?.text ?? '';
    assert.match(said, /^Critical: PaymentFailures of shop-payments\. Since \d\d:\d\d UTC\.$/);
    assert.deepEqual(body, {
      messaging_product: 'whatsapp',
      to: '15550100',
      type: 'template',
      template: {
        name: 'alert',
        language: { code: 'en' },
        components: [{ type: 'body', parameters: [{ type: 'text', text: said }] }],
      },
    });
  });

  test('chat gets it with a title and a colour', async () => {
    const { body } = await told('/slack', 'PaymentFailures');
    const [attachment] = body['attachments'] as { color: string; title: string; text: string }[];
    assert.equal(attachment?.color, 'danger');
    assert.equal(attachment?.title, 'Critical: PaymentFailures of shop-payments');
  });

  test('errors of a service that is missing are not told', async () => {
    await told('/webhook', 'ServiceMissing');
    const response = await fetch(`${running.url}/api/v2/alerts`);
    const alerts = (await response.json()) as { labels: { alertname: string }; status: { state: string } }[];
    const state = (name: string): string | undefined => alerts.find(({ labels }) => labels.alertname === name)?.status.state;
    assert.equal(state('HighErrorRate'), 'suppressed');
    assert.equal(state('ServiceMissing'), 'active');
    assert.ok(!JSON.stringify(endpoint.notifications).includes('HighErrorRate'));
    assert.ok(endpoint.notifications.every(({ path, body }) => path === '/heartbeat' || !JSON.stringify(body).includes('Watchdog')));
  });
});

test('Alertmanager without channels takes alerts, shows them, and has nothing to complain of', { skip }, async (t) => {
  const running = await startAlertmanager({}, {});
  t.after(() => running.stop());
  await post(running.url, [payments, watchdog]);
  // The watchdog's group is due at once; nobody is in it, so nothing is sent and nothing fails.
  const count = async (name: string): Promise<number> => {
    const text = await (await fetch(`${running.url}/metrics`)).text();
    return [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].reduce((sum, [, value]) => sum + Number(value), 0);
  };
  await poll('the groups', async () => (await count('alertmanager_dispatcher_aggregation_groups')) >= 2, WITHIN_MS);
  const shown = (await (await fetch(`${running.url}/api/v2/alerts`)).json()) as unknown[];
  assert.equal(shown.length, 2);
  assert.equal(await count('alertmanager_notifications_failed_total'), 0);
  assert.doesNotMatch(running.log(), /level=(ERROR|WARN)/i);
});
