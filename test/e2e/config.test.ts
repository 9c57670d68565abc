/** Every configuration file of the stack, checked by the program that reads it; and that such a check finds what is wrong. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readText, root } from '../stack/files.ts';
import { findProgram } from './programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'otelier-config-'));
after(() => rmSync(folder, { recursive: true }));

const otelcol = await findProgram('otelcol');
const promtool = await findProgram('promtool');
const loki = await findProgram('loki');

interface Outcome {
  readonly code: number;
  readonly output: string;
}
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(program, args, { cwd: root, env: { PATH: process.env['PATH'], ...env } }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` }),
    );
  });
}

const collector = (...files: readonly string[]) => ['validate', ...files.map((file) => `--config=${file}`)];
const overlay = (name: string): string => `stack/otel-collector/${name}.yaml`;
/** As docker-compose.yml gives them with the profile app, and as a careful operator does. */
const everything = {
  COLLECTOR_SCRAPES: '[host_metrics, postgresql, redis, http_check]',
  COLLECTOR_LOG_SCRAPES: '[postgresql]',
  COLLECTOR_TRACES_KEEP_PERCENT: '12.5',
  COLLECTOR_QUEUE_BYTES: '1073741824',
  COLLECTOR_QUEUE_FILE_BYTES: '2147483648',
  POSTGRES_MONITOR_PASSWORD: '0123',
  REDIS_PASSWORD: '4567',
  REDACTION_EMAIL_HASH: 'hmac-sha256',
  REDACTION_EMAIL_KEY: '0123456789abcdef0123456789abcdef',
  SENTRY_OTLP_URL: 'https://errors.example.com/api/1/integration/otlp',
  SENTRY_PUBLIC_KEY: '0123456789abcdef',
};
/** What docker-compose.yml passes on when .env says nothing. */
const nothing = {
  REDIS_PASSWORD: '',
  REDACTION_EMAIL_HASH: '',
  REDACTION_EMAIL_KEY: '',
  OTEL_RESOURCE_ATTRIBUTES: '',
  SENTRY_OTLP_URL: '',
  SENTRY_PUBLIC_KEY: '',
};

const variants: Readonly<Record<string, readonly [readonly string[], Readonly<Record<string, string>>]>> = {
  'without any variable': [collector('otel-collector.yaml'), {}],
  'with the variables of an empty .env, the overlay twice': [
    collector('otel-collector.yaml', overlay('business'), overlay('business')),
    nothing,
  ],
  'with every variable and overlay': [collector('otel-collector.yaml', overlay('business'), overlay('sentry')), everything],
};
for (const [how, [args, env]] of Object.entries(variants)) {
  test(`the collector takes its configuration ${how}`, { skip: otelcol.missing ?? false }, async () => {
    assert.deepEqual(await run(otelcol.path as string, args, env), { code: 0, output: '' });
  });
}

test('the collector says what it does not know', { skip: otelcol.missing ?? false }, async () => {
  const args = [...collector('otel-collector.yaml'), '--config=yaml:processors::memory_limiter::limit: 80'];
  const { code, output } = await run(otelcol.path as string, args);
  assert.notEqual(code, 0);
  assert.match(output, /memory_limiter.*limit/s);
});

test('Prometheus takes its configuration and the rules it names', { skip: promtool.missing ?? false }, async () => {
  const { code, output } = await run(promtool.path as string, [
    'check',
    'config',
    '--lint=all',
    '--lint-fatal',
    'stack/prometheus/prometheus.yml',
  ]);
  assert.equal(code, 0, output);
  const files = readdirSync(join(root, 'stack/prometheus/rules')).filter((name) => name.endsWith('.yml'));
  assert.ok(files.length > 0);
  for (const file of files) assert.match(output, new RegExp(`rules/${file.replace('.', '\\.')}`), 'the glob finds every file');
});

