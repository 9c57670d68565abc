'use strict';
/** The cache in front of the database: Redis, when `REDIS_URL` names one. Without it, or while it is away, the database does all the work. */

const { createClient } = require('redis');
const { log } = require('./log.js');

const ANSWER_WITHIN_MS = 250;

/** `off` without REDIS_URL, else whether it answers. */
let state = process.env.REDIS_URL ? 'away' : 'off';
const client = process.env.REDIS_URL ? connect(process.env.REDIS_URL) : undefined;

function connect(url) {
  const redis = createClient({
    url,
    disableOfflineQueue: true, // a request does not wait for Redis to come back
    socket: { connectTimeout: 1000, reconnectStrategy: (retries) => Math.min(100 * 2 ** retries, 2000) },
  });
  let told; // what the log says of it: the state has changed when the two differ
  redis.on('error', (err) => {
    state = 'away';
    if (told !== 'away') log.warn('cache is away; the database does without', { err });
    told = 'away';
  });
  redis.on('ready', () => {
    state = 'ok';
    if (told === 'away') log.info('cache is back');
    told = 'ok';
  });
  redis.connect().catch(() => {}); // the listener above tells
  return redis;
}

/**
 * The value kept under this key, or what `load` gives, which is then kept for so long.
 * @template T @param {string} key @param {number} seconds @param {() => Promise<T>} load @returns {Promise<T>}
 */
async function cached(key, seconds, load) {
  const kept = await ask(() => client.get(key));
  if (kept !== undefined && kept !== null) return JSON.parse(kept);
  const value = await load();
  await ask(() => client.set(key, JSON.stringify(value), { expiration: { type: 'EX', value: seconds } }));
  return value;
}

/** Redis' answer; undefined when it is away, takes too long or fails. */
async function ask(command) {
  if (!client?.isReady) return undefined;
  let timer;
  const tooLong = new Promise((resolve) => {
    timer = setTimeout(resolve, ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([command().catch(() => undefined), tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

module.exports = {
  cached,
  cacheState: () => state,
  closeCache: () => client?.destroy(),
};
