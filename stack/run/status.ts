/** Turns the note of a running stack into one row per service: whether it runs, as what, and whether it is healthy. */
import { existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './cache.ts';
import { readComposeService } from './compose.ts';
import { askHealth } from './health.ts';
import { isSame } from './identity.ts';
import { services } from './services.ts';
import type { Service, ServiceName } from './services.ts';
import { readNote } from './state.ts';

export interface ServiceStatus {
  readonly name: ServiceName;
  readonly up: boolean;
  readonly ready: boolean;
  readonly pid: number | undefined;
  readonly version: string | undefined;
  /** The one that a person asks at. */
  readonly port: number;
  readonly health: string;
  readonly dataBytes: number;
}

export async function readStatus(folder: string): Promise<readonly ServiceStatus[]> {
  const note = readNote(folder);
  return Promise.all(
    services.map(async (service): Promise<ServiceStatus> => {
      const running = note?.services[service.name];
      const up = running !== undefined && isSame(running);
      const health = up ? await askHealth(service, note?.address ?? '') : { ready: false, says: '-' };
      return {
        name: service.name,
        up,
        ready: health.ready,
        pid: up ? running.pid : undefined,
        version: up ? running.version : undefined,
        port: service.ports[0]?.port ?? 0,
        health: health.says,
        dataBytes: dataFoldersOf(service, folder).reduce((sum, path) => sum + bytesOf(path), 0),
      };
    }),
  );
}

export function formatStatus(rows: readonly ServiceStatus[]): readonly (readonly string[])[] {
  return [
    ['service', 'state', 'pid', 'version', 'port', 'health', 'data'],
    ...rows.map(({ name, up, pid, version, port, health, dataBytes }) => [
      name,
      up ? 'up' : 'down',
      String(pid ?? '-'),
      version ?? '-',
      String(port),
      health,
      formatBytes(dataBytes),
    ]),
  ];
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = bytes === 0 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}

function dataFoldersOf(service: Service, folder: string): readonly string[] {
  const { mounts } = readComposeService(root, service.name, {});
  return mounts.filter(({ kind }) => kind === 'volume').map(({ source }) => join(folder, 'data', source));
}

/** On the disk, not as the files say: some of them are mostly holes. */
function bytesOf(folder: string): number {
  if (!existsSync(folder)) return 0;
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.reduce(
    (sum, entry) => sum + (lstatSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.blocks ?? 0) * 512,
    0,
  );
}
