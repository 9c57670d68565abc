/** Turns services into what can be started: their program, their files, arguments and variables, and a word on what is left out. */
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './cache.ts';
import { composeServiceNames, readComposeService } from './compose.ts';
import type { Variables } from './interpolate.ts';
import { fitFile, fitFlags } from './older.ts';
import type { Program } from './programs.ts';
import type { ProgramName } from './modules.ts';
import { renderService } from './render.ts';
import type { Service } from './services.ts';

export interface PrepareOptions {
  readonly folder: string;
  readonly address: string;
  readonly env: Variables;
  readonly edit?: ((path: string, text: string) => string) | undefined;
  readonly files?: Readonly<Record<string, string>> | undefined;
}

export interface Prepared {
  readonly service: Service;
  readonly version: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly stopGraceMs: number;
}

export interface Preparation {
  readonly prepared: readonly Prepared[];
  readonly leftOut: readonly string[];
}

export async function prepareServices(
  wanted: readonly Service[],
  programs: ReadonlyMap<ProgramName, Program>,
  options: PrepareOptions,
): Promise<Preparation> {
  const leftOut: string[] = [];
  const prepared: Prepared[] = [];
  for (const service of wanted) {
    const program = programs.get(service.program);
    if (program === undefined)
      leftOut.push(`${service.title}: there is no Go on this machine to build it, and no package of it is installed.`);
    else prepared.push(await prepareService(service, program, options, leftOut));
  }
  return { prepared, leftOut };
}

async function prepareService(
  service: Service,
  program: Program,
  { folder, address, env, edit, files }: PrepareOptions,
  leftOut: string[],
): Promise<Prepared> {
  const miss = (part: string): number =>
    leftOut.push(`${service.title}: version ${program.version} of this machine does not know ${part}.`);
  const fit = (path: string, text: string): string => {
    if (program.origin === 'built') return text;
    const fitted = fitFile(program, path, text);
    fitted.leftOut.forEach(miss);
    return fitted.text;
  };
  const native = renderService(service.name, readComposeService(root, service.name, env), {
    folder,
    address,
    hosts: composeServiceNames(root),
    variables: env,
    files,
    edit: (path, text) => edit?.(path, fit(path, text)) ?? fit(path, text),
  });
  const flags = program.origin === 'built' ? { args: native.args, leftOut: [] } : await fitFlags(program, native.args);
  flags.leftOut.forEach(miss);
  const bin = linkProgram(folder, program);
  const [entrypoint, ...first] = native.entrypoint;
  return {
    service,
    version: program.version,
    command: entrypoint ?? join(bin, program.name),
    args: [...first, ...flags.args],
    environment: { ...native.environment, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
    stopGraceMs: native.stopGraceMs,
  };
}

/** An entrypoint finds the program by its name, wherever it was built or installed. */
function linkProgram(folder: string, { name, path }: Program): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true, mode: 0o700 });
  rmSync(join(bin, name), { force: true });
  symlinkSync(path, join(bin, name));
  return bin;
}
