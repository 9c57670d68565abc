/**
 * The file that this process runs -> whether that is a program which only starts others. With NODE_OPTIONS every Node.js process is preloaded, `npm`
 * and `nodemon` above the app as well as the app; telemetry of theirs would be one more service, or one more instance of the app, that serves nobody.
 */
import { basename, join, sep } from 'node:path';

/** By the name of the package, which is the name of the command too unless another stands here. `otelier dev` would send to itself. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  npm: ['npm', 'npx'],
  pnpm: ['pnpm', 'pnpx'],
  yarn: ['yarn', 'yarnpkg'],
  corepack: [],
  nodemon: ['nodemon'],
  tsx: ['tsx'],
  'cross-env': ['cross-env', 'cross-env-shell'],
  concurrently: ['concurrently', 'conc'],
  'npm-run-all': ['npm-run-all', 'run-s', 'run-p'],
  'npm-run-all2': [],
  otelier: ['otelier'],
};
const names: ReadonlySet<string> = new Set(Object.values(COMMANDS).flat());

/** `entry` is `process.argv[1]`: an absolute path, links not followed. `ownFolder` is where this file is bundled. */
export function isLauncher(entry: string | undefined, ownFolder: string): boolean {
  if (entry === undefined) return false;
  const parts = entry.split(sep);
  const file = basename(entry);
  // A command as a shell finds it: /usr/bin/npm, node_modules/.bin/nodemon. Its link is not followed, and it has no extension.
  if (names.has(file)) return true;
  // The file itself, as the commands of Windows and pnpm name it.
  const at = parts.lastIndexOf('node_modules');
  if (at >= 0) return Object.hasOwn(COMMANDS, parts[at + 1] ?? '');
  return entry === join(ownFolder, 'cli.js') || /^yarn-[\d.]+\.c?js$/.test(file);
}
