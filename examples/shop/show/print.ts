/** Lines to the terminal: as wide as it is, coloured only when it is one. */

import type { Paint, Piece } from './text.ts';
import { createPaint, layPieces } from './text.ts';

export const paint: Paint = createPaint(process.stdout.isTTY === true && !process.env.NO_COLOR);

export function layout(): { readonly width: number; readonly paint: Paint } {
  return { width: Math.min(Math.max(process.stdout.columns || 100, 60), 160), paint };
}

export function print(...lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** One line, cut to the terminal's width. */
export function say(pieces: readonly Piece[]): void {
  print(layPieces(pieces, layout().width, paint).trimEnd());
}

export function heading(text: string): void {
  print('');
  say([{ text, colour: 'bold' }]);
  print('');
}

/** Names, addresses and what they are, in three columns. */
export function sayTable(rows: readonly (readonly [name: string, address: string, what: string])[]): void {
  const width = Math.max(...rows.map(([, address]) => address.length)) + 2;
  for (const [name, address, what] of rows) say([{ text: `  ${name.padEnd(12)}${address.padEnd(width)}` }, { text: what, colour: 'dim' }]);
}

/** One line that changes: written over on a terminal, else printed anew now and then. */
export function createStatusLine(everyMs: number): (text: string) => void {
  let shown = '';
  let printedAtMs = 0;
  return (text) => {
    if (text === shown) return;
    if (process.stdout.isTTY === true) {
      process.stdout.write(`\r${layPieces([{ text }], layout().width - 1, paint)}`);
    } else {
      if (Date.now() - printedAtMs < everyMs) return;
      printedAtMs = Date.now();
      print(text);
    }
    shown = text;
  };
}
