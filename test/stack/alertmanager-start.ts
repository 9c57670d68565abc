/** Runs stack/alertmanager/start.sh as the container does, with a stand-in for Alertmanager that only tells its arguments. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './files.ts';

export interface Surroundings {
  /** File of secrets/ -> what is in it. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Started {
  readonly status: number | null;
  readonly args: readonly string[];
  readonly said: string;
  /** Of the file that Alertmanager would run with. */
  readonly path: string;
  readonly config: string;
  readonly links: string;
}

/** Channel -> what turns it on. */
export const channels: Readonly<Record<string, Surroundings>> = {
  slack: { secrets: { slack_url: 'https://hooks.example/x' } },
  email: {
    secrets: { smtp_password: 'secret' },
    env: { ALERT_SMTP_HOST: 'smtp.example', ALERT_SMTP_USER: 'alerts@example', ALERT_EMAIL_TO: 'on-call@example' },
  },
  pagerduty: { secrets: { pagerduty_key: 'key' } },
  webhook: { secrets: { webhook_url: 'https://hook.example/x' } },
  whatsapp: {
    secrets: { whatsapp_url: 'https://graph.example/1/messages', whatsapp_token: 'token' },
    env: { ALERT_WHATSAPP_TO: '15550100' },
  },
  heartbeat: { secrets: { heartbeat_url: 'https://beat.example/x' } },
};

export const together = (...names: readonly string[]): Surroundings => ({
  secrets: Object.assign({}, ...names.map((name) => channels[name]?.secrets)) as Record<string, string>,
  env: Object.assign({}, ...names.map((name) => channels[name]?.env)) as Record<string, string>,
});

const folder = mkdtempSync(join(tmpdir(), 'otelier-alertmanager-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'bin'));
writeFileSync(join(folder, 'bin/alertmanager'), '#!/bin/sh\nprintf "%s\\n" "$@"\n');
chmodSync(join(folder, 'bin/alertmanager'), 0o755);

let count = 0;

export function startAlertmanager({ secrets = {}, env = {} }: Surroundings, shell: readonly string[] = ['sh']): Started {
  const place = join(folder, String(count++));
  const from = join(root, 'stack/alertmanager');
  cpSync(from, join(place, 'etc'), { recursive: true, filter: (path) => !path.startsWith(join(from, 'secrets/')) });
  for (const [name, value] of Object.entries(secrets)) writeFileSync(join(place, 'etc/secrets', name), value);
  const [program = 'sh', ...first] = shell;
  const script = join(place, 'etc/start.sh');
  const flags = [`--config.file=${join(place, 'etc/alertmanager.yml')}`, '--cluster.listen-address=', `--storage.path=${place}/data`];
  const { status, stdout, stderr } = spawnSync(program, [...first, script, ...flags], {
    env: { PATH: `${folder}/bin:${process.env['PATH']}`, ...env },
    encoding: 'utf8',
  });
  const path = join(place, 'data/config/alertmanager.yml');
  const read = (name: string): string => readFileSync(join(place, 'data/config', name), 'utf8');
  return {
    status,
    args: stdout.trimEnd().split('\n'),
    said: stderr,
    path,
    config: read('alertmanager.yml'),
    links: read('templates/links.tmpl'),
  };
}
