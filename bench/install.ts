/** Puts the apps and one variant's packages into a folder of its own in the cache, by npm, as a user would have them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Variant } from './variants.ts';

export const root: string = join(import.meta.dirname, '..');
const cache = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'otelier', 'bench');
const installTimeoutMs = 300_000;

/** What the apps of bench/apps use, in the versions of this clone. */
export function appPackages(): Readonly<Record<string, string>> {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Readonly<Record<string, string>>;
  };
  return Object.fromEntries(['express', 'fastify', 'pg', 'winston'].map((name) => [name, devDependencies[name] ?? '']));
}

/**
 * The folder in which the variant's apps run; their files are in `<folder>/apps`. Nothing is installed when it is there already.
 * @throws Error with npm's words when the packages cannot be installed.
 */
export async function prepareFolder(name: string, variant: Variant): Promise<string> {
  if (variant.place === 'clone') return root;
  const folder = await installFolder(name, { ...appPackages(), ...variant.packages });
  cpSync(join(import.meta.dirname, 'apps'), join(folder, 'apps'), { recursive: true });
  if (variant.setup !== undefined)
    cpSync(join(import.meta.dirname, 'setups', variant.setup), join(folder, `setup.${variant.setup.split('.').at(-1)}`));
  return folder;
}

/** A folder of the cache that holds these packages. Another set of packages under the same name replaces it. */
export async function installFolder(name: string, packages: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(cache, name);
  const manifest = JSON.stringify({ name: `bench-${name}`, private: true, dependencies: packages }, null, 2);
  const stamp = join(folder, 'installed.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === manifest) return folder;

  // Beside its place and then moved there: whoever is killed or fails meanwhile leaves no half of an installation.
  const fresh = join(cache, `${name}.${process.pid}`);
  try {
    mkdirSync(fresh, { recursive: true });
    writeFileSync(join(fresh, 'package.json'), manifest);
    await npmInstall(fresh, []);
    writeFileSync(join(fresh, 'installed.json'), manifest);
    rmSync(folder, { recursive: true, force: true });
    renameSync(fresh, folder);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return folder;
}

/** Runs npm on the Node.js that runs us: npm prefers versions that suit the Node.js it runs on. */
export async function npmInstall(folder: string, what: readonly string[]): Promise<void> {
  await npm(['install', '--no-audit', '--no-fund', '--loglevel=error', ...what], folder);
}

/** @returns what npm printed. @throws Error with what it said when it fails. */
export async function npm(args: readonly string[], cwd: string): Promise<string> {
  const child = spawn('npm', args, {
    cwd,
    env: { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: installTimeoutMs,
    killSignal: 'SIGKILL',
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`npm ${args[0]} ended with ${code ?? 'no answer in time'}: ${firstLines(said.stderr)}`);
  return said.stdout;
}

function firstLines(text: string): string {
  return text.trim().split('\n').slice(0, 4).join(' / ');
}
