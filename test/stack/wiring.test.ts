/** The stack's files against each other: who is named listens there, what is asked for is told, and both ends of a link use the same words. */
import assert from 'node:assert/strict';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { compose, readText, readYaml, root, services } from './files.ts';
import { readListeners } from './listeners.ts';

const listeners = readListeners();
const files: readonly string[] = [
  'docker-compose.yml',
  'otel-collector.yaml',
  ...globSync('stack/{otel-collector,prometheus,loki,jaeger,alertmanager,grafana/provisioning}/**/*.{yml,yaml,json,ini}', { cwd: root }),
].toSorted();
const withoutComments = (text: string): string => text.replaceAll(/(^|\s)#.*$/gm, '$1');
const textOf = (file: string): string => withoutComments(readText(file));

test('where a service is named with a port, it listens there', () => {
  const name = new RegExp(`(?<![\\w./-])(${Object.keys(compose.services).join('|')}):(\\d+)(?![\\w.])`, 'g');
  const named = files.flatMap((file) =>
    [...textOf(file).matchAll(name)].map(([, service, port]) => ({ file, service, port: Number(port) })),
  );
  assert.ok(named.length > 15, 'there are many');
  assert.deepEqual(
    named.filter(({ service, port }) => !listeners.get(service as string)?.has(port)),
    [],
  );
});

test('every address of the network is one of a service, or of this machine', () => {
  const elsewhere: readonly string[] = [];
  const hosts = files.flatMap((file) =>
    [...textOf(file).matchAll(/\b(?:https?|postgres|redis):\/\/(?:[^\s/@"']*@)?([\w.-]+)/g)].map(([, host]) => ({ file, host })),
  );
  const known = new Set([...Object.keys(compose.services), 'localhost', '127.0.0.1', ...elsewhere]);
  const strangers = hosts.filter(({ file, host }) => !known.has(host as string) && !file.startsWith('stack/alertmanager'));
  assert.deepEqual(strangers, []);
});

test('what is published is listened to', () => {
  for (const [name, { ports = [] }] of services)
    for (const port of ports) assert.ok(listeners.get(name)?.has(Number(port.split(':')[2])), `${name} listens on ${port}`);
});

test('a health check asks where its own service listens', () => {
  for (const [name, { healthcheck }] of services) {
    const port = /127\.0\.0\.1:(\d+)/.exec(healthcheck?.test?.join(' ') ?? '')?.[1];
    if (port) assert.ok(listeners.get(name)?.has(Number(port)), `${name} on ${port}`);
  }
});

/** Variables that files read, and that have a value without anybody setting one. Set by tests and by the run without Docker. */
const OF_THE_FILES: ReadonlySet<string> = new Set(
  `COLLECTOR_DATA COLLECTOR_SCRAPE_INTERVAL COLLECTOR_SPAN_METRICS_INTERVAL HTTP_CHECK_PAYMENTS HTTP_CHECK_STOREFRONT JAEGER_DATA JAEGER_UI_CONFIG LOKI_DATA
   LOKI_RULES POSTGRES_HOST POSTGRES_MONITOR_USER REDIS_HOST`.split(/\s+/),
);
const example = readText('.env.example');
const settings = new Set([...example.matchAll(/^(?:# )?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name as string));

test('every variable that a file reads is set in docker-compose.yml or has a default', () => {
  const environments: Readonly<Record<string, string>> = {
    'otel-collector.yaml': 'otel-collector',
    loki: 'loki',
    jaeger: 'jaeger',
    'stack/otel-collector': 'otel-collector',
    'stack/alertmanager': 'alertmanager',
  };
  for (const file of files.filter((path) => path !== 'docker-compose.yml' && !path.startsWith('stack/grafana'))) {
    const service = Object.entries(environments).find(([part]) => file.includes(part))?.[1];
    const given = compose.services[service ?? '']?.environment ?? {};
    for (const [whole, , name, fallback] of textOf(file).matchAll(/(?<!\$)\$\{(env:)?([A-Z][A-Z0-9_]+)(:-[^}]*)?\}/g)) {
      const known = (name as string) in given || (OF_THE_FILES.has(name as string) && fallback !== undefined);
      assert.ok(known, `${file}: ${whole} is set by nobody`);
    }
  }
});

test('.env.example tells of every variable of docker-compose.yml, and of no other', () => {
  const used = new Set([...textOf('docker-compose.yml').matchAll(/(?<!\$)\$\{([A-Z][A-Z0-9_]+)/g)].map(([, name]) => name as string));
  used.add('COMPOSE_PROFILES'); // Compose's own
  assert.deepEqual([...settings].toSorted(), [...used].toSorted());
});

test('the defaults of .env.example are those of docker-compose.yml', () => {
  const defaults = new Map(
    [...textOf('docker-compose.yml').matchAll(/(?<!\$)\$\{([A-Z][A-Z0-9_]+):-([^}]*)\}/g)].map(([, name, value]) => [name, value]),
  );
  for (const [, name, value] of example.matchAll(/^# ([A-Z][A-Z0-9_]+)=(\S+)$/gm)) {
    if (name?.startsWith('SENTRY_')) continue; // an example, not a default
    if (name === 'COLLECTOR_SCRAPES' || name === 'COLLECTOR_LOG_SCRAPES') continue; // what to set with the profile app
    assert.equal(value, defaults.get(name), name);
  }
  for (const line of example.split('\n'))
    if (/^[A-Z]/.test(line)) assert.match(line, /^[A-Z_]+=$/, 'what is not a comment is empty: no password, no choice made');
});

test('with the profile app every scrape that the collector has is asked for', () => {
  const collector = readYaml<{ receivers: Record<string, unknown> }>('otel-collector.yaml');
  const asked = /^# COLLECTOR_SCRAPES=\[(.*)\]$/m.exec(example)?.[1]?.split(', ');
  assert.deepEqual(
    asked?.toSorted(),
    Object.keys(collector.receivers)
      .filter((name) => name !== 'otlp' && name !== 'nop')
      .toSorted(),
  );
});

interface DataSource {
  readonly uid: string;
  readonly type: string;
  readonly url: string;
  readonly jsonData: Readonly<Record<string, unknown>>;
}
const dataSources = readYaml<{ datasources: readonly DataSource[] }>('stack/grafana/provisioning/datasources/stack.yaml').datasources;

test('the data sources lead to each other, by uids that exist', () => {
  const uids = dataSources.map(({ uid }) => uid);
  assert.deepEqual(uids.toSorted(), ['alertmanager', 'jaeger', 'loki', 'prometheus']);
  const text = textOf('stack/grafana/provisioning/datasources/stack.yaml');
  const named = [...text.matchAll(/(?:datasourceUid|alertmanagerUid): (\w+)/g)].map(([, uid]) => uid);
  assert.deepEqual([...new Set(named)].toSorted(), uids.toSorted(), 'each is led to');
  for (const variable of text.matchAll(/(\$+)\{?__\w+/g))
    assert.equal(variable[1], '$$', `${variable[0]} is for Grafana's pages, not for its start`);
});

test("Grafana's query interval is Prometheus' scrape interval", () => {
  const { scrape_interval } = readYaml<{ global: { scrape_interval: string } }>('stack/prometheus/prometheus.yml').global;
  assert.equal(dataSources.find(({ uid }) => uid === 'prometheus')?.jsonData['timeInterval'], scrape_interval);
});

test('dashboards are read from where they are mounted', () => {
  const [provider] = readYaml<{ providers: readonly { options: { path: string } }[] }>(
    'stack/grafana/provisioning/dashboards/stack.yaml',
  ).providers;
  assert.ok(compose.services['grafana']?.volumes?.includes(`./stack/grafana/dashboards:${provider?.options.path}:ro`));
});

test("Jaeger's Monitor reads the histogram that the collector makes for it, in milliseconds, which its page takes every number for", () => {
  const jaeger = readYaml<{ extensions: { jaeger_storage: { metric_backends: Record<string, { prometheus: Record<string, unknown> }> } } }>(
    'stack/jaeger/jaeger.yaml',
  );
  const { connectors } = readYaml<{ connectors: Record<string, { namespace: string; histogram: { unit: string; explicit?: object } }> }>(
    'otel-collector.yaml',
  );
  const monitor = Object.values(jaeger.extensions.jaeger_storage.metric_backends)[0]?.prometheus;
  const source = Object.values(connectors).find(
    (connector) => connector?.namespace?.replaceAll('.', '_') === monitor?.['metric_namespace'],
  );
  assert.ok(source?.histogram.explicit, 'explicit buckets');
  assert.deepEqual([monitor?.['latency_unit'], source.histogram.unit], ['ms', 'ms']);
  assert.deepEqual([monitor?.['normalize_calls'], monitor?.['normalize_duration']], [true, true]);
  assert.equal(connectors['span_metrics']?.histogram.unit, 's', 'everybody else reads seconds');
  const query = readText('stack/grafana/provisioning/datasources/stack.yaml');
  assert.match(query, /traces_span_metrics_duration_seconds_bucket/);
});

test("Grafana's first page is one of the dashboards", () => {
  const path = /^default_home_dashboard_path = (.*)$/m.exec(readText('stack/grafana/grafana.ini'))?.[1];
  assert.ok(existsSync(join(root, String(path).replace('/var/lib/grafana', 'stack/grafana'))), path);
});
