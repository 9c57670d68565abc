/** The rule files of Prometheus and Loki -> a list of their rules, and the table of docs/runbooks. */

import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');

export interface RuleQuery {
  /** From the root of the repository. */
  readonly file: string;
  readonly group: string;
  /** Of the alert, or of the series that is recorded. */
  readonly name: string;
  readonly expr: string;
  readonly kind: 'alert' | 'record';
  readonly language: 'promql' | 'logql';
}

export interface Alert extends RuleQuery {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface RuleFile {
  readonly groups: readonly {
    readonly name: string;
    readonly rules: readonly {
      readonly alert?: string;
      readonly record?: string;
      readonly expr: string | number;
      readonly labels?: Record<string, string>;
      readonly annotations?: Record<string, string>;
    }[];
  }[];
}

const places = [
  { pattern: 'stack/prometheus/rules/*.yml', language: 'promql' },
  { pattern: 'stack/loki/rules/fake/*.yaml', language: 'logql' },
] as const;

/** Every rule with its labels and annotations; those that are recorded have none. An alert in two degrees is there twice. */
export function readRules(): readonly Alert[] {
  return places.flatMap(({ pattern, language }) =>
    globSync(pattern, { cwd: root })
      .sort()
      .flatMap((file) =>
        (parse(readFileSync(join(root, file), 'utf8')) as RuleFile).groups.flatMap(({ name: group, rules }) =>
          rules.map(({ alert, record, expr, labels = {}, annotations = {} }) => ({
            file,
            group,
            name: alert ?? record ?? '',
            expr: String(expr),
            kind: alert === undefined ? ('record' as const) : ('alert' as const),
            language,
            labels,
            annotations,
          })),
        ),
      ),
  );
}

/** What a server can be asked: each rule's expression, none with variables in it. */
export function ruleQueries(): readonly RuleQuery[] {
  return readRules().map(({ file, group, name, expr, kind, language }) => ({ file, group, name, expr, kind, language }));
}

/** The rules that alert, by name, in the order of the files. */
export function readAlerts(): ReadonlyMap<string, readonly Alert[]> {
  return Map.groupBy(
    readRules().filter(({ kind }) => kind === 'alert'),
    ({ name }) => name,
  );
}

/** The headings of every runbook, in this order. */
export const runbookHeadings = ['What it means', 'What users feel', 'First look', 'Usual causes', 'What to do', 'When it is over'] as const;

export const runbookPath = (alert: string): string => `docs/runbooks/${alert}.md`;

/** The sections of a runbook by their headings. */
export function parseRunbook(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n')).trim()]),
  );
}

/** The table of all alerts: name, severity, and the first paragraph of its runbook, which says the expression in words. */
export function formatAlertTable(): string {
  const rows = [...readAlerts()].map(([name, degrees]) => {
    const meaning = parseRunbook(readFileSync(join(root, runbookPath(name)), 'utf8')).get('What it means') ?? '';
    const severity = degrees.map(({ labels }) => labels['severity']).join(', ');
    return `| [${name}](${name}.md) | ${severity} | ${meaning.split('\n\n')[0]?.replaceAll('\n', ' ')} |`;
  });
  return ['| alert | severity | fires when |', '|---|---|---|', ...rows].join('\n');
}
