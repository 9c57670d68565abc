'use strict';
// Tells the benchmark when the app got this far and what it holds by then, and dies at once: what follows is not measured.
const at = Number(process.hrtime.bigint()) / 1e6;
require('node:fs').writeSync(1, `${JSON.stringify({ at, rss: process.memoryUsage.rss() })}\n`);
process.kill(process.pid, 'SIGKILL');
