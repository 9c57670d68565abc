/** The stack's files as data: what the tests of this folder look at. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const root = join(import.meta.dirname, '../..');

export const readText = (path: string): string => readFileSync(join(root, path), 'utf8');

/** YAML with anchors and merge keys, as Compose and the collector read it. */
export const readYaml = <Shape>(path: string): Shape => parse(readText(path), { merge: true, maxAliasCount: -1 }) as Shape;

export interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
  readonly user?: string;
  readonly mem_limit?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly logging?: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
}
interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

export const compose: ComposeFile = readYaml<ComposeFile>('docker-compose.yml');
export const services: readonly (readonly [string, Service])[] = Object.entries(compose.services);

export type Component = Readonly<Record<string, unknown>> | null;
export interface Pipeline {
  readonly receivers: readonly string[] | string;
  readonly processors?: readonly string[];
  readonly exporters: readonly string[];
}
export const kinds = ['receivers', 'processors', 'exporters', 'connectors', 'extensions'] as const;
export type Kind = (typeof kinds)[number];
export type CollectorConfig = Readonly<Partial<Record<Kind, Readonly<Record<string, Component>>>>> & {
  readonly service: { readonly extensions?: readonly string[]; readonly pipelines: Readonly<Record<string, Pipeline>> };
};

/** The collector's file with one overlay, as several `--config` are merged: maps key by key, lists replaced. */
export function readCollector(...paths: readonly string[]): CollectorConfig {
  return paths.map((path) => readYaml<CollectorConfig>(path)).reduce((first, second) => merge(first, second) as CollectorConfig);
}

function merge(first: unknown, second: unknown): unknown {
  if (!isMap(first) || !isMap(second)) return second ?? first;
  const keys = new Set([...Object.keys(first), ...Object.keys(second)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(first[key], second[key])]));
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A pipeline's receivers; a list that a variable gives is named by its default, `${env:NAME:-[a, b]}`. */
export function receiversOf({ receivers }: Pipeline): readonly string[] {
  if (typeof receivers !== 'string') return receivers;
  const list = /:-\[(.*)\]\}$/.exec(receivers)?.[1];
  if (list === undefined) throw new Error(`no default list in ${receivers}`);
  return list.split(',').map((name) => name.trim());
}
