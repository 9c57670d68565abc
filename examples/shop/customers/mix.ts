/** Environment -> how many visits a second, and which of them are replaced by other ones: the switches for whoever wants to see something go wrong. */

import type { Visit } from './visits.ts';
import { brokenPage, busyForecast, overTheLimit, slowReport, trespass } from './visits.ts';

/** Each variable is a share, 0 to 1, of all visits. Together they are at most 1. */
const switches = {
  /** Orders over the card limit: 402. */
  DECLINE_SHARE: overTheLimit,
  /** The page that fails: 500. */
  ERROR_SHARE: brokenPage,
  /** The report that takes more than a second. */
  SLOW_SHARE: slowReport,
  /** The forecast that keeps the process busy. */
  BUSY_SHARE: busyForecast,
  /** Scanners, guessed passwords, closed doors. */
  TRESPASS_SHARE: trespass,
} as const satisfies Record<string, Visit>;

export type ShareName = keyof typeof switches;

export interface Mix {
  readonly visitsPerSecond: number;
  /** The visit that takes the place of the usual one, or undefined. */
  pick(): Visit | undefined;
}

/** Throws with a message for a person when a value is no number or out of bounds. */
export function parseMix(env: NodeJS.ProcessEnv): Mix {
  const shares = Object.entries(switches).map(([name, visit]) => ({ visit, share: parseNumber(env, name, 0, 1, 0), due: 0 }));
  const usual = 1 - shares.reduce((sum, { share }) => sum + share, 0);
  if (usual < -1e-9) throw new RangeError(`${Object.keys(switches).join(' + ')} is more than 1; what is left of 1 are the usual visits.`);
  const all: { readonly visit: Visit | undefined; readonly share: number; due: number }[] = [
    ...shares,
    { visit: undefined, share: Math.max(0, usual), due: 0 },
  ];
  return {
    visitsPerSecond: parseNumber(env, 'RATE', 0.01, 100, 4),
    // Even instead of at random: whoever is most overdue comes next, so that a share is what it says after a few visits.
    pick() {
      for (const one of all) one.due += one.share;
      const next = all.reduce((most, one) => (one.due > most.due ? one : most));
      next.due -= 1;
      return next.visit;
    },
  };
}

function parseNumber(env: NodeJS.ProcessEnv, name: string, least: number, most: number, otherwise: number): number {
  const text = env[name]?.trim() ?? '';
  if (text === '') return otherwise;
  const value = Number(text);
  if (value >= least && value <= most) return value;
  throw new RangeError(`${name} is "${text}"; it is a number from ${least} to ${most}.`);
}
