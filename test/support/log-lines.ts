/** What a logger printed: the lines of JSON on an app's stdout. */
import { join } from 'node:path';
import { root } from './run-app.ts';
import type { AppResult } from './run-app.ts';

export type Line = Readonly<Record<string, unknown>>;

export const logsFolder = join(root, 'test', 'fixtures', 'logs');

/** Of each log record what tells bridges apart: body, severity number and text, scope. */
export function summarizeRecords({ receiver }: Pick<AppResult, 'receiver'>): unknown[] {
  return receiver.logs.map(({ body, severityNumber, severityText, scope }) => [body, severityNumber, severityText, scope.name]);
}

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
