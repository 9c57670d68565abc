/** Fits flags and configuration to the older Prometheus and Alertmanager of a system's packages, by leaving out what they do not know. */
import { basename } from 'node:path';
import { parseDocument } from 'yaml';
import type { ProgramName } from './modules.ts';
import { escapePattern } from './pattern.ts';
import { outputOf } from './programs.ts';
import type { Program } from './programs.ts';

interface Later {
  readonly file: string;
  readonly program: ProgramName;
  readonly since: readonly [number, number];
  /** The keys that lead to the section; none is the whole file. */
  readonly path: readonly string[];
}

/** What came with a version: without OTLP there is no naming of what comes over it, without a webhook's own body no template of one. */
const laterOnes: readonly Later[] = [
  { file: 'prometheus.yml', program: 'prometheus', since: [2, 53], path: ['otlp'] },
  { file: 'whatsapp.tmpl', program: 'alertmanager', since: [0, 32], path: [] },
];

export interface Fitted {
  readonly args: readonly string[];
  /** What was left out, for a person. */
  readonly leftOut: readonly string[];
}

/** The flags that the program's own help names. */
export async function fitFlags(program: Program, args: readonly string[]): Promise<Fitted> {
  const help = `${await outputOf(program.path, ['--help'])}\n`;
  // A switch is in the help as --[no-]web.enable-lifecycle.
  const isKnown = (arg: string): boolean => {
    const name = /^--?([\w.-]+)/.exec(arg)?.[1];
    return name === undefined || new RegExp(`--(\\[no-\\])?${escapePattern(name)}[=\\s]`).test(help);
  };
  return { args: args.filter(isKnown), leftOut: args.filter((arg) => !isKnown(arg)) };
}

/** The text of a configuration file without what came later than the program. */
export function fitFile(
  { name, version }: Program,
  path: string,
  text: string,
): { readonly text: string; readonly leftOut: readonly string[] } {
  const later = laterOnes.filter(({ file, program, since }) => program === name && basename(path) === file && isOlder(version, since));
  if (later.length === 0) return { text, leftOut: [] };
  if (later.some(({ path: keys }) => keys.length === 0)) return { text: '', leftOut: [basename(path)] };
  const document = parseDocument(text);
  const leftOut = later
    .filter(({ path: keys }) => document.deleteIn(keys))
    .map(({ path: keys }) => `${keys.join('.')} of ${basename(path)}`);
  return { text: document.toString(), leftOut };
}

function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor < major || (ownMajor === major && ownMinor < minor);
}
