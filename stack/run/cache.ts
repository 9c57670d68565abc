/** Turns a module of stack/native into the folder of its built programs, named by all that they are made of. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { NativeModule, ProgramName } from './modules.ts';

export const root = join(import.meta.dirname, '..', '..');

export function sourceFolderOf({ name }: NativeModule): string {
  return join(root, 'stack', 'native', name);
}

export function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'otelier', 'stack');
}

/** Everything after `go build`, but for where it writes to. */
export function buildFlags({ version, versionVariable, tags = [] }: NativeModule): readonly string[] {
  const tagFlags = tags.length > 0 ? ['-tags', tags.join(',')] : [];
  return ['-trimpath', '-buildvcs=false', ...tagFlags, '-ldflags', `-s -w -X ${versionVariable}=${version}`];
}

/** The folder that a build with this Go goes to. */
export function builtFolder(module: NativeModule, goVersion: string): string {
  return join(cacheFolder(), `${module.name}-${digestOf(module)}-${goVersion}`);
}

/** The folder that holds its programs, built with this Go, or, without one, with any. */
export function findBuilt(module: NativeModule, goVersion: string | undefined): string | undefined {
  if (goVersion !== undefined) return existing(builtFolder(module, goVersion));
  const prefix = `${module.name}-${digestOf(module)}-`;
  const name = existsSync(cacheFolder()) ? readdirSync(cacheFolder()).find((entry) => entry.startsWith(prefix)) : undefined;
  return name === undefined ? undefined : join(cacheFolder(), name);
}

export function programIn(folder: string, program: ProgramName): string {
  return join(folder, process.platform === 'win32' ? `${program}.exe` : program);
}

function existing(folder: string): string | undefined {
  return existsSync(folder) ? folder : undefined;
}

function digestOf(module: NativeModule): string {
  const folder = sourceFolderOf(module);
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${buildFlags(module).join(' ')}\n`);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const path of files.map((entry) => join(entry.parentPath, entry.name)).toSorted()) {
    hash.update(`${path.slice(folder.length)}\n`).update(readFileSync(path));
  }
  return hash.digest('hex').slice(0, 16);
}
