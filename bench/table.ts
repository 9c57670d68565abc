/** Results -> Markdown. */
import type { Row } from './row.ts';
import type { Spread } from './statistics.ts';
import { labelOf } from './variants.ts';

const head = ['what', 'preload', 'median', 'added (range)', 'x bare (range)', 'of upstream', 'RSS MB', 'added MB (range)', 'seen'];
/** Text on the left, figures on the right. */
const leftColumns = new Set([0, 1, 8]);

export function formatRows(rows: readonly Row[]): string {
  return formatTable(
    head,
    rows.map((row) => [
      row.what,
      labelOf(row.variant),
      `${figure(row.value.median)} ${row.unit}`,
      row.added ? formatSpread(row.added, signed) : '',
      row.ratio ? formatSpread(row.ratio, (value) => value.toFixed(2)) : '',
      formatPart(row.ofUpstream),
      row.rssMb ? row.rssMb.median.toFixed(0) : '',
      row.addedRssMb ? formatSpread(row.addedRssMb, signed) : '',
      row.seen,
    ]),
    leftColumns,
  );
}

/** Cells are padded, so that the table can be read as it is. */
export function formatTable(titles: readonly string[], body: readonly (readonly string[])[], left: ReadonlySet<number>): string {
  const widths = titles.map((title, column) => Math.max(title.length, 3, ...body.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (left.has(column) ? (cells[column] ?? '').padEnd(width) : (cells[column] ?? '').padStart(width))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (left.has(column) ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(titles), rule, ...body.map(line)].join('\n');
}

function formatSpread(spread: Spread, format: (value: number) => string): string {
  if (Number.isNaN(spread.median)) return 'no bare';
  if (spread.min === spread.max) return format(spread.median);
  return `${format(spread.median)} (${format(spread.min)}..${format(spread.max)})`;
}

/** A part of what upstream adds: 1/12, or 0.7 when it is more than a half. */
export function formatPart(part: number | undefined): string {
  if (part === undefined || Number.isNaN(part)) return '';
  if (part <= 0) return 'below noise';
  return part > 0.5 ? part.toFixed(2) : `1/${(1 / part).toFixed(0)}`;
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${figure(value)}`;
}

function figure(value: number): string {
  return value.toFixed(value > -10 && value < 10 ? 1 : 0);
}
