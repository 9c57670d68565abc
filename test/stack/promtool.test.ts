/** The rules of Prometheus: promtool takes them and runs their unit tests; each alert has some, and of both kinds. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { readAlerts } from '../../stack/alerts.ts';
import { findProgram } from '../../stack/run/programs.ts';
import { readYaml, root } from './files.ts';

interface UnitTests {
  readonly rule_files: readonly string[];
  readonly tests: readonly {
    readonly name: string;
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}

const rules = globSync('stack/prometheus/rules/*.yml', { cwd: root }).toSorted();
const files = globSync('stack/prometheus/tests/*.yml', { cwd: root }).toSorted();
const expectations = files.flatMap((file) => readYaml<UnitTests>(file).tests.flatMap(({ alert_rule_test }) => alert_rule_test));

const promtool = await findProgram('promtool');
const skip =
  promtool === undefined &&
  'there is no promtool: `npm run stack -- --build` makes one where Go is, `apt-get install prometheus` brings one on Debian';

function runPromtool(...args: readonly string[]): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((resolve) => {
    execFile(promtool?.path ?? 'promtool', args, { cwd: root, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
}

describe('rules of Prometheus', () => {
  test('each alert has a unit test in which it fires and one in which it does not', () => {
    const names = [...readAlerts()].filter(([, [first]]) => first?.language === 'promql').map(([name]) => name);
    assert.ok(names.length > 30);
    const has = (name: string, fires: boolean): boolean =>
      expectations.some(({ alertname, exp_alerts }) => alertname === name && exp_alerts.length > 0 === fires);
    assert.deepEqual(
      names.filter((name) => !has(name, true)),
      [],
    );
    // The watchdog fires whatever is.
    assert.deepEqual(
      names.filter((name) => !has(name, false)),
      ['Watchdog'],
    );
    assert.deepEqual(
      expectations.map(({ alertname }) => alertname).filter((name) => !names.includes(name)),
      [],
    );
  });

  test('promtool takes them', { skip }, async () => {
    const { code, output } = await runPromtool('check', 'rules', ...rules);
    assert.equal(code, 0, output);
  });

  for (const file of files)
    test(`unit tests of ${basename(file)}`, { skip }, async () => {
      const { code, output } = await runPromtool('test', 'rules', file);
      assert.equal(code, 0, output);
    });

  test('a test that expects what does not come fails', { skip }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'otelier-promtool-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'wrong.yml');
    writeFileSync(
      path,
      `rule_files: [${join(root, 'stack/prometheus/rules/telemetry.yml')}]\ntests: [{alert_rule_test: [{eval_time: 1m, alertname: Watchdog, exp_alerts: []}]}]\n`,
    );
    const { code, output } = await runPromtool('test', 'rules', path);
    assert.notEqual(code, 0);
    assert.match(output, /Watchdog/);
  });
});
