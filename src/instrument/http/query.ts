/** A query string -> the same with the values of sensitive parameters taken out. */

/** Signatures and credentials of signed URLs: https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/ (`url.query`). */
export const SENSITIVE_PARAMETERS: readonly string[] = [
  'sig',
  'Signature',
  'AWSAccessKeyId',
  'X-Goog-Signature',
  'X-Amz-Signature',
  'X-Amz-Credential',
  'X-Amz-Security-Token',
];

const REDACTED = 'REDACTED';

/** Without the `?`. What is not sensitive stays as the client wrote it. */
export function redactQuery(query: string, names: readonly string[]): string {
  if (!mayHold(query, names)) return query;
  return query
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals >= 0 && names.includes(decodeName(pair.slice(0, equals))) ? `${pair.slice(0, equals)}=${REDACTED}` : pair;
    })
    .join('&');
}

/** Most queries hold no such name; an encoded one can only hide behind `%` or `+`. */
function mayHold(query: string, names: readonly string[]): boolean {
  if (query.includes('%') || query.includes('+')) return true;
  for (const name of names) if (query.includes(name)) return true;
  return false;
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
