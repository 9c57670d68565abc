/** The catalogue against the packages it lists: an upgrade that adds, drops, renames or retargets an instrumentation fails here. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { catalogue, type CatalogueEntry } from '../../src/instrument/catalogue.ts';
import { instrumentationOptions } from '../../src/instrument/options.ts';

const require = createRequire(import.meta.url);
const autoUrl = require.resolve('@opentelemetry/auto-instrumentations-node');
const requireFromAuto = createRequire(autoUrl);

const PREFIX = '@opentelemetry/instrumentation-';
const OWN = ['bunyan', 'console', 'pino', 'runtime-node', 'undici', 'winston'];
/** What upstream's definitions do not say: fastify's patches nothing and listens on a channel; our routes of express 5 are those of its `router`. */
const MORE_TARGETS: Readonly<Record<string, readonly string[]>> = { fastify: ['fastify'], express: ['express', 'router'] };

const byName = (name: string): CatalogueEntry => {
  const entry = catalogue.find((candidate) => candidate.name === name);
  assert.ok(entry, `${name} is in the catalogue`);
  return entry;
};
const others = catalogue.filter((entry) => !OWN.includes(entry.name));
const load = (entry: CatalogueEntry) => requireFromAuto(entry.package)[entry.exportName];
const upstreamCode = readFileSync(autoUrl.replace(/index\.\w+$/, 'utils.cjs'), 'utf8');
const sorted = (values: Iterable<string>) => [...values].sort();

function upstreamMap(): string[] {
  const body = /const InstrumentationMap = \{(.*?)\n\};/s.exec(upstreamCode)?.[1];
  assert.ok(body, 'the instrumentation map is found in the built code');
  return [...body.matchAll(/^\s*"([^"]+)":/gm)].map((match) => match[1] as string);
}

test('the catalogue holds every upstream instrumentation under its short name, and fastify and console', () => {
  const upstream = upstreamMap().map((name) => name.slice(PREFIX.length));
  assert.deepEqual(sorted(catalogue.map((entry) => entry.name)), sorted([...upstream, 'fastify', 'console']));
});

test('the upstream map and the upstream dependencies name the same packages', () => {
  const { dependencies } = JSON.parse(readFileSync(requireFromAuto.resolve('../package.json'), 'utf8')) as { dependencies: object };
  const packages = Object.keys(dependencies).filter((name) => name.startsWith(PREFIX));
  assert.deepEqual(sorted(upstreamMap()), sorted(packages));
});

test('the packages are the upstream ones, apart from fastify and our own', () => {
  const theirs = others.map((entry) => entry.package).filter((name) => name.startsWith(PREFIX));
  assert.deepEqual(sorted([...theirs, ...OWN.filter((name) => name !== 'console').map((name) => PREFIX + name)]), sorted(upstreamMap()));
  assert.equal(byName('fastify').package, '@fastify/otel');
  for (const name of OWN) assert.deepEqual([byName(name).package, byName(name).exportName], ['otelier', '']);
});

test('the table is in alphabetical order, each name once', () => {
  const names = catalogue.map((entry) => entry.name);
  assert.deepEqual(names, sorted(new Set(names)));
});

for (const entry of others) {
  test(`${entry.name} waits for the modules that ${entry.exportName} defines`, () => {
    const Instrumentation = load(entry);
    assert.equal(typeof Instrumentation, 'function', `${entry.package} exports ${entry.exportName}`);
    const definitions: { name: string }[] = new Instrumentation({ enabled: false }).getModuleDefinitions();
    const targets = sorted(new Set(definitions.map((definition) => definition.name)));
    assert.deepEqual(sorted(entry.targets), MORE_TARGETS[entry.name] ?? targets);
  });
}

test('our own wait for the modules that the upstream ones define', () => {
  for (const [name, exportName] of [
    ['bunyan', 'BunyanInstrumentation'],
    ['pino', 'PinoInstrumentation'],
    ['undici', 'UndiciInstrumentation'],
    ['winston', 'WinstonInstrumentation'],
  ] as const) {
    const Instrumentation = requireFromAuto(PREFIX + name)[exportName];
    const definitions: { name: string }[] = new Instrumentation({ enabled: false }).getModuleDefinitions();
    assert.deepEqual(byName(name).targets, sorted(new Set(definitions.map((definition) => definition.name))));
  }
});

test('what upstream leaves out by default is off here too', () => {
  const list = /const defaultExcludedInstrumentations = \[(.*?)\]/s.exec(upstreamCode)?.[1];
  assert.ok(list, 'the list is found in the built code');
  const excluded = [...list.matchAll(/"@opentelemetry\/instrumentation-([^"]+)"/g)].map((match) => match[1] as string);
  assert.ok(excluded.length > 0);
  for (const name of excluded) assert.equal(byName(name).default, 'off', name);
});

test('the options given in quiet mode and in every mode exist', () => {
  for (const entry of catalogue) {
    for (const option of Object.keys({ ...entry.always, ...entry.quiet })) {
      assert.ok(option in (instrumentationOptions[entry.name] ?? {}), `${entry.name} has an option ${option}`);
    }
  }
});

test('an instrumentation accepts the options of its row', () => {
  for (const entry of others) {
    const Instrumentation = load(entry);
    const options = { ...entry.always, ...entry.quiet };
    const config = new Instrumentation({ ...options, enabled: false }).getConfig();
    assert.partialDeepStrictEqual(config, options, entry.name);
  }
});

test('aws-lambda has something to patch only with the variables it needs', () => {
  const entry = byName('aws-lambda');
  const script = `
    const { AwsLambdaInstrumentation } = require(${JSON.stringify(requireFromAuto.resolve(entry.package))});
    console.log(new AwsLambdaInstrumentation({ enabled: false }).getModuleDefinitions().length);`;
  const countWith = (env: Record<string, string>) => Number(execFileSync(process.execPath, ['-e', script], { env, encoding: 'utf8' }));
  const all = Object.fromEntries(entry.needs.map((name) => [name, name === '_HANDLER' ? 'index.handler' : '/var/task']));
  assert.equal(countWith(all), 1);
  for (const missing of entry.needs) {
    assert.equal(countWith(Object.fromEntries(Object.entries(all).filter(([name]) => name !== missing))), 0, `without ${missing}`);
  }
});

test('the span names taken for inner steps are connections and round trips, never queries', () => {
  const table: Record<string, { inner: string[]; own: string[] }> = {
    ioredis: { inner: ['connect'], own: ['get', 'multi'] },
    oracledb: {
      inner: [
        'oracledb.ExecuteMessage',
        'oracledb.FastAuthMessage',
        'oracledb.getConnection',
        'oracledb.Pool.getConnection',
        'oracledb.Connection.close',
      ],
      own: ['oracledb.Connection.execute', 'oracledb.Connection.executeMany', 'oracledb.Connection.commit'],
    },
    pg: { inner: ['pg.connect', 'pg-pool.connect'], own: ['pg.query:SELECT shop'] },
    redis: { inner: ['redis-connect'], own: ['redis-GET', 'redis-get'] },
  };
  assert.deepEqual(sorted(Object.keys(table)), sorted(catalogue.filter((entry) => entry.inner).map((entry) => entry.name)));
  for (const [name, { inner, own }] of Object.entries(table)) {
    for (const span of inner) assert.match(span, byName(name).inner as RegExp);
    for (const span of own) assert.doesNotMatch(span, byName(name).inner as RegExp);
  }
});
