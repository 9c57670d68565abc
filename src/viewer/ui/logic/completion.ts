/** Turns the text of a search box and the place of its caret into the word that is being written, and puts a completion in its place. */

export interface Word {
  readonly start: number;
  readonly end: number;
  /** Before the operator; the whole word while there is none. */
  readonly key: string;
  /** Undefined while the key is being written. */
  readonly value: string | undefined;
  readonly operator: string;
}

export function wordAt(text: string, caret: number): Word {
  let start = 0;
  let quoted = false;
  let end = text.length;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted;
    else if (text[i] === ' ' && !quoted) {
      if (i >= caret) {
        end = i;
        break;
      }
      start = i + 1;
    }
  }
  const word = text.slice(start, end);
  const match = /^([^=!~<>"\s]+)(!=|=|~|<|>)(.*)$/s.exec(word);
  if (match === null) return { start, end, key: word, value: undefined, operator: '' };
  return { start, end, key: match[1]!, operator: match[2]!, value: match[3]!.replace(/^"|"$/g, '') };
}

export function complete(text: string, word: Word, chosen: string): { readonly text: string; readonly caret: number } {
  const quoted = /[\s"]/.test(chosen) ? `"${chosen.replaceAll('"', '')}"` : chosen;
  const fresh = word.value === undefined ? `${chosen}=` : `${word.key}${word.operator}${quoted} `;
  const rest = text.slice(word.end);
  return { text: text.slice(0, word.start) + fresh + (fresh.endsWith(' ') ? rest.trimStart() : rest), caret: word.start + fresh.length };
}
