/** What the API declares as text, from an app that may not be typed. Never throws. */
export function textOf(text: unknown): string {
  if (typeof text === 'string') return text;
  try {
    return String(text);
  } catch {
    return typeof text;
  }
}
