// Runs one of package.json's scripts as the very first command after `git clone`: installs what package-lock.json names when it is not there,
// builds dist/ when it is out of date, then hands over to the Node 24 of node_modules. Needs nothing but Node 20 and npm, hence plain JavaScript.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node24 = join(root, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');

/** What `npm run NAME -- ARGUMENTS` hands to Node 24, and whether dist/ has to be up to date before. */
const commands = {
  build: { built: false, run: (args) => ['scripts/build.ts', ...args] },
  dev: { built: false, run: (args) => ['scripts/build.ts', '--watch', ...args] },
  check: { built: true, run: (args) => ['scripts/check.ts', ...args] },
  bench: { built: true, run: (args) => ['bench/main.ts', ...args] },
  demo: { built: true, run: (args) => ['examples/shop/run.ts', ...args] },
  stack: { built: false, run: (args) => ['stack/run.ts', ...args] },
  test: { built: true, run: (args) => ['scripts/test.ts', ...args] },
  'test:e2e': { built: true, run: (args) => ['scripts/test.ts', '--e2e', ...args] },
};

async function main([name, ...args]) {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new Failure(`Usage: node scripts/first.mjs ${Object.keys(commands).join('|')} [arguments]`, 2);
  if (!isInstalled()) await install();
  if (command.built && !isBuilt()) await build();
  await handOver(command.run(args));
}

/** A message for the reader and the exit code that goes with it. */
class Failure extends Error {
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** True when node_modules holds every package of package-lock.json in its version (npm notes what it installed in its own lockfile there). */
function isInstalled() {
  const installed = lockedVersions(join(root, 'node_modules', '.package-lock.json'));
  if (!installed || !existsSync(node24)) return false;
  for (const [path, { version, optional }] of lockedVersions(join(root, 'package-lock.json')) ?? []) {
    const found = installed.get(path);
    if (found ? found.version !== version : !optional) return false;
  }
  return true;
}

function lockedVersions(file) {
  if (!existsSync(file)) return undefined;
  const { packages } = JSON.parse(readFileSync(file, 'utf8'));
  const entries = Object.entries(packages).filter(([path]) => path !== '');
  return new Map(
    entries.map(([path, entry]) => [path, { version: entry.version, optional: entry.optional || entry.devOptional || entry.peer }]),
  );
}

async function install() {
  say('installing the packages of package-lock.json (half a minute or so) ...');
  // Not with the Node 24 that this very step replaces: npm and node are taken from the machine.
  const own = join(root, 'node_modules', '.bin');
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => entry !== own);
  const { code, output } = await capture('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    ...process.env,
    PATH: path.join(delimiter),
  });
  if (code !== 0) throw new Failure(`${output}\nnpm ci failed (exit code ${code}). Nothing was run.`, 1);
  if (!existsSync(node24)) throw new Failure(`${output}\nnpm ci left no Node 24 at ${node24}. Nothing was run.`, 1);
}

/** True when nothing that dist/ is made of is newer than what the last build wrote last. Folders count too: their time changes when a file goes. */
function isBuilt() {
  const done = modified(join(root, 'dist', 'sbom.json'));
  const sources = ['package.json', 'package-lock.json', 'scripts', 'src'];
  return done > 0 && sources.every((source) => newest(join(root, source)) <= done);
}

function newest(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

async function build() {
  say('building dist/ ...');
  const { code, output } = await capture(node24, commands.build.run([]), process.env);
  if (code !== 0) throw new Failure(`${output}\nThe build failed. Nothing was run.`, 1);
}

/** Runs a step whose output matters only when it fails. */
function capture(program, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code: code ?? signal, output: output.trimEnd() }));
  });
}

/**
 * Runs Node 24 in our place: same terminal, same exit code or signal. The child leads a process group of its own, because on Ctrl+C both the
 * terminal and npm send us SIGINT: of such a pair the child gets one. A second Ctrl+C, a moment later, is passed on as well.
 */
function handOver(argv) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, PATH: `${dirname(node24)}${delimiter}${process.env.PATH ?? ''}` };
    const child = spawn(node24, argv, { cwd: root, env, stdio: 'inherit', detached: process.platform !== 'win32' });
    const lastSent = new Map();
    const pass = (signal) => {
      const sameBurst = Date.now() - (lastSent.get(signal) ?? 0) < 250;
      if (!sameBurst) child.kill(signal);
      lastSent.set(signal, Date.now());
    };
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
    for (const signal of signals) process.on(signal, pass);
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, pass);
      if (signal) process.kill(process.pid, signal);
      else process.exitCode = code ?? 1;
      resolve();
    });
  });
}

function say(message) {
  process.stderr.write(`otelier: ${message}\n`);
}

if (Number(process.versions.node.split('.')[0]) < 20) {
  say(`this is Node ${process.versions.node}; the scripts need Node 20 or newer (and bring Node 24 themselves).`);
  process.exitCode = 1;
} else {
  main(process.argv.slice(2)).catch((error) => {
    say(error instanceof Failure ? error.message : String(error.stack));
    process.exitCode = error.exitCode ?? 1;
  });
}
