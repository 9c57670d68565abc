/** What a preload adds to an app's node_modules: otelier as `npm pack` makes it, the others as npm installs them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Prepared } from './app.ts';
import { appPackages, installFolder, npm, npmInstall, root } from './install.ts';
import type { Row } from './row.ts';
import { spreadOf } from './statistics.ts';

export interface Size {
  readonly bytes: number;
  readonly packages: number;
}

/** What cannot be packed or installed is told to `onFailure` in npm's words and left out. */
export async function measureSizes(
  prepared: readonly Prepared[],
  onFailure: (name: string, reason: string) => void,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const wanted = prepared.filter(({ name, variant }) => name === 'otelier' || variant.place === 'own');
  for (const { name, folder } of wanted) {
    try {
      rows.push(describe(name, name === 'otelier' ? await packAndInstall() : await addedIn(folder)));
    } catch (error) {
      onFailure(name, `installed size: ${(error as Error).message}`);
    }
  }
  return rows;
}

function describe(name: string, size: Size): Row {
  return {
    section: 'size',
    what: 'added to node_modules',
    variant: name,
    unit: 'MB',
    value: spreadOf([size.bytes / 1e6]),
    packages: size.packages,
    seen: `${size.packages} ${size.packages === 1 ? 'package' : 'packages'}`,
    samples: [size],
  };
}

/** Beside the packages of the apps. */
async function addedIn(folder: string): Promise<Size> {
  const whole = readSize(folder);
  const apps = readSize(await installFolder('bare', appPackages()));
  return { bytes: whole.bytes - apps.bytes, packages: whole.packages - apps.packages };
}

/** otelier's tarball in an empty app. */
async function packAndInstall(): Promise<Size> {
  const folder = mkdtempSync(join(tmpdir(), 'otelier-bench-size-'));
  try {
    await npm(['pack', '--silent', '--pack-destination', folder], root);
    const archive = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '';
    writeFileSync(join(folder, 'package.json'), '{ "name": "app", "version": "1.0.0", "private": true }');
    await npmInstall(folder, [`./${archive}`]);
    return readSize(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Of a folder's node_modules: all files, and the packages that npm noted. */
export function readSize(folder: string): Size {
  const modules = join(folder, 'node_modules');
  const notes = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as { packages: object };
  let bytes = 0;
  for (const entry of readdirSync(modules, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  return { bytes, packages: Object.keys(notes.packages).length };
}
