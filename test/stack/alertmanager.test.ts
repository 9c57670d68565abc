/** Alertmanager's file: who is told of what, which channels are on with which secrets, and that what runs is always valid. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { readAlerts } from '../../stack/alerts.ts';
import { findProgram } from '../../stack/run/programs.ts';
import { channels, startAlertmanager, together } from './alertmanager-start.ts';
import { readYaml, root } from './files.ts';

const file = 'stack/alertmanager/alertmanager.yml';
const found = await findProgram('amtool');
const amtool = found?.origin === 'built' ? found.path : undefined;
const skip =
  amtool === undefined && 'there is no amtool of a version that knows this file: `npm run stack -- --build` makes one where Go is';
const runAmtool = (...args: readonly string[]): string => execFileSync(amtool ?? 'amtool', args, { cwd: root, encoding: 'utf8' });

interface Config {
  readonly receivers: readonly Readonly<Record<string, unknown>>[];
  readonly inhibit_rules: readonly { readonly source_matchers: readonly string[]; readonly target_matchers: readonly string[] }[];
}
const receiversOf = (config: string): Config['receivers'] => (parse(config) as Config).receivers;

/** Kinds of configurations that do something, by receiver. */
const active = (config: string): Record<string, string[]> =>
  Object.fromEntries(
    receiversOf(config).map(({ name, ...kinds }) => [
      String(name),
      Object.entries(kinds)
        .filter(([, list]) => Array.isArray(list))
        .flatMap(([kind, list]) => (list as unknown[]).map(() => kind.replace('_configs', ''))),
    ]),
  );

