/** README.md, the table of variables and what the resolver reads say the same. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { END_MARKER, formatVariableTable, replaceVariableTable, START_MARKER } from '../../scripts/readme-variables.ts';
import { VARIABLE_TABLE, VARIABLES } from '../../src/config/variables.ts';

const source = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('the variables of README.md are those of the table (mend with `node scripts/readme-variables.ts --write`)', () => {
  const readme = source('README.md');
  assert.equal(readme, replaceVariableTable(readme, formatVariableTable()));
});

test('each variable has one row in the generated table', () => {
  const table = formatVariableTable();
  for (const { name } of VARIABLE_TABLE) assert.equal(table.split('\n').filter((line) => line.startsWith(`| \`${name}\``)).length, 1, name);
  assert.equal(new Set(VARIABLE_TABLE.map(({ name }) => name)).size, VARIABLE_TABLE.length);
});

test('a README without markers is told what it lacks', () => {
  assert.throws(() => replaceVariableTable('# otelier', ''), /variables:start.*variables:end/);
  assert.throws(() => replaceVariableTable(`${END_MARKER}\n${START_MARKER}`, ''), /variables:start/);
});

test('the variables that the config room names in its code are those of the table', () => {
  const code = ['resolve.ts', 'otlp-target.ts', 'instrumentation-options.ts'].map((file) => source(`src/config/${file}`)).join('\n');
  const named = new Set([...code.matchAll(/'(OTEL(?:IER)?_[A-Z0-9_]+)'/g)].map(([, name]) => name!));
  for (const prefix of ['OTEL_BSP', 'OTEL_BLRP']) {
    named.delete(prefix);
    for (const [, rest] of code.matchAll(/`\$\{prefix\}(_[A-Z_]+)`/g)) named.add(prefix + rest!);
  }
  // Read by way of the narrower limits that fall back to them, or only a pattern.
  const indirect = VARIABLE_TABLE.filter(
    ({ name, kind }) => kind === 'pattern' || VARIABLE_TABLE.some(({ general }) => general === name),
  ).map(({ name }) => name);
  assert.deepEqual([...named, ...indirect].sort(), VARIABLE_TABLE.map(({ name }) => name).sort());
  for (const name of named) assert.ok(VARIABLES.has(name), name);
});
