/** Puts load on an app, off its core: wrk where there is one, else the load generator here. A fixed rate always comes from the latter. */
import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { spawnPinned } from './cores.ts';
import type { LoadResult } from './load-generator.ts';

const connections = 32;
const openConnections = 64;

const hasWrk = spawnSync('wrk', ['-v'], { stdio: 'ignore' }).error === undefined;

/** wrk knows whole seconds only. */
export function usesWrk(seconds: number): boolean {
  return hasWrk && Number.isInteger(seconds);
}

/** As fast as the app answers, over 32 connections. @throws Error when the load could not be put on. */
export async function saturate(url: string, seconds: number): Promise<LoadResult> {
  if (!usesWrk(seconds)) return generate([url, seconds, connections]);
  const child = spawnPinned('others', ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', url], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return parseWrk(await outputOf(child));
}

/** Requests due at a fixed rate; see load-generator.ts. @throws Error when the load could not be put on. */
export function sendAtRate(url: string, seconds: number, perSecond: number): Promise<LoadResult> {
  return generate([url, seconds, openConnections, perSecond]);
}

async function generate(args: readonly (string | number)[]): Promise<LoadResult> {
  const command = [process.execPath, join(import.meta.dirname, 'load-generator.ts'), ...args.map(String)];
  return JSON.parse(await outputOf(spawnPinned('others', command, { stdio: ['ignore', 'pipe', 'inherit'] }))) as LoadResult;
}

async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The load generator ended with ${code}: ${output.trim()}`);
  return output;
}

const unitMs: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000 };

/** @throws Error when no request was answered. */
export function parseWrk(output: string): LoadResult {
  const number = (pattern: RegExp): number => Number(pattern.exec(output)?.[1] ?? 0);
  const time = (pattern: RegExp): number => {
    const [, value, unit] = pattern.exec(output) ?? [];
    return Number(value) * (unitMs[unit ?? ''] ?? NaN);
  };
  const requests = number(/(\d+) requests in/);
  if (requests === 0) throw new Error(`wrk had no answer: ${output.trim().split('\n').slice(2).join(' / ')}`);
  const broken = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output)?.slice(1) ?? [];
  return {
    requests,
    perSecond: number(/Requests\/sec:\s+([\d.]+)/),
    p50Ms: time(/\n\s+50%\s+([\d.]+)(us|ms|s|m)/),
    p99Ms: time(/\n\s+99%\s+([\d.]+)(us|ms|s|m)/),
    errors: number(/Non-2xx or 3xx responses: (\d+)/) + broken.reduce((sum, count) => sum + Number(count), 0),
  };
}
