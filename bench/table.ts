/** Samples -> medians -> one Markdown table. */

export interface Row {
  readonly app: string;
  readonly variant: string;
  readonly ms: number;
  readonly addedMs: number;
  /** To bare, within each round. */
  readonly ratio: number;
  /** Added time as a part of what upstream adds, within each round. */
  readonly ofUpstream: number | undefined;
  readonly rssMb: number;
  readonly addedRssMb: number;
  readonly files: number | undefined;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

export function formatTable(rows: readonly Row[]): string {
  const head = ['app', 'preload', 'ms', 'added ms', 'x bare', 'of upstream', 'RSS MB', 'added MB', 'files before the app'];
  const body = rows.map((row) => [
    row.app,
    row.variant,
    row.ms.toFixed(0),
    row.variant === 'bare' ? '' : signed(row.addedMs),
    row.ratio.toFixed(2),
    formatPart(row.ofUpstream),
    row.rssMb.toFixed(0),
    row.variant === 'bare' ? '' : signed(row.addedRssMb),
    row.files === undefined ? 'no strace' : String(row.files),
  ]);
  const widths = head.map((title, column) => Math.max(...[head, ...body].map((cells) => cells[column]?.length ?? 0), title.length));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `|${widths.map((width, column) => (column < 2 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(head), rule, ...body.map(line)].join('\n');
}

function formatPart(part: number | undefined): string {
  if (part === undefined) return '';
  if (part <= 0) return 'below noise';
  return part > 0.5 ? part.toFixed(2) : `1/${(1 / part).toFixed(0)}`;
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(value > -10 && value < 10 ? 1 : 0)}`;
}
