'use strict';
/** Starts the storefront and ends it in order: no new requests, no new jobs, then the cache and the pool. */

const { app } = require('./app.js');
const { closeCache } = require('./cache.js');
const { pool } = require('./database.js');
const { startHousekeeping } = require('./housekeeping.js');
const { log } = require('./log.js');

const server = app.listen(Number(process.env.PORT ?? 8080), process.env.HOST ?? '127.0.0.1', (error) => {
  if (error) throw error;
  log.info('storefront is listening', { port: server.address().port });
});
const housekeeping = startHousekeeping(Number(process.env.HOUSEKEEPING_INTERVAL_MS ?? 5000));

pool.on('error', (err) => log.error('database connection lost', { err }));

async function stop(signal) {
  log.info('storefront is stopping', { signal });
  await new Promise((resolve) => {
    server.close(resolve);
    server.closeIdleConnections();
  });
  await housekeeping.stop();
  closeCache();
  await pool.end();
}

process.once('SIGTERM', stop);
process.once('SIGINT', stop);
