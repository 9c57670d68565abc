/** Alerts and runbooks say the same: one page each, the same headings, queries that parse, alerts that exist, an index that is up to date. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { replaceAlertTable } from '../../scripts/runbook-index.ts';
import { formatAlertTable, parseRunbook, readAlerts, readRules, ruleQueries, runbookHeadings, runbookPath } from '../../stack/alerts.ts';
import { checkQuery } from '../../stack/grammar.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const alerts = readAlerts();
const runbooks = globSync('docs/runbooks/*.md', { cwd: root })
  .filter((path) => basename(path) !== 'README.md')
  .map((path) => ({ name: basename(path, '.md'), path, text: read(path) }));

test('every alert has a runbook, every runbook an alert', () => {
  assert.deepEqual(runbooks.map(({ name }) => name).sort(), [...alerts.keys()].sort());
  for (const { name, annotations } of [...alerts.values()].flat()) assert.equal(annotations['runbook'], runbookPath(name), name);
});

test('every alert says how bad it is, what has happened, and where to look', () => {
  for (const { name, labels, annotations } of [...alerts.values()].flat()) {
    assert.match(labels['severity'] ?? '', /^(critical|warning|info)$/, name);
    for (const key of ['summary', 'description', 'dashboard']) assert.ok(annotations[key], `${name}: ${key}`);
    assert.doesNotMatch(annotations['summary'] ?? '', /\.$/, name);
  }
});

test('an alert in two degrees is critical in the second', () => {
  for (const [name, degrees] of alerts)
    if (degrees.length > 1)
      assert.deepEqual(
        degrees.map(({ labels }) => labels['severity']),
        ['warning', 'critical'],
        name,
      );
});

test('runbooks have the same headings, each with something under it', () => {
  for (const { name, text } of runbooks) {
    assert.ok(text.startsWith(`# ${name}\n`), name);
    const sections = parseRunbook(text);
    assert.deepEqual([...sections.keys()], [...runbookHeadings], name);
    for (const [heading, section] of sections) assert.match(section, /\w/, `${name}: ${heading}`);
  }
});

/** What is typed into a shell or a database, not into Prometheus or Loki. */
const otherLanguages = /^(docker|curl|du|ps|top|dmesg|select|redis-cli|psql|pg_isready|npm|timedatectl|node)\b/;
const queriesOf = (text: string): readonly string[] =>
  [...(parseRunbook(text).get('First look') ?? '').matchAll(/`([^`]+)`/g)]
    .map(([, code = '']) => code)
    .filter((code) => /[{([]/.test(code) && !otherLanguages.test(code));

test('what runbooks ask of Prometheus and Loki parses', () => {
  const queries = runbooks.flatMap(({ name, text }) => queriesOf(text).map((query) => ({ name, query })));
  assert.ok(queries.length > 50);
  const broken = queries.filter(({ query }) => checkQuery('promql', query).length > 0 && checkQuery('logql', query).length > 0);
  assert.deepEqual(broken, []);
  assert.equal(queriesOf('## First look\n\n- `sum by (a) (b{c="d"})`\n- `docker compose ps (x)`\n').length, 1);
});

test('recorded series and alerts that runbooks and rules name exist', () => {
  const rules = readRules();
  const recorded = new Set(rules.filter(({ kind }) => kind === 'record').map(({ name }) => name));
  const texts = [...runbooks.map(({ path, text }) => ({ path, text })), ...rules.map(({ file, expr }) => ({ path: file, text: expr }))];
  const series = texts.flatMap(({ path, text }) =>
    [...text.matchAll(/\b(?:service|service_peer|service_db|instance):\w+:\w+/g)].map(([name]) => ({ path, name })),
  );
  assert.ok(series.length > 60);
  assert.deepEqual(
    series.filter(({ name }) => !recorded.has(name)),
    [],
  );
  // Written like alerts, in plain text; names of other things that look so.
  const others = new Set(['DatabaseError', 'OpenTelemetry']);
  const named = runbooks.flatMap(({ name, text }) =>
    [...text.replaceAll(/`[^`]*`/g, '').matchAll(/\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b/g)].map(([word]) => ({ name, word })),
  );
  assert.ok(named.length > 50);
  assert.deepEqual(
    named.filter(({ word }) => !alerts.has(word) && !others.has(word)),
    [],
  );
});

test('the index of runbooks is up to date (mend with `node scripts/runbook-index.ts --write`)', () => {
  const page = read('docs/runbooks/README.md');
  assert.equal(page, replaceAlertTable(page, formatAlertTable()));
  assert.throws(() => replaceAlertTable('# Runbooks', ''), /alerts:start/);
});

test('the rules can be listed for a server', () => {
  const queries = ruleQueries();
  assert.equal(new Set(queries.map(({ kind, language }) => `${kind} ${language}`)).size, 3);
  for (const { expr, name } of queries) assert.doesNotMatch(expr, /\$(?:\{|[a-z_])/, `${name}: a variable`);
});
