/** The instrumentations of our own, by short name of the catalogue. */
import { http, undici } from './http.ts';
import { bunyanBridge } from './loggers/bunyan.ts';
import { consoleBridge } from './loggers/console.ts';
import { pinoBridge } from './loggers/pino.ts';
import { winstonBridge } from './loggers/winston.ts';
import type { CreateOwnInstrumentation } from './own-instrumentation.ts';
import { expressRoutes } from './routes/express.ts';
import { fastifyRoutes } from './routes/fastify.ts';
import { hapiRoutes } from './routes/hapi.ts';
import { koaRoutes } from './routes/koa.ts';
import { nestErrors } from './routes/nest.ts';
import { restifyRoutes } from './routes/restify.ts';
import { runtimeMetrics } from './runtime-metrics.ts';

export const ownInstrumentations: Readonly<Record<string, CreateOwnInstrumentation>> = {
  bunyan: ({ options }) => bunyanBridge(options),
  console: ({ options }) => consoleBridge(options),
  express: expressRoutes,
  fastify: fastifyRoutes,
  hapi: hapiRoutes,
  http,
  koa: koaRoutes,
  'nestjs-core': nestErrors,
  pino: ({ options }) => pinoBridge(options),
  restify: restifyRoutes,
  // Express 5 is built on it: one set of patches serves both.
  router: expressRoutes,
  'runtime-node': runtimeMetrics,
  undici,
  winston: ({ options }) => winstonBridge(options),
};
