/** The search box of the logs -> queries of SQLite's full-text index: words (their beginnings too), "a phrase", -without. */

export interface TextMatch {
  /** All of these must be there; undefined: anything. */
  readonly match: string | undefined;
  /** None of these may be there; undefined: nothing is shut out. */
  readonly without: string | undefined;
}

export function parseWords(text: string): TextMatch {
  const wanted: string[] = [];
  const unwanted: string[] = [];
  for (const [, minus, phrase, word] of text.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/g)) {
    const term = phrase ?? word ?? '';
    // What the index takes for letters and digits; a word without any would match nothing.
    if (!/[\p{L}\p{N}\p{Co}]/u.test(term)) continue;
    const quoted = `"${term}"${phrase === undefined ? '*' : ''}`;
    (minus === '-' ? unwanted : wanted).push(quoted);
  }
  return {
    match: wanted.length === 0 ? undefined : wanted.join(' AND '),
    without: unwanted.length === 0 ? undefined : unwanted.join(' OR '),
  };
}
