/** `npm run stack`: docker-compose.yml's servers as processes of this machine, with the same files and flags. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { root } from './run/cache.ts';
import { lastLines } from './run/child.ts';
import { startDetached, stopDetached } from './run/detached.ts';
import { StackFailed } from './run/failure.ts';
import { findGo } from './run/go.ts';
import { modules } from './run/modules.ts';
import type { ProgramName } from './run/modules.ts';
import { parseOptions, usage } from './run/options.ts';
import type { Options } from './run/options.ts';
import { getPrograms } from './run/programs.ts';
import { createBuildReporter, formatStarted, say } from './run/say.ts';
import { startStack } from './run/start-stack.ts';
import { commandFor, logFileOf } from './run/state.ts';
import { formatStatus, readStatus } from './run/status.ts';
import { formatTable } from './run/table.ts';

async function main(): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nnpm run stack -- --help tells more.\n`);
    return 2;
  }
  try {
    return await actions[options.action](options);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'AbortError') return 130;
    process.stderr.write(`${error instanceof StackFailed ? error.message : error.stack}\n`);
    return 1;
  }
}

const actions: Readonly<Record<Options['action'], (options: Options) => Promise<number>>> = {
  async help() {
    process.stdout.write(usage);
    return 0;
  },
  async build() {
    const names = modules.flatMap(({ programs }) => Object.keys(programs)) as ProgramName[];
    const programs = await getPrograms(names, { onBuild: createBuildReporter(), signal: untilInterrupted() });
    say(...formatTable([...programs.values()].map(({ name, version, path }) => [name, version, path])));
    const missing = names.filter((name) => programs.get(name)?.origin !== 'built');
    const why =
      (await findGo()) === undefined
        ? 'Go was not found; install 1.26 or newer (go.dev/dl).'
        : 'stack/native changed meanwhile; build again.';
    if (missing.length > 0) say('', `Not built: ${missing.join(', ')}. ${why}`);
    return missing.length > 0 ? 1 : 0;
  },
  async status({ data }) {
    const rows = await readStatus(data);
    say(...formatTable(formatStatus(rows)));
    return rows.every(({ up, ready }) => up && ready) ? 0 : 1;
  },
  async logs({ data, logs }) {
    const file = logFileOf(data, logs ?? '');
    if (!existsSync(file)) throw new StackFailed(`${logs} has no log yet: ${file} does not exist.`);
    say(...lastLines(file, 200), '', file);
    return 0;
  },
  async stop({ data }) {
    say(await stopDetached(data));
    return 0;
  },
  async detach(options) {
    await startDetached(options, { onLine: say, signal: untilInterrupted() });
    say(`${commandFor('--stop', options.data)} ends it.`);
    return 0;
  },
  run,
};

async function run({ data, address, only, fresh }: Options): Promise<number> {
  const signal = untilInterrupted();
  const deaths: string[] = [];
  const stack = await startStack({
    data,
    address,
    only,
    fresh,
    signal,
    env: { ...readDotEnv(), ...process.env },
    onBuild: createBuildReporter(),
    onReady: ({ title }, seconds) => say(`  ${title.padEnd(14)} ready after ${seconds.toFixed(1)} s`),
    onDied(_service, message) {
      deaths.push(message.replace(/ Its log ends so:.*/s, ''));
      say('', message, 'The others go on.');
    },
  });
  say(...formatStarted(stack));
  await new Promise<void>((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));
  say('', 'Stopping ...');
  const problems = await stack.stop();
  say(...problems, problems.length === 0 ? 'Everything has stopped.' : `Its data is in ${data}.`);
  if (deaths.length > 0) say('', 'While it ran:', ...deaths.map((death) => `  ${death}`));
  return deaths.length + problems.length > 0 ? 1 : 0;
}

/** As Compose reads it; what the shell says goes before. */
function readDotEnv(): NodeJS.Dict<string> {
  const file = join(root, '.env');
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
}

/** Aborts at the first signal; a second one, later, waits for no one: what runs is killed. */
function untilInterrupted(): AbortSignal {
  const over = new AbortController();
  let firstMs: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      over.abort();
      firstMs ??= Date.now();
      if (Date.now() - firstMs < 500) return; // one Ctrl+C can come twice: from the terminal, and handed on by npm
      process.exit(130);
    });
  }
  return over.signal;
}

process.exitCode = await main();
