/** PromQL and LogQL -> what is wrong with them, and which metrics they read. Grammar only: whether a name exists, only a server knows. */

import { parser as logql } from '@grafana/lezer-logql';
import { parser as promql } from '@prometheus-io/lezer-promql';

export type Language = 'promql' | 'logql';

/** Where the grammar breaks, in words; empty when it does not. */
export function checkQuery(language: Language, expr: string): readonly string[] {
  const problems: string[] = [];
  if (expr.trim() === '') return ['the query is empty'];
  const parser = language === 'promql' ? promql : logql;
  parser.parse(expr).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) problems.push(`${language} breaks at character ${from}: ${describe(expr, from, to)}`);
    },
  });
  return problems;
}

/** The names of all metrics that a PromQL query reads, those of `__name__` matchers included. */
export function metricsOf(expr: string): readonly string[] {
  const names = new Set<string>();
  promql.parse(expr).iterate({
    enter: ({ name, node }) => {
      if (name !== 'VectorSelector') return;
      const identifier = node.getChild('Identifier');
      if (identifier) names.add(expr.slice(identifier.from, identifier.to));
      for (const matcher of node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [])
        for (const metric of namesOfMatcher(expr.slice(matcher.from, matcher.to))) names.add(metric);
    },
  });
  return [...names];
}

/** Whether a LogQL query gives numbers; otherwise it gives lines. */
export function isMetricQuery(expr: string): boolean {
  return logql.parse(expr).topNode.getChild('Expr')?.getChild('MetricExpr') != null;
}

/** `__name__=~"a|b"` -> a, b. */
function namesOfMatcher(matcher: string): readonly string[] {
  const [, names] = /^__name__\s*=~?\s*["']([\w:|]+)["']$/u.exec(matcher) ?? [];
  return names?.split('|') ?? [];
}

function describe(expr: string, from: number, to: number): string {
  const here = expr.slice(from, Math.max(to, from + 1));
  const before = expr.slice(Math.max(0, from - 40), from);
  return here === '' ? `it ends after "${before}"` : `"${here}" after "${before}"`;
}
