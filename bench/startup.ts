/** What a preload adds to an app's start: milliseconds, memory and files. Each start is compared with the bare ones beside it. */
import { spawnPinned, pinnedCommand } from './cores.ts';
import { countFiles } from './files.ts';
import { appCommand, appEnvironment, type Prepared, type StartReport } from './app.ts';
import { base, besideOf, pairWithBase, scheduleRound, type Taken } from './pairing.ts';
import type { Progress } from './progress.ts';
import type { Row } from './row.ts';
import { median, spreadOf } from './statistics.ts';
import { referenceOf } from './variants.ts';

/** App -> what its report marks. */
const startupApps: Readonly<Record<string, string>> = {
  'trivial.cjs': 'first line of the app',
  'express.cjs': 'listening',
  'express.mjs': 'listening',
};

interface Sample {
  /** From the start of the process to the app's report. */
  readonly ms: number;
  readonly rssMb: number;
}

export interface StartupOptions {
  readonly prepared: readonly Prepared[];
  readonly sinkUrl: string;
  readonly rounds: number;
  /** The ES module too. */
  readonly everyApp: boolean;
  readonly progress: Progress;
  /** Told of each preload that does not start an app; it is left out for that app. */
  readonly onFailure: (name: string, reason: string) => void;
}

export async function measureStartup({ sinkUrl, rounds, everyApp, progress, ...options }: StartupOptions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const app of Object.keys(startupApps)) {
    if (app.endsWith('.mjs') && !everyApp) continue;
    let prepared = options.prepared;
    const taken: Taken<Sample>[] = [];
    // Round -1 fills the file caches and otelier's code cache; it does not count.
    for (let round = -1; round < rounds; round++) {
      const order = scheduleRound(
        prepared.map(({ name }) => name),
        round,
      );
      for (const name of order) {
        const each = prepared.find((candidate) => candidate.name === name);
        if (!each) continue;
        progress.step(`start-up, ${app}`, `round ${round + 1} of ${rounds}, ${name}`);
        try {
          const sample = await start(each, app, sinkUrl);
          if (round >= 0) taken.push({ variant: name, sample });
        } catch (error) {
          options.onFailure(name, `start-up, ${app}: ${(error as Error).message}`);
          prepared = prepared.filter((candidate) => candidate !== each);
        }
      }
    }
    rows.push(...summarize(app, taken, prepared, sinkUrl));
  }
  return rows;
}

/** Starts one app and waits for its report, after which it is dead. */
async function start(prepared: Prepared, app: string, sinkUrl: string): Promise<Sample> {
  const env = appEnvironment(prepared, sinkUrl);
  const began = Number(process.hrtime.bigint()) / 1e6;
  const child = spawnPinned('app', appCommand(prepared, app), { cwd: prepared.folder, env, stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  for await (const chunk of child.stdout ?? []) output += String(chunk);
  const report = output.split('\n').find((line) => line.includes('"rss"'));
  if (report === undefined) throw new Error('The app made no report.');
  const { at, rss } = JSON.parse(report) as StartReport;
  return { ms: at - began, rssMb: rss / 2 ** 20 };
}

function summarize(app: string, taken: readonly Taken<Sample>[], prepared: readonly Prepared[], sinkUrl: string): readonly Row[] {
  const pairs = pairWithBase(taken);
  const addedMs = (name: string): readonly number[] =>
    (pairs.get(name) ?? []).map((pair) => pair.sample.ms - besideOf(pair, ({ ms }) => ms));
  const upstreamMs = median(addedMs(referenceOf(prepared.map(({ name }) => name))));
  return prepared.map((each): Row => {
    const own = pairs.get(each.name) ?? [];
    const command = pinnedCommand('app', appCommand(each, app));
    const files = countFiles(command, app, appEnvironment(each, sinkUrl), each.folder);
    const compared = each.name !== base;
    return {
      section: 'startup',
      what: `start-up, ${app}, ${startupApps[app]}`,
      variant: each.name,
      unit: 'ms',
      value: spreadOf(own.map(({ sample }) => sample.ms)),
      ...(compared && { added: spreadOf(addedMs(each.name)) }),
      ratio: spreadOf(own.map((pair) => pair.sample.ms / besideOf(pair, ({ ms }) => ms)).filter((ratio) => !Number.isNaN(ratio))),
      ...(compared && { ofUpstream: median(addedMs(each.name)) / upstreamMs }),
      rssMb: spreadOf(own.map(({ sample }) => sample.rssMb)),
      ...(compared && { addedRssMb: spreadOf(own.map((pair) => pair.sample.rssMb - besideOf(pair, ({ rssMb }) => rssMb))) }),
      ...(files !== undefined && { files }),
      seen: files === undefined ? 'files: no strace' : `${files} ${files === 1 ? 'file' : 'files'}`,
      samples: own.map(({ sample }) => sample),
    };
  });
}
