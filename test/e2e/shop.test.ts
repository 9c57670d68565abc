/**
 * The whole way, with real servers: an app started with otel.js, the collector, Jaeger, Prometheus, Loki and Alertmanager with the very files that
 * docker-compose.yml mounts. `npm run test:e2e` runs it; it needs Go, or the programs that an earlier run has built.
 */
import { after, before, describe } from 'node:test';
import { withoutPostgres } from '../support/postgres.ts';
import { withoutRedis } from '../support/redis.ts';
import { findProgram } from './programs.ts';
import { testAlert } from './shop/alert.ts';
import { testMonitor } from './shop/monitor.ts';
import { testOrder } from './shop/order.ts';
import { testOutage } from './shop/outage.ts';
import { testQueries } from './shop/queries.ts';
import { testSecrets } from './shop/planted.ts';
import { askMatrix, formatMatrix } from './support/matrix.ts';
import type { World } from './support/world.ts';
import { startWorld } from './support/world.ts';

const programs = await Promise.all((['otelcol', 'prometheus', 'alertmanager', 'loki', 'jaeger'] as const).map(findProgram));
const missing = programs.flatMap((program) => program.missing ?? []);
const skip = missing.length > 0 ? missing.join('; ') : withoutPostgres || withoutRedis;

describe('the shop on the stack', { skip, timeout: 30 * 60_000 }, () => {
  let started: World | undefined;
  const world = (): World => {
    if (started === undefined) throw new Error('the stack has not started');
    return started;
  };

  before(async () => {
    started = await startWorld();
  });
  after(async () => {
    if (started === undefined) return;
    const table = formatMatrix(await askMatrix(started));
    console.log(['', table, ...started.reported, ''].join('\n'));
    await started.stop();
  });

  testOrder(world);
  testMonitor(world);
  testSecrets(world);
  testQueries(world);
  testAlert(world);
  testOutage(world);
});
