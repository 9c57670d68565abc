/** Rows of a query -> a table for a terminal, or CSV. */
import type { SqlResult, Value } from '../../viewer/api.ts';
import { plain } from '../paint.ts';
import type { Paint } from '../paint.ts';

const WIDEST = 60;

/** Numbers to the right; what is wider than its share of the terminal is cut. */
export function formatTable({ columns, rows }: SqlResult, paint: Paint, width = 120): string {
  const cells = rows.map((row) => row.map((value) => plain(textOf(value))));
  const widest = Math.max(8, Math.min(WIDEST, columns.length === 1 ? width : width - columns.length * 2));
  const widths = columns.map((name, i) => Math.min(Math.max(name.length, ...cells.map((row) => row[i]!.length), 1), widest));
  const isNumber = columns.map((_, i) => rows.every((row) => row[i] === null || typeof row[i] === 'number'));
  const line = (row: readonly string[]): string =>
    row
      .map((text, i) => {
        const cut = text.length > widths[i]! ? `${text.slice(0, widths[i]! - 1)}…` : text;
        return isNumber[i] === true ? cut.padStart(widths[i]!) : cut.padEnd(widths[i]!);
      })
      .join('  ')
      .trimEnd();
  const count = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  return [paint(line(columns), 'bold'), ...cells.map(line), paint(count, 'grey'), ''].join('\n');
}

/** RFC 4180, with a line of names. */
export function formatCsv({ columns, rows }: SqlResult): string {
  const quote = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns, ...rows.map((row) => row.map(textOf))].map((row) => `${row.map(quote).join(',')}\r\n`).join('');
}

function textOf(value: Value | undefined): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'number' && !Number.isInteger(value) ? String(Math.round(value * 1000) / 1000) : String(value);
}
