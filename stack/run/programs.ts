/** Finds the programs of the stack: built before, built now, or, without Go, those that the system has. */
import { execFile } from 'node:child_process';
import { utimesSync } from 'node:fs';
import { findBuilt, programIn } from './cache.ts';
import { buildModule } from './build.ts';
import type { BuildProgress } from './build.ts';
import { findGo, findOnPath } from './go.ts';
import type { Go } from './go.ts';
import { moduleOf, modules } from './modules.ts';
import type { NativeModule, ProgramName } from './modules.ts';

export interface Program {
  readonly name: ProgramName;
  readonly path: string;
  readonly version: string;
  /** `system`: a package of this machine, of a version that the configuration was not written for. */
  readonly origin: 'built' | 'system';
}

/** As Debian's packages `prometheus` and `prometheus-alertmanager` name them. */
const systemNames: Readonly<Partial<Record<ProgramName, readonly string[]>>> = {
  prometheus: ['prometheus'],
  promtool: ['promtool'],
  alertmanager: ['prometheus-alertmanager', 'alertmanager'],
  amtool: ['amtool'],
};

export interface BuildReport {
  /** How many are to be built, and which of them, from 1, this is. */
  readonly count: number;
  readonly index: number;
  readonly module: NativeModule;
  readonly state: 'started' | 'running' | 'done';
  readonly seconds: number;
  readonly progress: BuildProgress;
}

export interface FindOptions {
  readonly onBuild?: ((report: BuildReport) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One program, without building any: what a check needs that can do without. */
export async function findProgram(name: ProgramName): Promise<Program | undefined> {
  return builtProgram(name, await findGo()) ?? (await systemProgram(name));
}

/**
 * All that are asked for and can be had; what is missing is built first. Without Go there are only those of the system.
 * @throws Error when a build fails.
 */
export async function getPrograms(names: readonly ProgramName[], options: FindOptions = {}): Promise<ReadonlyMap<ProgramName, Program>> {
  const go = await findGo();
  if (go !== undefined) await buildMissing(names, go, options);
  const found = await Promise.all(
    names.map(async (name) => builtProgram(name, go) ?? (go === undefined ? await systemProgram(name) : undefined)),
  );
  return new Map(found.filter((program) => program !== undefined).map((program) => [program.name, program]));
}

async function buildMissing(names: readonly ProgramName[], go: Go, { onBuild, signal }: FindOptions): Promise<void> {
  const wanted = new Set(names.map(moduleOf));
  const missing = modules.filter((module) => wanted.has(module) && findBuilt(module, go.version) === undefined);
  for (const [index, module] of missing.entries()) {
    const startedAt = performance.now();
    let progress: BuildProgress = { downloaded: 0, compiled: 0 };
    const report = (state: BuildReport['state']): void => {
      const seconds = (performance.now() - startedAt) / 1000;
      onBuild?.({ count: missing.length, index: index + 1, module, state, seconds, progress });
    };
    report('started');
    const ticking = setInterval(() => report('running'), 1000);
    try {
      await buildModule(module, { go, signal, onProgress: (now) => (progress = now) });
    } finally {
      clearInterval(ticking);
    }
    report('done');
  }
}

function builtProgram(name: ProgramName, go: Go | undefined): Program | undefined {
  const module = moduleOf(name);
  const folder = findBuilt(module, go?.version);
  if (folder === undefined) return undefined;
  markUsed(folder);
  return { name, path: programIn(folder, name), version: module.version, origin: 'built' };
}

/** For the clearing away of what is not used; in a cache that is not ours to change, nothing is cleared away by us either. */
function markUsed(folder: string): void {
  try {
    utimesSync(folder, new Date(), new Date());
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

async function systemProgram(name: ProgramName): Promise<Program | undefined> {
  const path = (systemNames[name] ?? []).map(findOnPath).find((found) => found !== undefined);
  if (path === undefined) return undefined;
  const said = await outputOf(path, ['--version']);
  return { name, path, version: /version (\d[\w.+~-]*)/.exec(said)?.[1] ?? 'unknown', origin: 'system' };
}

/** What a program prints, whatever its exit code. */
export function outputOf(path: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(path, args, { maxBuffer: 2 ** 24 }, (_error, stdout, stderr) => resolve(`${stdout}${stderr}`));
  });
}
