/** Fastify 4 and 5 -> the route of a request and its errors, on the server span. It announces each instance on a channel; two hooks do the rest. */
import { subscribe } from 'node:diagnostics_channel';
import { diag } from '@opentelemetry/api';
import { exchangeOfRequest } from '../http/tie.ts';
import type { OwnInstrumentation, OwnSetup } from '../own-instrumentation.ts';

interface Request {
  readonly raw: object;
  /** Without `url`: nobody serves the path. */
  readonly routeOptions?: { readonly url?: string };
  /** Before 4.10. */
  readonly routerPath?: string;
}
interface Instance {
  addHook(name: 'onRequest', hook: (request: Request, reply: unknown, done: () => void) => void): void;
  addHook(name: 'onError', hook: (request: Request, reply: unknown, error: unknown, done: () => void) => void): void;
}

export function fastifyRoutes({ options }: OwnSetup): OwnInstrumentation {
  return {
    patches: {},
    start() {
      subscribe('fastify.initialization', (message) => {
        try {
          addHooks((message as { fastify: Instance }).fastify, options['recordExceptions'] !== false);
        } catch (error) {
          diag.debug('an instance of fastify could not be instrumented', error);
        }
      });
    },
  };
}

function addHooks(instance: Instance, recordExceptions: boolean): void {
  instance.addHook('onRequest', (request, _reply, done) => {
    const exchange = exchangeOfRequest(request.raw);
    if (exchange !== undefined) exchange.route = request.routeOptions === undefined ? request.routerPath : request.routeOptions.url;
    done();
  });
  if (!recordExceptions) return;
  instance.addHook('onError', (request, _reply, error, done) => {
    exchangeOfRequest(request.raw)?.recordError(error);
    done();
  });
}
