/** Turns text that others wrote into text that is safe and short enough to show: no bidirectional overrides, no control characters, cut. */

/** Characters that change the order or the shape of what stands around them, and those that print nothing. */
// oxlint-disable-next-line no-control-regex -- control characters are what it is about
const invisible = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;
// oxlint-disable-next-line no-control-regex -- terminal colours begin with a control character
const terminalColours = /\u001b\[[0-9;]*m/g;

/** Invisible characters show as their code point, terminal colours go. Tabs and line feeds stay. */
export function showInvisible(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(terminalColours, '')
    .replace(invisible, (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

/** The first `limit` characters, never half of a surrogate pair. */
export function cutText(text: string, limit: number): { readonly text: string; readonly hidden: number } {
  if (text.length <= limit) return { text, hidden: 0 };
  const code = text.charCodeAt(limit - 1);
  const end = code >= 0xd800 && code <= 0xdbff ? limit - 1 : limit;
  return { text: text.slice(0, end), hidden: text.length - end };
}

/** One line of bounded length, for rows of lists. */
export function formatLine(text: string, limit = 500): string {
  const cut = cutText(text, limit);
  return showInvisible(cut.text.replace(/\s+/g, ' ').trim()) + (cut.hidden > 0 ? '…' : '');
}