test('Prometheus says what it does not know', { skip: promtool.missing ?? false }, async () => {
  const file = join(folder, 'prometheus.yml');
  writeFileSync(file, readText('stack/prometheus/prometheus.yml').replace('promote_resource_attributes', 'promote_resources'));
  const { code, output } = await run(promtool.path as string, ['check', 'config', file]);
  assert.notEqual(code, 0);
  assert.match(output, /promote_resources/);
});

const lokiArgs = (file: string) => [`-config.file=${file}`, '-config.expand-env=true', '-verify-config'];
test('Loki takes its configuration', { skip: loki.missing ?? false }, async () => {
  const env = { LOKI_DATA: join(folder, 'loki'), LOKI_RULES: join(root, 'stack/loki/rules') };
  const { code, output } = await run(loki.path as string, lokiArgs('stack/loki/loki.yaml'), env);
  assert.equal(code, 0, output);
});

test('Loki says what it does not know', { skip: loki.missing ?? false }, async () => {
  const file = join(folder, 'loki.yaml');
  writeFileSync(file, readText('stack/loki/loki.yaml').replace('retention_period', 'retention_time'));
  const { code, output } = await run(loki.path as string, lokiArgs(file), { LOKI_DATA: join(folder, 'loki') });
  assert.notEqual(code, 0);
  assert.match(output, /retention_time/);
});

const composeConfig = await findProgram('compose-config');
const composeFile = (env: Readonly<Record<string, string>>) => run(composeConfig.path as string, ['docker-compose.yml'], env);
interface ComposeModel {
  readonly services: Readonly<
    Record<string, { readonly environment: Readonly<Record<string, string>>; readonly command: readonly string[] }>
  >;
}

test('Docker Compose takes docker-compose.yml with nothing set', { skip: composeConfig.missing ?? false }, async () => {
  const { code, output } = await composeFile({});
  assert.equal(code, 0, output);
  const { services } = JSON.parse(output) as ComposeModel;
  const collectorService = services['otel-collector'];
  assert.equal(collectorService?.environment['COLLECTOR_SCRAPES'], '[host_metrics]');
  assert.equal(collectorService?.command[2], '--config=/etc/otelcol/business.yaml');
  assert.equal(services['grafana']?.environment['GF_AUTH_ANONYMOUS_ENABLED'], '', 'left to grafana.ini');
});

test('Docker Compose closes Grafana and opens the scrapes when .env says so', { skip: composeConfig.missing ?? false }, async () => {
  const env = {
    GRAFANA_ADMIN_PASSWORD: 'chosen',
    COLLECTOR_SCRAPES: '[host_metrics, redis]',
    COLLECTOR_OVERLAY: '/etc/otelcol/sentry.yaml',
  };
  const { code, output } = await composeFile(env);
  assert.equal(code, 0, output);
  const { services } = JSON.parse(output) as ComposeModel;
  assert.equal(services['grafana']?.environment['GF_AUTH_ANONYMOUS_ENABLED'], 'false');
  assert.equal(services['grafana']?.environment['GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION'], 'false');
  assert.equal(services['otel-collector']?.environment['COLLECTOR_SCRAPES'], '[host_metrics, redis]');
  assert.equal(services['otel-collector']?.command[2], '--config=/etc/otelcol/sentry.yaml');
});

test('Docker Compose says what it does not know', { skip: composeConfig.missing ?? false }, async () => {
  const file = join(folder, 'docker-compose.yml');
  writeFileSync(file, readText('docker-compose.yml').replace('mem_limit: 512m', 'memory_limit: 512m'));
  const { code, output } = await run(composeConfig.path as string, [file]);
  assert.notEqual(code, 0);
  assert.match(output, /memory_limit/);
});

test(
  "docker_stats' collector has a configuration that is right but for the one receiver that cannot be built here",
  { skip: otelcol.missing ?? false },
  async () => {
    const text = readText(overlay('docker'));
    const file = join(folder, 'docker.yaml');
    writeFileSync(file, text.replace(/^receivers:\n(?: .*\n)+/m, 'receivers:\n  nop:\n').replace('[docker_stats]', '[nop]'));
    assert.deepEqual(await run(otelcol.path as string, collector(file)), { code: 0, output: '' });
  },
);
