/** What a preload costs for each request: CPU, throughput, memory and tail latency, for each of the load cases. */
import type { Prepared } from './app.ts';
import type { LoadCase } from './load-cases.ts';
import { sampleLoad, type LoadSample, type LoadSettings } from './load-sample.ts';
import { base, besideOf, pairWithBase, scheduleRound, type Pair, type Taken } from './pairing.ts';
import type { Progress } from './progress.ts';
import type { Row } from './row.ts';
import { median, spreadOf, type Spread } from './statistics.ts';
import { referenceOf, variantOf } from './variants.ts';

export interface LoadSectionOptions extends LoadSettings {
  readonly prepared: readonly Prepared[];
  readonly rounds: number;
  readonly progress: Progress;
  /** Told of each preload that does not work here; it is left out for the rest of the case. */
  readonly onFailure: (name: string, reason: string) => void;
}

export async function measureLoad(loadCase: LoadCase, options: LoadSectionOptions): Promise<readonly Row[]> {
  const { rounds, progress } = options;
  let prepared = options.prepared;
  const taken: Taken<LoadSample>[] = [];
  for (let round = 0; round < rounds; round++) {
    const order = scheduleRound(
      prepared.map(({ name }) => name),
      round,
    );
    for (const name of order) {
      const each = prepared.find((candidate) => candidate.name === name);
      if (!each) continue;
      progress.step(loadCase.what, `round ${round + 1} of ${rounds}, ${name}`);
      try {
        taken.push({ variant: name, sample: await sampleTwice(each, loadCase, options) });
      } catch (error) {
        options.onFailure(name, `${loadCase.what}: ${error instanceof Error ? error.message : String(error)}`);
        prepared = prepared.filter((candidate) => candidate !== each);
      }
    }
  }
  return summarize(loadCase, options, taken);
}

/** A second try: on a busy machine a single sample may fail for reasons that are not the preload's. */
async function sampleTwice(prepared: Prepared, loadCase: LoadCase, settings: LoadSettings): Promise<LoadSample> {
  try {
    return await sampleLoad(prepared, loadCase, settings);
  } catch {
    return sampleLoad(prepared, loadCase, settings);
  }
}

function summarize(loadCase: LoadCase, options: LoadSectionOptions, taken: readonly Taken<LoadSample>[]): readonly Row[] {
  const pairs = pairWithBase(taken);
  const value = loadCase.fixedRate ? ({ p99Ms }: LoadSample) => p99Ms : ({ cpuUsPerRequest }: LoadSample) => cpuUsPerRequest;
  const compared = loadCase.fixedRate ? value : ({ perSecond }: LoadSample) => perSecond;
  const added = (name: string): readonly number[] => (pairs.get(name) ?? []).map((pair) => value(pair.sample) - besideOf(pair, value));
  const reference = median(added(referenceOf([...pairs.keys()])));
  const what = loadCase.fixedRate ? `${loadCase.what} of ${options.rate}/s` : loadCase.what;
  return [...pairs].map(([name, own]): Row => {
    const ratios = own.map((pair) => compared(pair.sample) / besideOf(pair, compared)).filter((ratio) => !Number.isNaN(ratio));
    const others = name !== base && {
      added: spreadOf(added(name)),
      ofUpstream: median(added(name)) / reference,
      addedRssMb: spreadOf(own.map((pair) => pair.sample.rssMb - besideOf(pair, ({ rssMb }) => rssMb))),
    };
    return {
      section: loadCase.section,
      what,
      variant: name,
      unit: loadCase.fixedRate ? 'ms p99' : 'us CPU/request',
      value: spreadOf(own.map(({ sample }) => value(sample))),
      ratio: spreadOf(ratios),
      rssMb: spreadOf(own.map(({ sample }) => sample.rssMb)),
      ...others,
      seen: describeArrival(loadCase, name, own),
      samples: own.map(({ sample }) => sample),
    };
  });
}

/** Less than this part of what is expected is told as a loss; what a load generator counts and what an app answered differ by a few requests. */
const nearlyAll = 0.97;

/** Per request, with a word on what is missing. */
export function describeArrival(loadCase: LoadCase, name: string, own: readonly Pair<LoadSample>[]): string {
  const mid = (read: (sample: LoadSample) => number): Spread => spreadOf(own.map(({ sample }) => read(sample)));
  const errors = own.reduce((sum, { sample }) => sum + sample.errors, 0);
  const words: string[] = [];
  if (name !== base) {
    const spans = mid(({ spansPerRequest }) => spansPerRequest).median;
    const logs = mid(({ logsPerRequest }) => logsPerRequest).median;
    const points = mid((sample) => sample.points).median;
    const { expected } = loadCase;
    const traces = variantOf(name).countsTraces === true;
    const least = traces ? Math.min(1, expected.spans) : expected.spans;
    words.push(`${spans.toFixed(2)} ${traces ? 'traces' : 'spans'}`);
    if (expected.logs > 0) words.push(`${logs.toFixed(2)} logs`);
    words.push(`${mid(({ bytesPerRequest }) => bytesPerRequest).median.toFixed(0)} bytes`);
    if (spans < least * nearlyAll) words.push(`LOST ${(least - spans).toFixed(2)}`);
    if (logs < expected.logs * nearlyAll) words.push(logs === 0 ? 'NO LOGS' : `LOST ${(expected.logs - logs).toFixed(2)} logs`);
    if (points === 0) words.push('no OTLP metrics');
    if (loadCase.onePercent && spans > 0.05) words.push('SENDS ALL');
  }
  if (errors > 0) words.push(`${errors} ERRORS`);
  return words.join(', ');
}
