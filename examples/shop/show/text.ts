/** Plain text for one terminal line: cut and padded to a width, and coloured only when asked. Every character is taken to be one column wide. */

import { stripVTControlCharacters } from 'node:util';

export type Colour = 'red' | 'green' | 'yellow' | 'blue' | 'magenta' | 'cyan' | 'dim' | 'bold';
export type Paint = (colour: Colour, text: string) => string;

const codes: Readonly<Record<Colour, readonly [number, number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
};

/** The painter of a terminal, or one that leaves text as it is. */
export function createPaint(enabled: boolean): Paint {
  if (!enabled) return (_colour, text) => text;
  return (colour, text) => (text === '' ? '' : `\x1b[${codes[colour][0]}m${text}\x1b[${codes[colour][1]}m`);
}

/** One line without control characters: what an app logged or queried may hold line breaks and colours of its own. */
export function flatten(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** At most `width` columns; what is cut off shows as an ellipsis. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text;
  return width <= 0 ? '' : `${text.slice(0, width - 1).trimEnd()}…`;
}

/** One piece of a line, with its colour. */
export interface Piece {
  readonly text: string;
  readonly colour?: Colour | undefined;
}

/** The pieces side by side, cut and filled up to exactly `width` columns; colours take no room. */
export function layPieces(pieces: readonly Piece[], width: number, paint: Paint): string {
  let room = width;
  let line = '';
  for (const { text, colour } of pieces) {
    if (room <= 0) break;
    const shown = cut(text, room);
    line += colour === undefined ? shown : paint(colour, shown);
    room -= shown.length;
    if (shown.length < text.length) break;
  }
  return line + ' '.repeat(Math.max(0, room));
}
