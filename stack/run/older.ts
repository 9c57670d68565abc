/** Fits flags and configuration to the older Prometheus and Alertmanager of a system's packages, by leaving out what they do not know. */
import { basename } from 'node:path';
import { parseDocument } from 'yaml';
import { escapePattern } from './pattern.ts';
import { outputOf } from './programs.ts';
import type { Program } from './programs.ts';

/** Sections of a file that came with a version: without OTLP there is no naming of what comes over it. */
const sections: readonly {
  readonly file: string;
  readonly program: string;
  readonly since: readonly [number, number];
  readonly path: readonly string[];
}[] = [{ file: 'prometheus.yml', program: 'prometheus', since: [2, 53], path: ['otlp'] }];

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

/** The text of a configuration file without the sections that came later than the program. */
export function fitFile(
  { name, version }: Program,
  path: string,
  text: string,
): { readonly text: string; readonly leftOut: readonly string[] } {
  const later = sections.filter(({ file, program, since }) => program === name && basename(path) === file && isOlder(version, since));
  if (later.length === 0) return { text, leftOut: [] };
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
