/** Turns docker-compose.yml into what one of its services needs to run: command, environment, mounts. Compose reads the same lines. */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { parse } from 'yaml';
import { interpolate } from './interpolate.ts';
import type { Variables } from './interpolate.ts';

export interface Mount {
  /** `file`: a file or folder of the repository. `volume`: a folder for data, by its name. `host`: a path of this machine. */
  readonly kind: 'file' | 'volume' | 'host';
  readonly source: string;
  /** The path in the container. */
  readonly target: string;
}

export interface ComposeService {
  readonly image: string;
  /** Empty where the image's own one runs, which is the program. */
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** How long a stop may take before the process is killed. */
  readonly stopGraceMs: number;
}

type Yaml = Readonly<Record<string, unknown>>;

/** All services of the file, which are also the names of hosts. */
export function composeServiceNames(root: string): readonly string[] {
  return Object.keys(readServices(root));
}

/** @throws Error when the file has no such service, or says something that this reader does not know. */
export function readComposeService(root: string, name: string, variables: Variables): ComposeService {
  const service = readServices(root)[name];
  if (service === undefined) throw new Error(`docker-compose.yml has no service "${name}".`);
  const text = (value: unknown): string => interpolate(String(value), variables);
  return {
    image: text(service['image']),
    entrypoint: asList(service['entrypoint'], `entrypoint of ${name}`).map(text),
    command: asList(service['command'], `command of ${name}`).map(text),
    environment: Object.fromEntries(
      Object.entries((service['environment'] ?? {}) as Yaml)
        .filter(([, value]) => value !== null)
        .map(([key, value]) => [key, text(value)]),
    ),
    mounts: asList(service['volumes'], `volumes of ${name}`).map((entry) => parseMount(text(entry), root)),
    stopGraceMs: parseSeconds(String(service['stop_grace_period'] ?? '10s')) * 1000,
  };
}

function readServices(root: string): Readonly<Record<string, Yaml>> {
  const document = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as { services?: Record<string, Yaml> };
  return document.services ?? {};
}

function asList(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new Error(`docker-compose.yml: ${what} is no list. The native run reads lists only.`);
  return value;
}

/** `source:target` or `source:target:options`. */
function parseMount(entry: string, root: string): Mount {
  const [source, target] = entry.split(':');
  if (source === undefined || target === undefined) throw new Error(`docker-compose.yml: the volume "${entry}" is not source:target.`);
  if (source.startsWith('.')) return { kind: 'file', source: join(root, source), target };
  return { kind: isAbsolute(source) ? 'host' : 'volume', source, target };
}

function parseSeconds(text: string): number {
  const [, minutes = '0', seconds = '0'] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  const total = Number(minutes) * 60 + Number(seconds);
  if (total === 0) throw new Error(`docker-compose.yml: the time "${text}" is not like 1m30s.`);
  return total;
}
