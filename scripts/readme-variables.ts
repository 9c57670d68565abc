/**
 * The table of variables -> the table in README.md, between its markers.
 * `node scripts/readme-variables.ts` prints it; `--write` puts it into the README.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { VARIABLE_TABLE, type Variable } from '../src/config/variables.ts';

export const START_MARKER: string = '<!-- variables:start -->';
export const END_MARKER: string = '<!-- variables:end -->';

/** Markdown, one row for each variable; the per-signal forms are told by a mark. */
export function formatVariableTable(table: readonly Variable[] = VARIABLE_TABLE): string {
  const rows = table.map((row) => {
    const name = `\`${row.name}\`${row.perSignal ? ' *' : ''}`;
    const fallback = row.general === undefined ? '' : ` Falls back to \`${row.general}\`.`;
    return formatRow([name, formatTakes(row), row.default === undefined ? '' : `\`${String(row.default)}\``, row.meaning + fallback]);
  });
  return [
    formatRow(['Variable', 'Takes', 'Default', 'Meaning']),
    formatRow(['---', '---', '---', '---']),
    ...rows,
    '',
    '\\* also for one signal, which wins: `OTEL_EXPORTER_OTLP_TRACES_...`, `OTEL_EXPORTER_OTLP_METRICS_...`, `OTEL_EXPORTER_OTLP_LOGS_...`.',
  ].join('\n');
}

/**
 * The text with what stands between the markers replaced.
 * @throws Error when a marker is missing or they stand in the wrong order.
 */
export function replaceVariableTable(readme: string, table: string): string {
  const start = readme.indexOf(START_MARKER);
  const end = readme.indexOf(END_MARKER);
  if (start === -1 || end < start) {
    throw new Error(
      `README.md lacks the line ${START_MARKER} or, after it, the line ${END_MARKER}. Add both around the place of the table.`,
    );
  }
  return `${readme.slice(0, start + START_MARKER.length)}\n${table}\n${readme.slice(end)}`;
}

function formatRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function formatTakes({ kind, unit, choices = [], min, max }: Variable): string {
  switch (kind) {
    case 'boolean':
      return '`true` or `false`';
    case 'integer':
      return unit === 'ms' ? 'milliseconds' : max === 65_535 ? `port, ${min} to ${max}` : 'whole number';
    case 'ratio':
      return '0 to 1';
    case 'choice':
      return `one of ${formatWords(choices)}`;
    case 'choices':
      return `some of ${formatWords(choices)}`;
    case 'attributes':
    case 'headers':
      return 'pairs';
    case 'url':
      return 'URL';
    case 'pattern':
      return 'what the option takes';
    default:
      return kind;
  }
}

function formatWords(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
}

if (import.meta.main) {
  if (process.argv.includes('--write')) {
    const path = new URL('../README.md', import.meta.url);
    writeFileSync(path, replaceVariableTable(readFileSync(path, 'utf8'), formatVariableTable()));
  } else {
    console.log(formatVariableTable());
  }
}
