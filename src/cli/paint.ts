/** Text with colours, where a person looks at a terminal. https://no-color.org */

export type Colour = 'red' | 'yellow' | 'green' | 'blue' | 'magenta' | 'cyan' | 'grey' | 'bold';
export type Paint = (text: string, ...colours: readonly Colour[]) => string;

const codes: Readonly<Record<Colour, number>> = { bold: 1, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, grey: 90 };

export function createPaint(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint {
  const coloured = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return (text, ...colours) =>
    coloured && colours.length > 0 ? `\x1b[${colours.map((colour) => codes[colour]).join(';')}m${text}\x1b[0m` : text;
}

/** Without what would move the cursor, colour the rest or turn the reading direction: what is shown was written by anybody. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, (char) =>
    char === '\n' || char === '\t' ? ' ' : '\u00b7',
  );
}
