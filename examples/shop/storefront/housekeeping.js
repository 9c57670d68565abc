'use strict';
/** The background job: gives reserved goods back when an order was not paid, fills the shelves, ends old sessions. */

const { pool, inTransaction } = require('./database.js');
const { log } = require('./log.js');

/** @returns {{ stop(): Promise<void> }} `stop` waits for a run that is under way. */
function startHousekeeping(intervalMs) {
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = run();
  }, intervalMs);
  return {
    stop() {
      clearInterval(timer);
      return running;
    },
  };
}

/** One run, with one line that tells how it went. */
async function run() {
  const startedAt = performance.now();
  const outcome = (status) => ({ durationMs: Math.round(performance.now() - startedAt), event: 'job', job: 'housekeeping', status });
  try {
    await tidyUp();
    log.info('housekeeping done', outcome('succeeded'));
  } catch (err) {
    log.error('housekeeping failed', { ...outcome('failed'), err });
  }
}

async function tidyUp() {
  const released = await inTransaction(async (client) => {
    const { rows } = await client.query("UPDATE orders SET status = 'released' WHERE status = 'declined' RETURNING id");
    const ids = rows.map((row) => row.id);
    if (ids.length > 0) {
      await client.query(
        'UPDATE stock s SET quantity = s.quantity + i.quantity FROM order_items i WHERE i.product_id = s.product_id AND i.order_id = ANY($1)',
        [ids],
      );
    }
    return ids;
  });
  if (released.length > 0) log.info('unpaid orders released', { orderIds: released });

  const { rows } = await pool.query('UPDATE stock SET quantity = target WHERE quantity < target / 2 RETURNING product_id');
  if (rows.length > 0) log.info('shelves filled', { productIds: rows.map((row) => row.product_id) });

  await pool.query('DELETE FROM sessions WHERE expires_at < now()');
}

module.exports = { startHousekeeping };
