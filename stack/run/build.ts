/** Turns a module of stack/native into programs in the cache: built in a folder of its own, then renamed, so that nothing there is ever half. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, copyFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildFlags, builtFolder, cacheFolder, sourceFolderOf } from './cache.ts';
import { readGo, runGo } from './go.ts';
import type { Go } from './go.ts';
import type { NativeModule } from './modules.ts';
import { isAlive } from './identity.ts';

export interface BuildProgress {
  readonly downloaded: number;
  readonly compiled: number;
}

export interface BuildOptions {
  readonly go: Go;
  readonly onProgress?: ((progress: BuildProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The folder with the programs. @throws Error with what Go said when it fails. */
export async function buildModule(module: NativeModule, { go, onProgress, signal }: BuildOptions): Promise<string> {
  const target = builtFolder(module, go.version);
  mkdirSync(cacheFolder(), { recursive: true });
  removeLeftovers();
  const work = join(cacheFolder(), `.${basename(target)}.${process.pid}`);
  const programs = join(work, 'programs');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(programs, { recursive: true });
  try {
    const { cwd, flags } = await prepare(module, go, work);
    const said: string[] = [];
    let downloaded = 0;
    let compiled = 0;
    // With -v Go names each package that it compiles. A package's path has no blank.
    const onLine = (line: string): void => {
      if (line.startsWith('go: downloading ')) downloaded++;
      else if (/^\S+$/.test(line)) compiled++;
      else said.push(line);
      onProgress?.({ downloaded, compiled });
    };
    const packages = Object.values(module.programs);
    await runGo(go.path, ['build', '-v', ...buildFlags(module), ...flags, '-o', `${programs}/`, ...packages], {
      cwd,
      onLine,
      signal,
    }).catch((error: Error) => {
      if (signal?.aborted === true) throw error;
      throw new Error(`${said.slice(-20).join('\n')}\n${module.name} was not built: ${error.message} in ${sourceFolderOf(module)}.`);
    });
    moveTo(programs, target);
    removeUnused(module, target);
    return target;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Where Go runs, and with what else. A module with a stand-in sees its dependency through a link: Go lays no file over its own module cache, but does
 * over what stands elsewhere.
 */
async function prepare(module: NativeModule, go: Go, work: string): Promise<{ readonly cwd: string; readonly flags: readonly string[] }> {
  const source = sourceFolderOf(module);
  const { standIn } = module;
  if (standIn === undefined) return { cwd: source, flags: [] };
  for (const name of ['go.mod', 'go.sum']) copyFileSync(join(source, name), join(work, name));
  await readGo(go.path, ['mod', 'download', standIn.module], work);
  const upstream = await readGo(go.path, ['list', '-m', '-f', '{{.Dir}}', standIn.module], work);
  if (upstream === undefined || upstream === '')
    throw new Error(`${module.name} was not built: Go did not get the module ${standIn.module}.`);
  const link = join(work, 'upstream');
  symlinkSync(upstream, link);
  await readGo(go.path, ['mod', 'edit', `-replace=${standIn.module}=./upstream`], work);
  const overlay = join(work, 'overlay.json');
  writeFileSync(overlay, JSON.stringify({ Replace: { [join(link, standIn.path)]: join(source, standIn.file) } }));
  return { cwd: work, flags: ['-overlay', overlay] };
}

/** Another run may have built the same in the meantime; then its programs stay. */
function moveTo(programs: string, target: string): void {
  try {
    renameSync(programs, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  }
}

const unusedMs = 30 * 24 * 3600 * 1000;

/** Earlier builds of the module, of other versions or another checkout, that have served nobody for a month. */
function removeUnused({ name }: NativeModule, target: string): void {
  for (const entry of readdirSync(cacheFolder()).filter((folder) => folder.startsWith(`${name}-`))) {
    const folder = join(cacheFolder(), entry);
    if (folder !== target && Date.now() - statSync(folder).mtimeMs > unusedMs) rmSync(folder, { recursive: true, force: true });
  }
}

/** Folders of builds whose process was killed. */
function removeLeftovers(): void {
  for (const entry of readdirSync(cacheFolder())) {
    const pid = /^\..*\.(\d+)$/.exec(entry)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(cacheFolder(), entry), { recursive: true, force: true });
  }
}
