/**
 * Customers: visits to the storefront at an even, bounded rate. Runs until SIGTERM or SIGINT, and prints every two seconds how the visits went.
 * STOREFRONT_URL and RATE say where and how many a second; customers/mix.ts holds the variables that make more of them go wrong.
 */

import { customers } from './customers/people.ts';
import { createStorefront } from './customers/storefront.ts';
import type { Mix } from './customers/mix.ts';
import { parseMix } from './customers/mix.ts';
import { visits } from './customers/visits.ts';

const maxInFlight = 20;
const tellEveryMs = 2000;

const shop = createStorefront(process.env.STOREFRONT_URL ?? 'http://127.0.0.1:8080');
const counts = { good: 0, refused: 0, failed: 0, unanswered: 0 };
/** How many visits there were of the usual ones, and of those that took the place of one. */
const begun = { usual: 0, other: 0 };
let inFlight = 0;

async function visit(mix: Mix): Promise<void> {
  if (inFlight >= maxInFlight) return; // the shop cannot keep up: customers stay away
  inFlight++;
  try {
    const other = mix.pick();
    const round = other === undefined ? Math.floor(begun.usual / visits.length) : begun.other++;
    const make = other ?? visits[begun.usual++ % visits.length]!;
    const response = await make({ shop, person: customers[round % customers.length]!, round });
    await response.arrayBuffer();
    counts[response.status >= 500 ? 'failed' : response.status >= 400 ? 'refused' : 'good']++;
  } catch (error) {
    counts.unanswered++;
    console.error(`no answer: ${(error as Error).message}`);
  } finally {
    inFlight--;
  }
}

function tell(): void {
  const { good, refused, failed, unanswered } = counts;
  const all = good + refused + failed + unanswered;
  console.log(`${all} visits: ${good} good, ${refused} refused (4xx), ${failed} failed (5xx), ${unanswered} without answer`);
}

function start(mix: Mix): void {
  const timers = [setInterval(() => void visit(mix), 1000 / mix.visitsPerSecond), setInterval(tell, tellEveryMs)];
  /** No new visits; those under way have three seconds to finish. */
  function stop(): void {
    for (const timer of timers) clearInterval(timer);
    setTimeout(() => process.exit(0), 3000);
    setInterval(() => inFlight === 0 && process.exit(0), 20);
  }
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  process.on('exit', tell);
}

try {
  start(parseMix(process.env));
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  console.error(`${error.message} Nobody visits the shop until that is put right.`);
  process.exitCode = 2;
}
