/**
 * What a preload adds to an app's start: milliseconds, memory and files, for otelier and for upstream's register.
 * `npm run bench -- --rounds 9 --apps express.cjs --variants bare,otelier`
 *
 * The variants take turns within each round, and each sample is compared with the bare one of its own round: a machine whose speed wanders moves
 * both. The figures that mean something on another machine are the ratios and the file counts.
 */
import { spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatTable, median, type Row } from './table.ts';
import { countFiles } from './files.ts';
import { startSink } from './sink.ts';

interface Sample {
  /** From the start of the process to the app's report. */
  readonly ms: number;
  readonly rssMb: number;
}

interface Variant {
  readonly flags: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, '..');
const pinned = availableParallelism() > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0;

const variants: Readonly<Record<string, Variant>> = {
  bare: { flags: [] },
  otelier: { flags: ['--import', './otel.js'] },
  'otelier, disabled': { flags: ['--import', './otel.js'], env: { OTEL_SDK_DISABLED: 'true' } },
  upstream: { flags: ['--import', '@opentelemetry/auto-instrumentations-node/register'] },
};

/** App -> what its report marks. */
const apps: Readonly<Record<string, string>> = {
  'trivial.cjs': 'first line of the app',
  'express.cjs': 'listening',
  'express.mjs': 'listening',
};

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    apps: { type: 'string', default: Object.keys(apps).join(',') },
    variants: { type: 'string' },
  },
});
const rounds = Number(options.rounds);
const chosenApps = options.apps.split(',');
const chosenVariants = [
  'bare',
  ...Object.keys(variants).filter((name) => name !== 'bare' && (options.variants?.split(',').includes(name) ?? true)),
];
if (!Number.isInteger(rounds) || rounds < 1) fail(`--rounds is "${options.rounds}"; it takes a whole number from 1.`);
for (const app of chosenApps) if (!(app in apps)) fail(`--apps names "${app}"; there are ${Object.keys(apps).join(', ')}.`);

const sink = await startSink();
const rows: Row[] = [];
for (const app of chosenApps) {
  const samples = new Map<string, Sample[]>(chosenVariants.map((name) => [name, []]));
  // Round 0 fills the file cache and the compile cache; it does not count.
  for (let round = 0; round <= rounds; round++) {
    for (const name of chosenVariants) {
      const sample = await start(app, variants[name] as Variant);
      if (round > 0) samples.get(name)?.push(sample);
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${app}: round ${round} of ${rounds} `);
  }
  for (const name of chosenVariants) rows.push(summarize(app, name, samples));
}
if (process.stderr.isTTY) process.stderr.write('\r');
await sink.close();
console.log(formatTable(rows));

/** Starts one app in a clean environment and waits for its report. The app is kept on one core, everything else has the others. */
async function start(app: string, variant: Variant): Promise<Sample> {
  const [program, ...args] = commandOf(app, variant);
  const began = Number(process.hrtime.bigint()) / 1e6;
  const child = spawn(program as string, args, { cwd: root, env: environment(variant), stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  const report = output.split('\n').find((line) => line.includes('"rss"'));
  if (report === undefined) fail(`${app} made no report with ${variant.flags.join(' ') || 'no preload'}.`);
  const { at, rss } = JSON.parse(report) as { at: number; rss: number };
  return { ms: at - began, rssMb: rss / 2 ** 20 };
}

function commandOf(app: string, { flags }: Variant): readonly string[] {
  const command = [process.execPath, ...flags, `bench/apps/${app}`];
  return pinned ? ['taskset', '-c', '0', ...command] : command;
}

function environment({ env }: Variant): Record<string, string> {
  const signals = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_METRICS_EXPORTER: 'otlp', OTEL_LOGS_EXPORTER: 'otlp' };
  const target = { OTEL_EXPORTER_OTLP_ENDPOINT: sink.url, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_SERVICE_NAME: 'bench' };
  return { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...signals, ...target, ...env };
}

function summarize(app: string, name: string, samples: ReadonlyMap<string, readonly Sample[]>): Row {
  const own = samples.get(name) ?? [];
  const bare = samples.get('bare') ?? [];
  const upstream = samples.get('upstream') ?? [];
  const added = own.map((sample, round) => sample.ms - (bare[round]?.ms ?? NaN));
  const ofUpstream = own.map(
    (sample, round) => (sample.ms - (bare[round]?.ms ?? NaN)) / ((upstream[round]?.ms ?? NaN) - (bare[round]?.ms ?? NaN)),
  );
  return {
    app: `${app}, ${apps[app]}`,
    variant: name,
    ms: median(own.map(({ ms }) => ms)),
    addedMs: median(added),
    ratio: median(own.map((sample, round) => sample.ms / (bare[round]?.ms ?? NaN))),
    ofUpstream: name === 'bare' || upstream.length === 0 ? undefined : median(ofUpstream),
    rssMb: median(own.map(({ rssMb }) => rssMb)),
    addedRssMb: median(own.map((sample, round) => sample.rssMb - (bare[round]?.rssMb ?? NaN))),
    files: countFiles(commandOf(app, variants[name] as Variant), app, environment(variants[name] as Variant), root),
  };
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
