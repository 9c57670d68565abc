/** The bank behind the payment service: always the same answer to the same amount, and slower with larger ones. */

import { setTimeout as sleep } from 'node:timers/promises';

const LIMIT_CENTS = 100_000;
const REVIEW_CENTS = 20_000;

/** @returns {Promise<{ approved: boolean, reason?: string }>} */
export async function authorise(amountCents) {
  await sleep(amountCents > REVIEW_CENTS ? 240 : 15 + (amountCents % 25));
  return amountCents > LIMIT_CENTS ? { approved: false, reason: 'over the card limit' } : { approved: true };
}
