/**
 * Memory over time: the same app under the same constant rate, bare and with the collector up, slow and away, at the same time. What is left after a
 * full collection tells a leak from garbage that V8, with memory to spare, sees no need to collect.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { appEnvironment, startApp, type App, type Usage } from './app.ts';
import { findFreePort } from '../examples/shop/free-ports.ts';
import { prepareFolder } from './install.ts';
import type { LoadResult } from './load-generator.ts';
import { sendAtRate } from './load.ts';
import type { SoakOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { median, slopeOf } from './statistics.ts';
import { startSink, type Sink } from './sink.ts';
import { formatTable } from './table.ts';
import { labelOf, variantOf } from './variants.ts';

const sampleEveryMs = 20_000;
const slowAnswerMs = 5000;
/** This part of the run fills queues, caches and V8's heap; the line is fitted to the rest. */
const warmUpPart = 0.3;
/** Of the heap after a collection, and of RSS beyond that of the bare app. */
const flatMbPerMinute = { live: 0.1, rss: 1 };
/** Until then V8 sizes its heap to the load, and every process grows. */
const shortestMinutes = 3;

/** The row of the app without a preload. */
const BARE = 'none: the bare app';

export interface SoakSample extends Usage {
  /** Since the load began. */
  readonly minute: number;
}

interface Soaked {
  readonly collector: string;
  readonly samples: readonly SoakSample[];
  readonly load: LoadResult;
}

/** @returns the tables. */
export async function runSoak({ variant: name, minutes, rate }: SoakOptions, progress: Progress): Promise<string> {
  const variant = variantOf(name);
  const prepared = { name, variant, folder: await prepareFolder(name, variant) };
  const bare = { name: 'bare', variant: variantOf('bare'), folder: await prepareFolder('bare', variantOf('bare')) };
  const sinks: Sink[] = [await startSink(), await startSink({ delayMs: slowAnswerMs })];
  const collectors: Readonly<Record<string, string>> = {
    [BARE]: '',
    up: sinks[0]?.url ?? '',
    'slow (5 s per answer)': sinks[1]?.url ?? '',
    away: `http://127.0.0.1:${await findFreePort()}`,
  };
  try {
    const results = await Promise.all(
      Object.entries(collectors).map(async ([collector, url]): Promise<Soaked> => {
        const one = collector === BARE ? bare : prepared;
        const app = await startApp(one, 'express.cjs', appEnvironment(one, url), ['--expose-gc']);
        try {
          const load = sendAtRate(`http://127.0.0.1:${app.port}/hello/bob`, minutes * 60, rate);
          const samples = await watch(app, minutes, (minute) => progress.step('soak', `minute ${minute.toFixed(1)} of ${minutes}`));
          return { collector, samples, load: await load };
        } finally {
          await app.kill();
        }
      }),
    );
    progress.done();
    return formatSoak(labelOf(name), rate, minutes, results);
  } finally {
    for (const sink of sinks) await sink.close();
  }
}

/** Samples until the load is about to end. */
async function watch(app: App, minutes: number, onSample: (minute: number) => void): Promise<readonly SoakSample[]> {
  const endMs = minutes * 60_000;
  const everyMs = Math.min(sampleEveryMs, endMs / 12);
  const began = performance.now();
  const samples: SoakSample[] = [];
  for (let due = everyMs; due < endMs; due += everyMs) {
    await delay(Math.max(0, began + due - performance.now()));
    const usage = await app.usage();
    const minute = (performance.now() - began) / 60_000;
    samples.push({ ...usage, minute });
    onSample(minute);
  }
  return samples;
}

function formatSoak(label: string, rate: number, minutes: number, results: readonly Soaked[]): string {
  const rows = results.flatMap(({ collector, samples }) => byMinute(samples).map((cells) => [collector, ...cells]));
  const bare = judge(results.find(({ collector }) => collector === BARE)?.samples ?? []).slope.rss;
  const verdicts = results.map(({ collector, samples, load }) => {
    const { slope, verdict } = judge(samples, Math.max(bare, 0));
    const kept = (100 * load.perSecond) / rate;
    return [
      collector,
      `${slope.rss.toFixed(2)} MB/min`,
      `${slope.live.toFixed(2)} MB/min`,
      `${slope.external.toFixed(2)} MB/min`,
      verdict,
      `${load.requests} requests, ${kept.toFixed(0)} % of the rate, p99 ${load.p99Ms.toFixed(1)} ms, ${load.errors} errors`,
    ];
  });
  const text = new Set([0, 4, 5]);
  return [
    `${label}, express + one winston line, ${rate} requests per second on each of four apps, ${minutes} minutes; MB, medians within a minute. Every ${sampleEveryMs / 1000} s a sample, after which all garbage is collected.`,
    formatTable(['collector', 'minute', 'RSS', 'heap', 'heap after collection', 'external', 'array buffers'], rows, new Set([0])),
    `Growth, fitted to what follows the first ${warmUpPart * 100} %; flat is the heap after collection within ${flatMbPerMinute.live} MB a minute, and RSS within ${flatMbPerMinute.rss} MB a minute of the bare app's:`,
    formatTable(['collector', 'RSS', 'heap after collection', 'external', '', 'load'], verdicts, text),
  ].join('\n\n');
}

const megabyte = 2 ** 20;

function byMinute(samples: readonly SoakSample[]): readonly (readonly string[])[] {
  const minutes = [...new Set(samples.map(({ minute }) => Math.floor(minute)))];
  return minutes.map((minute) => {
    const within = samples.filter((sample) => Math.floor(sample.minute) === minute);
    const middle = (read: (sample: SoakSample) => number): string => (median(within.map(read)) / megabyte).toFixed(1);
    return [
      String(minute + 1),
      middle(({ rss }) => rss),
      middle(({ heapUsed }) => heapUsed),
      middle(({ live }) => live),
      middle(({ external }) => external),
      middle(({ arrayBuffers }) => arrayBuffers),
    ];
  });
}

export interface Growth {
  /** MB per minute. */
  readonly slope: { readonly rss: number; readonly live: number; readonly external: number };
  readonly verdict: 'flat' | 'GROWS' | 'too short to tell';
}

/** Whether memory has stopped to grow once the run is warm. `bareRss` is how much the bare app grows, in MB a minute. */
export function judge(samples: readonly SoakSample[], bareRss = 0): Growth {
  const minutes = samples.at(-1)?.minute ?? 0;
  const warm = samples.filter(({ minute }) => minute >= minutes * warmUpPart);
  const slopeFor = (read: (sample: SoakSample) => number): number =>
    slopeOf(warm.map((sample) => ({ x: sample.minute, y: read(sample) / megabyte })));
  const slope = {
    rss: slopeFor(({ rss }) => rss),
    live: slopeFor(({ live }) => live),
    external: slopeFor(({ external }) => external),
  };
  const flat = slope.live <= flatMbPerMinute.live && slope.rss <= bareRss + flatMbPerMinute.rss ? 'flat' : 'GROWS';
  return { slope, verdict: minutes < shortestMinutes ? 'too short to tell' : flat };
}
