'use strict';
// Tells the benchmark when the app got this far and what it holds by then. At start-up it dies at once: what follows is not measured.
// Under load (BENCH_STAY) it stays, and tells on SIGUSR2 what it has used.
const { writeSync } = require('node:fs');

module.exports = (port) => {
  const at = Number(process.hrtime.bigint()) / 1e6;
  writeSync(1, `${JSON.stringify({ at, rss: process.memoryUsage.rss(), port })}\n`);
  if (!process.env.BENCH_STAY) process.kill(process.pid, 'SIGKILL');
  process.on('SIGUSR2', () => {
    const { user, system } = process.cpuUsage();
    const usage = { cpuUs: user + system, ...process.memoryUsage() };
    // Under --expose-gc also what is left when all garbage is collected.
    if (global.gc) global.gc();
    writeSync(1, `${JSON.stringify({ ...usage, live: process.memoryUsage().heapUsed })}\n`);
  });
};
