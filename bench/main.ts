/** `npm run bench`: measures what the options ask for and prints one table, and beneath it which goals were reached. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Prepared } from './app.ts';
import { startDatabase } from './database.ts';
import { prepareFolder, root } from './install.ts';
import { loadCases } from './load-cases.ts';
import { measureLoad } from './load-sections.ts';
import { methodNotes } from './notes.ts';
import { parseOptions, usage, type BenchOptions } from './options.ts';
import { createProgress, type Progress } from './progress.ts';
import { describeMachine, formatPage, formatRun, type Absent, type Run } from './report.ts';
import type { Row } from './row.ts';
import { startSink } from './sink.ts';
import { measureSizes } from './size.ts';
import { runSoak } from './soak.ts';
import { measureStartup } from './startup.ts';
import { variantOf } from './variants.ts';

const progress = createProgress(process.stderr);

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.kind === 'help') return console.log(usage);
  if (options.kind === 'problem') {
    console.error(`${options.problem} See npm run bench -- --help.`);
    process.exitCode = 2;
    return;
  }
  if (options.kind === 'soak') return console.log(await runSoak(options, progress));

  const run = await measure(options, progress);
  progress.done();
  console.log(formatRun(run));
  if (options.json !== undefined)
    writeFileSync(options.json, `${JSON.stringify({ machine: describeMachine(), options, ...run }, null, 2)}\n`);
  if (options.write) writeFileSync(join(root, 'docs', 'performance.md'), formatPage(run));
  if (run.rows.length === 0) process.exitCode = 1;
}

async function measure(options: BenchOptions, progress: Progress): Promise<Run> {
  const absent: Absent[] = [];
  const onFailure = (name: string, reason: string): void => void absent.push({ name, reason });
  const prepared = await prepare(options.variants, onFailure);
  const underLoad = prepared.filter(({ variant }) => variant.underLoad !== false);
  const rows: Row[] = [];
  const chosen = loadCases.filter(({ section }) => options.sections.includes(section));
  const sink = await startSink();
  const database = chosen.some(({ needsDatabase }) => needsDatabase) ? await startDatabase() : undefined;
  try {
    if (options.sections.includes('startup')) {
      const settings = { rounds: options.startupRounds, sinkUrl: sink.url, everyApp: options.full };
      rows.push(...(await measureStartup({ ...settings, prepared, progress, onFailure })));
    }
    for (const loadCase of chosen) {
      // What runs from this clone beside its own installation differs at the start, not at work.
      const those = underLoad.filter(({ name }) => name !== 'upstream-clone' || !underLoad.some((other) => other.name === 'upstream'));
      const settings = { rounds: options.loadRounds, seconds: options.seconds, rate: options.rate, sink, database };
      rows.push(...(await measureLoad(loadCase, { ...settings, prepared: those, progress, onFailure })));
    }
    if (options.sections.includes('size')) {
      progress.step('installed size', 'npm pack');
      rows.push(...(await measureSizes(prepared, onFailure)));
    }
  } finally {
    await database?.close();
    await sink.close();
  }
  const date = new Date().toISOString().slice(0, 10);
  return { date, rows, variants: prepared.map(({ name }) => name), absent, notes: methodNotes(options.seconds, database?.name) };
}

/** The variants that can be run here. Upstream from this clone stands in where upstream cannot be installed. */
async function prepare(names: readonly string[], onFailure: (name: string, reason: string) => void): Promise<readonly Prepared[]> {
  const prepared: Prepared[] = [];
  const add = async (name: string): Promise<void> => {
    progress.step('getting ready', name);
    const variant = variantOf(name);
    prepared.push({ name, variant, folder: await prepareFolder(name, variant) });
  };
  for (const name of names) {
    try {
      await add(name);
    } catch (error) {
      onFailure(name, (error as Error).message);
      if (name === 'upstream' && !names.includes('upstream-clone')) await add('upstream-clone');
    }
  }
  return prepared;
}

await main();
