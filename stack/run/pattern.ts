/** A text as the part of a regular expression that matches it, letter by letter. */
export function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
