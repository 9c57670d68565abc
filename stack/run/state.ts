/** The folder where a stack lives (data, rendered configuration, logs) and the note in it of what runs. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { isSame } from './identity.ts';
import type { ProcessIdentity } from './identity.ts';

export interface StackNote {
  readonly address: string;
  readonly startedAt: string;
  /** Who started the services and will stop them. */
  readonly supervisor: ProcessIdentity;
  readonly services: Readonly<Record<string, ProcessIdentity & { readonly version: string }>>;
}

export function defaultFolder(): string {
  return join(process.env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'otelier', 'stack');
}

/** What to type so that it is about the stack of this folder, whose path needs no quotes (`checkFolder`). */
export function commandFor(flag: string, folder: string): string {
  return `npm run stack -- ${flag}${folder === defaultFolder() ? '' : ` --data ${folder}`}`;
}

/**
 * An absolute path that may stand in any of the configuration files as it is.
 * @throws Error when it could not.
 */
export function checkFolder(folder: string): string {
  const path = isAbsolute(folder) ? folder : resolve(folder);
  if (/^[\p{L}\p{N}./@+_-]+$/u.test(path)) return path;
  throw new Error(
    `The folder "${path}" cannot be used: its path is written into configuration files and may hold letters, digits and . _ - + @ only.`,
  );
}

export function logFileOf(folder: string, service: string): string {
  return join(folder, 'logs', `${service}.log`);
}

export function readNote(folder: string): StackNote | undefined {
  const file = join(folder, 'stack.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StackNote) : undefined;
}

/** Never half: a reader sees the old or the new one. */
export function writeNote(folder: string, note: StackNote): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'stack.json');
  writeFileSync(`${file}.new`, JSON.stringify(note, null, 2));
  renameSync(`${file}.new`, file);
}

export function removeNote(folder: string): void {
  rmSync(join(folder, 'stack.json'), { force: true });
}

/** What of the note is still there: the one who started it, and services. */
export function livingOf(note: StackNote): { readonly supervisor: boolean; readonly services: readonly string[] } {
  const services = Object.entries(note.services).filter(([, service]) => isSame(service));
  return { supervisor: isSame(note.supervisor), services: services.map(([name]) => name) };
}