describe('start.sh', () => {
  test('without a secret nobody is told, and it says how that is changed', () => {
    const { status, config, said, args, path } = startAlertmanager({});
    assert.equal(status, 0);
    assert.deepEqual(active(config), { page: [], ticket: [], digest: [], heartbeat: [] });
    assert.match(said, /nobody is notified/);
    assert.match(said, /slack is off: secrets\/slack_url missing or empty/);
    assert.match(said, /secrets\/README\.md/);
    assert.deepEqual(args, [`--config.file=${path}`, '--cluster.listen-address=', `--storage.path=${join(path, '../..')}`]);
  });

  test('each channel is on when it has what it needs, and then alone', () => {
    const on = Object.fromEntries(Object.keys(channels).map((name) => [name, active(startAlertmanager(together(name)).config)]));
    const none = { page: [], ticket: [], digest: [], heartbeat: [] };
    assert.deepEqual(on, {
      slack: { ...none, page: ['slack'], ticket: ['slack'], digest: ['slack'] },
      email: { ...none, page: ['email'], ticket: ['email'] },
      pagerduty: { ...none, page: ['pagerduty'] },
      webhook: { ...none, page: ['webhook'] },
      whatsapp: { ...none, page: ['webhook'] },
      heartbeat: { ...none, heartbeat: ['webhook'] },
    });
  });

  test('a channel that lacks one of several things is off, and what it lacks is said', () => {
    const { config, said } = startAlertmanager({ secrets: { smtp_password: 'x', webhook_url: '\n' }, env: { ALERT_SMTP_HOST: 'smtp' } });
    assert.deepEqual(active(config)['page'], []);
    assert.match(said, /email is off: ALERT_SMTP_USER, ALERT_EMAIL_TO missing/);
    assert.match(said, /webhook is off: secrets\/webhook_url missing or empty/);
  });

  test('variables are put in whatever they hold, secrets stay in their files', () => {
    const all = together(...Object.keys(channels));
    const { config, links } = startAlertmanager({
      ...all,
      env: {
        ...all.env,
        ALERT_EMAIL_TO: "o'neil: {x}@example",
        GRAFANA_URL: 'https://grafana.example',
        RUNBOOKS_URL: 'https://wiki.example/',
      },
    });
    const page = receiversOf(config).find(({ name }) => name === 'page') as { email_configs: Record<string, string>[] };
    assert.equal(page.email_configs[0]?.['to'], "o'neil: {x}@example");
    assert.equal(page.email_configs[0]?.['smarthost'], 'smtp.example:587');
    assert.match(links, /https:\/\/wiki\.example\/\{\{ \.Annotations\.runbook \}\}/);
    assert.match(links, /https:\/\/grafana\.example\/d\//);
    for (const value of Object.values(all.secrets ?? {})) assert.ok(!new RegExp(`: ['"]?${value}`).test(config), value);
    assert.doesNotMatch(config + links, /\$\{/);
  });

  test('it refuses to guess', () => {
    const { status, stderr } = spawnSync('sh', [join(root, 'stack/alertmanager/start.sh')], { encoding: 'utf8' });
    assert.equal(status, 2);
    assert.match(stderr, /--config\.file=.*--storage\.path=/);
  });

  const busybox = spawnSync('busybox', ['true']).status === 0;
  test('the shell and awk of the image do the same', { skip: !busybox && 'there is no busybox: `apt-get install busybox`' }, () => {
    const all = together(...Object.keys(channels));
    const withPath = { ...all, env: { ...all.env } };
    const plain = (text: string): string => text.replaceAll(/\/[^' ]*\/etc\/secrets/g, 'secrets');
    assert.equal(plain(startAlertmanager(withPath, ['busybox', 'sh']).config), plain(startAlertmanager(all).config));
  });

  test('amtool takes the whole file and what is left of it with any set of channels', { skip }, () => {
    const names = Object.keys(channels);
    const sets = Array.from({ length: 2 ** names.length }, (_, bits) => names.filter((_name, index) => bits & (1 << index)));
    const paths = sets.map((set) => startAlertmanager(together(...set)).path);
    const output = runAmtool('check-config', file, ...paths);
    assert.equal(output.match(/SUCCESS/g)?.length, 2 * (paths.length + 1), output);
  });
});

const routes: readonly (readonly [labels: string, receiver: string])[] = [
  ['alertname=HighErrorRate severity=critical service_name=shop-storefront', 'page'],
  ['alertname=PaymentFailures severity=critical tenantId=acme', 'page'],
  ['alertname=SlowResponses severity=warning', 'ticket'],
  ['alertname=RequestRateUnusual severity=info', 'digest'],
  ['alertname=Watchdog severity=info', 'heartbeat'],
  ['alertname=SomethingNew', 'ticket'],
];

describe('alertmanager.yml', () => {
  for (const [labels, receiver] of routes)
    test(`${labels} goes to ${receiver}`, { skip }, () => {
      const output = runAmtool('config', 'routes', 'test', `--config.file=${file}`, `--verify.receivers=${receiver}`, ...labels.split(' '));
      assert.equal(output.trim(), receiver);
    });

  test('each alert goes where its severity says', { skip }, () => {
    const receivers: Record<string, string> = { critical: 'page', warning: 'ticket', info: 'digest' };
    for (const severity of new Set([...readAlerts().values()].flat().map(({ labels }) => labels['severity'] ?? 'none')))
      assert.equal(runAmtool('config', 'routes', 'test', `--config.file=${file}`, `severity=${severity}`).trim(), receivers[severity]);
  });

  test('what inhibition names exists', () => {
    const { inhibit_rules: inhibitions } = readYaml<Config>(file);
    const matchers = inhibitions.flatMap(({ source_matchers, target_matchers }) => [...source_matchers, ...target_matchers]);
    const named = matchers.flatMap((matcher) => /^alertname [!=~]+ "(.*)"$/.exec(matcher)?.[1]?.split('|') ?? []);
    assert.ok(named.length > 5);
    const alerts = readAlerts();
    assert.deepEqual(
      named.filter((name) => !alerts.has(name)),
      [],
    );
    assert.ok([...alerts.values()].flat().some(({ labels }) => labels['no_data'] === 'true'));
  });
});

const group = {
  receiver: 'page',
  status: 'firing',
  externalURL: 'http://localhost:9093',
  groupLabels: { alertname: 'HighErrorRate' },
  commonLabels: { alertname: 'HighErrorRate', severity: 'critical', service_name: 'shop' },
  commonAnnotations: {},
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'HighErrorRate', severity: 'critical', service_name: 'shop' },
      annotations: {
        summary: 'shop fails',
        description: 'Of the requests <b>many</b> fail.',
        runbook: 'docs/runbooks/HighErrorRate.md',
        dashboard: 'services',
      },
      startsAt: '2026-01-02T03:04:05Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'http://localhost:9090/graph?g0.expr=x',
    },
  ],
};

describe('messages', () => {
  const plain = startAlertmanager({}).path;
  const render = (name: string, data: object, kind: 'text' | 'html' = 'text', path = plain): string => {
    const dataPath = join(path, '..', 'data.json');
    writeFileSync(dataPath, JSON.stringify(data));
    return runAmtool(
      'template',
      'render',
      `--template.glob=${join(path, '../templates/*.tmpl')}`,
      `--template.data=${dataPath}`,
      `--template.type=${kind}`,
      `--template.text={{ template "otelier.${name}" . }}`,
    );
  };

  test('say what, since when, and where to look', { skip }, () => {
    assert.equal(render('title', group), 'Critical: shop fails');
    assert.equal(render('colour', group), 'danger');
    const slack = render('slack', group);
    assert.match(slack, /\*shop fails\*\nOf the requests/);
    assert.match(slack, /since 2026-01-02 03:04 UTC_ service_name=shop/);
    assert.match(slack, /Runbook: docs\/runbooks\/HighErrorRate\.md/);
    assert.match(slack, /<http:\/\/localhost:3000\/d\/services\?var-service=shop\|Dashboard>/);
    assert.match(slack, /<http:\/\/localhost:9090\/graph\?g0\.expr=x\|Query>/);
    const panes = /panes=([^|]*)\|Logs/.exec(slack)?.[1] ?? '';
    const explore = JSON.parse(decodeURIComponent(panes)) as { logs: { queries: { expr: string }[] } };
    assert.equal(explore.logs.queries[0]?.expr, '{service_name="shop"}');
    assert.match(render('plain', group), /Runbook: +docs\/runbooks\/HighErrorRate\.md\nDashboard: +http/);
  });

  test('for WhatsApp are JSON, whatever an alert says, and in which what looks like a number is none', { skip }, () => {
    const awkward = 'a "quoted": {text}, <b> & more';
    const alerts = group.alerts.map((alert) => ({ ...alert, annotations: { ...alert.annotations, summary: awkward } }));
    const { path: withNumber } = startAlertmanager(together('whatsapp'));
    const text = JSON.parse(render('whatsapp', { ...group, alerts }, 'text', withNumber)) as Record<string, unknown>;
    assert.equal(text['to'], '15550100');
    assert.ok(JSON.stringify(text).includes(JSON.stringify(`Critical: ${awkward}. Since 03:04 UTC.`)));
  });

  test('e-mail is HTML in which no text of an alert becomes markup', { skip }, () => {
    const html = render('html', group, 'html');
    assert.match(html, /&lt;b&gt;many/);
    assert.match(html, /<a href="http:\/\/localhost:3000\/d\/services\?var-service=shop">/);
  });

  test('several alerts, and the end of one', { skip }, () => {
    const [alert] = group.alerts;
    assert.equal(render('title', { ...group, alerts: [alert, alert] }), 'Critical: HighErrorRate in shop (2 firing)');
    const over = { ...alert, status: 'resolved', endsAt: '2026-01-02T03:30:00Z' };
    assert.equal(render('title', { ...group, status: 'resolved', alerts: [over] }), 'Over: shop fails');
    assert.match(render('plain', { ...group, status: 'resolved', alerts: [over] }), /from 2026-01-02 03:04 to 03:30 UTC/);
  });

  test('every template that the file names is defined', () => {
    const templates = ['links', 'messages', 'whatsapp']
      .map((name) => readFileSync(join(root, `stack/alertmanager/templates/${name}.tmpl`), 'utf8'))
      .join('');
    const defined = new Set([...templates.matchAll(/define "([\w.]+)"/g)].map(([, name]) => name));
    const used = [...(readFileSync(join(root, file), 'utf8') + templates).matchAll(/template "([\w.]+)"/g)].map(([, name]) => name);
    assert.ok(used.length > 20);
    assert.deepEqual(
      used.filter((name) => !defined.has(name)),
      [],
    );
  });
});
