/**
 * Turns a service of docker-compose.yml into a process of this machine. Two substitutions, the same in arguments, variables and mounted files, make the
 * difference: hosts become one loopback address, and the container's paths become those of a folder. Nothing else changes.
 */
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ComposeService, Mount } from './compose.ts';
import { StackFailed } from './failure.ts';
import type { Variables } from './interpolate.ts';
import { escapePattern } from './pattern.ts';

export interface Surroundings {
  /** Takes `config/<service>` and `data/<volume>`. */
  readonly folder: string;
  /** What every host of the stack is, and where everything listens. */
  readonly address: string;
  /** The names that mean a host of the stack. */
  readonly hosts: readonly string[];
  /** Where a variable's value comes from that a file of the service names, but docker-compose.yml does not set. */
  readonly variables: Variables;
  /** The last word on a file's text, by its path in the container. */
  readonly edit?: ((path: string, text: string) => string) | undefined;
  /** Files that stand beside or instead of the mounted ones, by their path in the container, as they are. */
  readonly files?: Readonly<Record<string, string>> | undefined;
}

export interface NativeService {
  readonly args: readonly string[];
  readonly entrypoint: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly stopGraceMs: number;
  /** Where the container's path is on this machine. */
  pathOf(containerPath: string): string;
}

/** Writes the service's files, anew, and makes its data folders. */
export function renderService(name: string, service: ComposeService, surroundings: Surroundings): NativeService {
  const { folder, variables, edit, files = {} } = surroundings;
  const config = join(folder, 'config', name);
  const places = service.mounts.map((mount) => ({ from: mount.target, to: placeOf(mount, folder, config) }));
  const paths = pathSubstitution(places);
  const hosts = hostSubstitution(surroundings);
  const substitute = (text: string): string => paths(hosts(text));

  rmSync(config, { recursive: true, force: true });
  const named = new Set<string>();
  for (const [index, mount] of service.mounts.entries()) {
    const place = places[index]?.to ?? '';
    if (mount.kind === 'volume') mkdirSync(place, { recursive: true, mode: 0o700 });
    if (mount.kind !== 'file') continue;
    for (const file of listFiles(mount.source)) {
      const original = readFileSync(join(mount.source, file), 'utf8');
      const path = join(mount.target, file);
      const text = edit?.(path, substitute(original)) ?? substitute(original);
      for (const variable of namesOfVariables(text)) named.add(variable);
      writeText(join(place, file), text, { original, source: join(mount.source, file) });
    }
    for (const [path, text] of Object.entries(files)) if (path.startsWith(`${mount.target}/`)) replaceFile(join(config, path), text);
  }
  const environment: Record<string, string> = {};
  for (const variable of named) {
    const value = variables[variable];
    if (value !== undefined) environment[variable] = value;
  }
  for (const [variable, value] of Object.entries(service.environment)) environment[variable] = substitute(value);
  return {
    args: service.command.map(substitute),
    entrypoint: service.entrypoint.map(substitute),
    environment,
    stopGraceMs: service.stopGraceMs,
    pathOf: paths,
  };
}

function placeOf({ kind, source, target }: Mount, folder: string, config: string): string {
  return { file: join(config, target), volume: join(folder, 'data', source), host: source }[kind];
}

/** A host is followed by its port: `prometheus` alone may be the name of a job. An address for listening may stand alone. */
function hostSubstitution({ hosts, address }: Surroundings): (text: string) => string {
  const withPort = new RegExp(`(?<![\\w.-])(?:${hosts.join('|')})(?=:\\d)`, 'g');
  return (text) => text.replace(withPort, address).replace(/(?<![\d.])(?:0\.0\.0\.0|127\.0\.0\.1)(?![\d.])/g, address);
}

/** A path begins where no name ends, so that `otlp_http/loki` is none, and ends where its last name does. */
function pathSubstitution(places: readonly { readonly from: string; readonly to: string }[]): (text: string) => string {
  if (places.length === 0) return (text) => text;
  const longestFirst = places.toSorted((a, b) => b.from.length - a.from.length);
  const pattern = new RegExp(`(?<![\\w./])(?:${longestFirst.map(({ from }) => escapePattern(from)).join('|')})(?![\\w.-])(/)?`, 'g');
  return (text) =>
    text.replace(pattern, (match: string, slash: string | undefined) => {
      const place = longestFirst.find(({ from }) => match === from + (slash ?? ''))?.to ?? match;
      return place === '/' ? '/' : place + (slash ?? '');
    });
}

/** The files of a folder, relative to it; of a file, itself. */
function listFiles(source: string): readonly string[] {
  const stats = statSync(source, { throwIfNoEntry: false });
  if (stats === undefined) throw new StackFailed(`docker-compose.yml mounts ${source}, which does not exist. Nothing was started.`);
  if (!stats.isDirectory()) return [''];
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(source.length).replace(/^\//, ''));
}

/** What is the same as the original is a link to it, so that no secret has a second copy. */
function writeText(path: string, text: string, { original, source }: { readonly original: string; readonly source: string }): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (text === original) return symlinkSync(source, path);
  copyFileSync(source, path);
  writeFileSync(path, text);
}

/** Never through a link, which leads to the repository. */
function replaceFile(path: string, text: string): void {
  rmSync(path, { force: true });
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o600 });
}

/** `${env:X}` of the collector and Jaeger, `${X}` of Loki, with or without a default. */
function namesOfVariables(text: string): readonly string[] {
  return [...text.matchAll(/\$\{(?:env:)?([A-Z][A-Z0-9_]*)(?::-[^}]*)?\}/g)].map(([, name]) => name ?? '');
}
