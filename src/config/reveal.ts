/** A value -> what may be shown of it in a message, a banner or a page. */
import { VARIABLES } from './variables.ts';

const HIDDEN = '[hidden]';
const MAX_SHOWN = 80;

/**
 * What may be shown of a variable's value: only variables of the table that are not secret; URLs without user, password, query and
 * fragment; long values cut; control characters escaped, so that a value cannot forge a line.
 */
export function revealValue(variable: string, value: string): string {
  const row = VARIABLES.get(variable);
  if (row === undefined || row.secret) return HIDDEN;
  if (row.kind === 'url') return revealUrl(value);
  if (row.kind === 'path') return revealPath(value);
  return revealText(value);
}

/** A URL down to scheme, host, port and path. What cannot be read with certainty is shown only where it cannot hold a secret. */
export function revealUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url !== undefined && (url.protocol === 'http:' || url.protocol === 'https:')) {
    // An "@" behind the host is, as a rule, the end of a password with an unencoded "/", "?" or "#" in it.
    return revealText(
      `${url.pathname}${url.search}${url.hash}`.includes('@')
        ? `${url.protocol}//${HIDDEN}`
        : `${url.protocol}//${url.host}${url.pathname}`,
    );
  }
  return /[@?#]/.test(value) ? HIDDEN : revealText(value);
}

/** A file's path; the text of a key or certificate given in its place is hidden. */
export function revealPath(value: string): string {
  return value.length > 255 || value.includes('-----') || value.includes('\n') ? HIDDEN : revealText(value);
}

/** Any harmless text, in one line and cut. */
export function revealText(value: string): string {
  const cut = value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}...` : value;
  return cut.replace(
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
