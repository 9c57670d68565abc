/**
 * Runs the tests, those whose result an engine could change a second time under the other engine, and says at the end how both runs went.
 * Takes the arguments of `npm test -- ...`: flags of the Node.js test runner, folders and files.
 */
import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Where apps run in processes of their own and what they record is looked at. */
const OF_BOTH_ENGINES: readonly string[] = [
  'test/bootstrap/exit.test.ts',
  'test/bootstrap/instrument-*.test.ts',
  'test/bootstrap/logs-*.test.ts',
  'test/bootstrap/matrix.test.ts',
  'test/bootstrap/metrics-table.test.ts',
  'test/bootstrap/protocols-*.test.ts',
  'test/bootstrap/self-metrics.test.ts',
  'test/bootstrap/threads-*.test.ts',
  'test/demo/demo.test.ts',
];

/** What scripts/test-counts.ts writes. */
interface Outcome {
  readonly counts: {
    readonly tests: number;
    readonly passed: number;
    readonly failed: number;
    readonly cancelled: number;
    readonly skipped: number;
  };
  readonly failures: readonly string[];
}
interface Run {
  readonly engine: string;
  readonly code: number | string;
  readonly seconds: number;
  readonly outcome: Outcome | undefined;
}

const args = process.argv.slice(2);
const flags = args.filter((argument) => argument.startsWith('-'));
const paths = args.filter((argument) => !argument.startsWith('-'));
const asked = find(paths.length > 0 ? paths.map(patternOf) : ['test/**/*.test.ts']);
const ofBoth = new Set(find(OF_BOTH_ENGINES));
let stopped = false;

const runs: Run[] = [await run('lean', asked)];
const again = asked.filter((file) => ofBoth.has(file));
if (again.length > 0 && !stopped) {
  console.log(`\nOnce more with OTELIER_ENGINE=sdk: ${again.length} of ${asked.length} files\n`);
  runs.push(await run('sdk', again));
}
for (const { engine, outcome } of runs) for (const failure of outcome?.failures ?? []) console.log(`FAILED with ${engine}: ${failure}`);
for (const one of runs) console.log(formatRun(one));
process.exitCode = runs.every(({ code }) => code === 0) ? 0 : 1;

function patternOf(path: string): string {
  return statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() ? `${path.replace(/\/$/, '')}/**/*.test.ts` : path;
}

/** A path that names nothing stays, so that the runner says so. */
function find(patterns: readonly string[]): string[] {
  return patterns.flatMap((pattern) => {
    const files = globSync(pattern, { cwd: root }).toSorted();
    return files.length > 0 ? files : [pattern];
  });
}

async function run(engine: string, files: readonly string[]): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'otelier-test-'));
  const counts = join(folder, 'counts.json');
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [
      '--test',
      `--test-concurrency=${Math.max(2, availableParallelism() - 1)}`,
      '--test-timeout=300000',
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${join(root, 'scripts', 'test-counts.ts')}`,
      `--test-reporter-destination=${counts}`,
      ...flags,
      ...files,
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, OTELIER_ENGINE: engine } },
  );
  const pass = (signal: NodeJS.Signals): void => {
    stopped = true;
    child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
  for (const signal of signals) process.on(signal, pass);
  const code = await new Promise<number | string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode, signal) => resolve(exitCode ?? signal ?? 1));
  });
  for (const signal of signals) process.off(signal, pass);
  const text = statSync(counts, { throwIfNoEntry: false }) ? readFileSync(counts, 'utf8') : '';
  rmSync(folder, { recursive: true });
  return {
    engine,
    code,
    seconds: (performance.now() - startedAt) / 1000,
    outcome: text === '' ? undefined : (JSON.parse(text) as Outcome),
  };
}

function formatRun({ engine, code, seconds, outcome }: Run): string {
  const how = code === 0 ? 'good' : `FAILED (${code})`;
  const { tests = 0, passed = 0, failed = 0, cancelled = 0, skipped = 0 } = outcome?.counts ?? {};
  const counts = `${tests} tests: ${passed} passed, ${failed + cancelled} failed, ${skipped} skipped`;
  return `${`${engine} engine`.padEnd(12)} ${outcome ? counts : 'did not come to its end'}  ${seconds.toFixed(0)} s  ${how}`;
}
