/** An exception -> the fingerprint of its group: the type, the message without what changes from case to case, and the app's own topmost frame. */
import { createHash } from 'node:crypto';

export interface ErrorFacts {
  readonly type: string;
  readonly message: string;
  readonly stack?: string | undefined;
}

/** What changes from case to case, the most specific first. */
const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi, '<uuid>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?/g, '<time>'],
  [/\b[\w.+-]+@[\w-]+\.[\w.-]+\b/g, '<email>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<address>'],
  [/\b0x[\da-f]+\b/gi, '<hex>'],
  [/\b(?=[\da-f]*\d)(?=[\da-f]*[a-f])[\da-f]{8,}\b/gi, '<hex>'],
  [/"[^"]*"|'[^']*'/g, '<text>'],
  [/\d+(?:[.,]\d+)*/g, '<n>'],
];

const LONGEST = 500;

export function normaliseMessage(message: string): string {
  let text = (message.split('\n', 1)[0] ?? '').slice(0, LONGEST);
  for (const [pattern, stand] of VARIABLE) text = text.replace(pattern, stand);
  return text.trim();
}

/** Frames of Node.js itself, of installed packages, and of other languages' libraries. */
const FOREIGN =
  /node_modules|\bnode:|\(internal\/|<anonymous>|site-packages|\/lib\/python|\bjava\.|\bsun\.|\bjdk\.|org\.springframework|runtime\/|\/rustc\//;
const FRAME = /^\s*(?:at |File "|in )/;

/**
 * The first frame that is the app's own, without line and column, which move with every edit; undefined without one.
 * Python prints the innermost frame last.
 */
export function topOwnFrame(stack: string | undefined): string | undefined {
  if (stack === undefined) return undefined;
  const frames = stack.split('\n', 200).filter((line) => FRAME.test(line));
  if (stack.startsWith('Traceback')) frames.reverse();
  const frame = frames.find((line) => !FOREIGN.test(line));
  return frame
    ?.trim()
    .replace(/:\d+(?::\d+)?/g, '')
    .replace(/, line \d+/, '');
}

export function fingerprintOf({ type, message, stack }: ErrorFacts): string {
  const text = [type, normaliseMessage(message), topOwnFrame(stack) ?? ''].join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
