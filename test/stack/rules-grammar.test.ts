/** Every expression of the rules and of docs/logql.md parses; alerts name dashboards that exist. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { describe, test } from 'node:test';
import { DASHBOARDS } from '../../stack/dashboards/all.ts';
import { checkQuery, isMetricQuery, type Language } from '../../stack/grammar.ts';
import { cookbookQueries } from '../../stack/logql-cookbook.ts';
import { readYaml, root } from './files.ts';

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly annotations?: Readonly<Record<string, string>>;
}
interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly Rule[] }[];
}

const KINDS: readonly { readonly language: Language; readonly files: string }[] = [
  { language: 'promql', files: 'stack/prometheus/rules/*.{yml,yaml}' },
  { language: 'logql', files: 'stack/loki/rules/*/*.{yml,yaml}' },
];

for (const { language, files } of KINDS)
  describe(files, () => {
    const paths = globSync(files, { cwd: root }).toSorted();
    const rules = paths.flatMap((file) =>
      readYaml<RuleFile>(file).groups.flatMap((group) => group.rules.map((rule) => ({ file, ...rule }))),
    );

    test('there are rules', () => {
      assert.ok(rules.length > 0);
    });

    test('each expression parses, and those over logs give numbers', () => {
      const broken = rules.flatMap(({ file, alert, record, expr }) =>
        checkQuery(language, expr)
          .concat(language === 'logql' && !isMetricQuery(expr) ? ['it gives lines, not numbers'] : [])
          .map((problem) => `${file}, ${alert ?? record}: ${problem}`),
      );
      assert.deepEqual(broken, []);
    });

    test('each alert leads to a dashboard that exists', () => {
      const uids = new Set(DASHBOARDS.map(({ uid }) => uid));
      const lost = rules.filter(({ alert, annotations }) => alert !== undefined && !uids.has(String(annotations?.['dashboard'])));
      assert.deepEqual(
        lost.map(({ alert, annotations }) => `${alert}: ${annotations?.['dashboard']}`),
        [],
      );
    });
  });

describe('docs/logql.md', () => {
  const recipes = cookbookQueries();

  test('each recipe parses and says what it is for', () => {
    assert.ok(recipes.length > 20);
    for (const { panel, expr } of recipes) assert.deepEqual(checkQuery('logql', expr), [], `${panel}: ${expr}`);
    for (const { panel, expr } of recipes) assert.match(panel, /\w/, expr);
  });

  test('lines and numbers are told apart', () => {
    assert.ok(isMetricQuery('sum(rate({a="b"}[1m]))'));
    assert.ok(!isMetricQuery('{a="b"} |= "c"'));
  });
});
