/** What a logger printed: the lines of JSON on an app's stdout. */
import { join } from 'node:path';
import { root } from './run-app.ts';
import type { AppResult } from './run-app.ts';

export type Line = Readonly<Record<string, unknown>>;

export const logsFolder = join(root, 'test', 'fixtures', 'logs');

/** Lines that are no JSON object are left out. */
export function readLines({ stdout }: Pick<AppResult, 'stdout'>): Line[] {
  return stdout.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === 'object' && value !== null ? [value as Line] : [];
    } catch {
      return [];
    }
  });
}
