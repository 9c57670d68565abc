/** The rows of a run -> the text on stdout, docs/performance.md and the JSON file. */
import { cpus, totalmem } from 'node:os';
import { appPackages } from './install.ts';
import { checkGoals } from './goals.ts';
import { fairnessNotes } from './notes.ts';
import type { Row } from './row.ts';
import { formatRows, formatTable } from './table.ts';
import { labelOf, variantOf } from './variants.ts';

export interface Absent {
  readonly name: string;
  readonly reason: string;
}

export interface Run {
  readonly date: string;
  readonly rows: readonly Row[];
  readonly variants: readonly string[];
  /** What could not be measured, and why. */
  readonly absent: readonly Absent[];
  readonly notes: readonly string[];
}

export function describeMachine(): string {
  const [first] = cpus();
  return `${first?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform} ${process.arch}, Node.js ${process.versions.node}`;
}

export function formatRun(run: Run): string {
  return [formatRows(run.rows), formatGoals(run.rows), formatAbsent(run.absent), formatList([describeMachine(), ...run.notes])]
    .filter((part) => part !== '')
    .join('\n\n');
}

export function formatGoals(rows: readonly Row[]): string {
  const verdicts = checkGoals(rows);
  if (verdicts.length === 0) return '';
  const cells = verdicts.map(({ goal, variant, value, verdict }) => [goal, variant, value, verdict]);
  return formatTable(['goal', 'preload', 'here', ''], cells, new Set([0, 1, 3]));
}

function formatAbsent(absent: readonly Absent[]): string {
  return absent.length === 0 ? '' : `Not measured:\n\n${formatList(absent.map(({ name, reason }) => `${labelOf(name)}: ${reason}`))}`;
}

function formatList(items: readonly string[]): string {
  return items.map((item) => `- ${item.replaceAll('\n', ' ')}`).join('\n');
}

const titles: Readonly<Record<string, string>> = {
  startup: 'Start-up',
  http: 'node:http, saturated',
  express: 'express with one winston line per request, saturated',
  sampled: 'The unsampled path',
  fastify: 'fastify with one outgoing fetch per request, saturated',
  pg: 'express with one query per request, saturated',
  latency: 'Tail latency at a fixed rate',
  size: 'Installed size',
};

/** docs/performance.md, whole. */
export function formatPage(run: Run): string {
  const sections = Object.entries(titles).flatMap(([section, title]) => {
    const rows = run.rows.filter((row) => row.section === section);
    return rows.length === 0 ? [] : [`## ${title}`, formatRows(rows)];
  });
  return `${[
    '# Performance',
    `Measured on ${run.date} by \`npm run bench -- --full --write\`, which writes this page. ${describeMachine()}.`,
    '## Goals',
    formatGoals(run.rows),
    ...sections,
    '## How it was measured',
    formatList(run.notes),
    '## What is not like for like',
    formatList(fairnessNotes),
    ...(run.absent.length === 0
      ? []
      : ['## What could not be measured', formatList(run.absent.map(({ name, reason }) => `${labelOf(name)}: ${reason}`))]),
    '## Versions',
    formatList([`the apps: ${formatPackages(appPackages())}`, ...run.variants.flatMap(describePackages)]),
  ].join('\n\n')}\n`;
}

function describePackages(name: string): readonly string[] {
  const { packages } = variantOf(name);
  return packages === undefined ? [] : [`${labelOf(name)}: ${formatPackages(packages)}`];
}

function formatPackages(packages: Readonly<Record<string, string>>): string {
  return Object.entries(packages)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}
