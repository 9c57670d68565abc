/** One sample under load: an app is started, warmed up, loaded and ended, and what it sent is counted. */
import { setTimeout as delay } from 'node:timers/promises';
import { appEnvironment, startApp, type Prepared } from './app.ts';
import type { Database } from './database.ts';
import type { LoadCase } from './load-cases.ts';
import type { LoadResult } from './load-generator.ts';
import { saturate, sendAtRate } from './load.ts';
import type { Sink, SinkStats } from './sink.ts';
import { onePercent } from './variants.ts';

export interface LoadSample extends LoadResult {
  /** Of all threads of the app, in the measured time. */
  readonly cpuUsPerRequest: number;
  readonly listenRssMb: number;
  readonly rssMb: number;
  /** Of what the whole run sent, its warm-up included. */
  readonly spansPerRequest: number;
  readonly logsPerRequest: number;
  readonly bytesPerRequest: number;
  readonly points: number;
  readonly exports: number;
}

export interface LoadSettings {
  readonly sink: Sink;
  readonly seconds: number;
  /** Requests per second of the cases with a fixed rate. */
  readonly rate: number;
  readonly database: Database | undefined;
}

/** @throws Error when the app does not start, does not answer or answers with errors. */
export async function sampleLoad(prepared: Prepared, loadCase: LoadCase, settings: LoadSettings): Promise<LoadSample> {
  const { sink, seconds, rate } = settings;
  await sink.reset();
  const app = await startApp(prepared, loadCase.app, environmentOf(prepared, loadCase, settings));
  try {
    const url = `http://127.0.0.1:${app.port}${loadCase.path}`;
    const load = (time: number): Promise<LoadResult> => (loadCase.fixedRate ? sendAtRate(url, time, rate) : saturate(url, time));
    const warmUp = await load(seconds > 1 ? Math.ceil(seconds / 2) : seconds);
    const before = await app.usage();
    const result = await load(seconds);
    const after = await app.usage();
    if (result.requests === 0) throw new Error('No request was answered.');

    const requests = warmUp.requests + result.requests;
    const sent = await collect(prepared, loadCase, requests, sink, () => app.terminate());
    return {
      ...result,
      cpuUsPerRequest: (after.cpuUs - before.cpuUs) / result.requests,
      listenRssMb: app.report.rss / 2 ** 20,
      rssMb: after.rss / 2 ** 20,
      spansPerRequest: sent.spans / requests,
      logsPerRequest: sent.logs / requests,
      bytesPerRequest: sent.bytes / requests,
      points: sent.points,
      exports: sent.requests,
    };
  } finally {
    await app.kill();
  }
}

function environmentOf(prepared: Prepared, loadCase: LoadCase, { sink, database }: LoadSettings): Readonly<Record<string, string>> {
  return {
    ...appEnvironment(prepared, sink.url),
    ...(loadCase.onePercent && { ...onePercent, ...prepared.variant.sampledEnv }),
    ...(database && { BENCH_DATABASE_URL: database.url, BENCH_DATABASE_CONNECTIONS: String(database.connections) }),
  };
}

/** How long after the end of the app, or of the last arrival, something may still come. */
const quietMs = 700;

/**
 * Ends the app and takes what is still on its way. Preloads that flush on SIGTERM do so now; the others are given the time they take by themselves
 * first, so that none is charged with what its rhythm keeps back.
 */
async function collect(prepared: Prepared, loadCase: LoadCase, requests: number, sink: Sink, terminate: () => void): Promise<SinkStats> {
  const { variant, name } = prepared;
  const spans = loadCase.expected.spans * requests;
  const logs = loadCase.expected.logs * requests;
  const isAll = (stats: SinkStats): boolean => spans > 0 && stats.spans >= spans && stats.logs >= logs && stats.points > 0;
  let stats = await sink.stats();
  if (name === 'bare') return stats;
  if (variant.sendsEveryMs !== undefined) await delay(variant.sendsEveryMs);
  terminate();
  let changedAt = performance.now();
  while (!isAll(stats) && performance.now() - changedAt < quietMs) {
    await delay(40);
    const now = await sink.stats();
    if (now.requests !== stats.requests) changedAt = performance.now();
    stats = now;
  }
  return stats;
}
