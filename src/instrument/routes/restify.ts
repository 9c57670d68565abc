/** Restify -> the route of a request and its errors, on the server span. What matched stands on the request. */
import { exchangeOfRequest } from '../http/tie.ts';
import type { OwnInstrumentation } from '../own-instrumentation.ts';

interface RestifyRequest {
  readonly route?: { readonly path?: unknown } | null;
}
type Method = (this: unknown, request: object, ...rest: unknown[]) => unknown;
interface ServerPrototype {
  _setupRequest?: Method;
  _emitErrorEvents?: Method;
}

export function restifyRoutes(): OwnInstrumentation {
  return {
    patches: {
      'restify/lib/server.js': (exports) => {
        const { prototype } = exports as { prototype: ServerPrototype };
        const { _setupRequest: setUp, _emitErrorEvents: emitErrors } = prototype;
        if (setUp !== undefined) {
          prototype._setupRequest = function (request, ...rest) {
            const exchange = exchangeOfRequest(request);
            if (exchange !== undefined) {
              exchange.source = request;
              exchange.readSource = readRoute;
            }
            return setUp.call(this, request, ...rest);
          };
        }
        if (emitErrors !== undefined) {
          prototype._emitErrorEvents = function (request, response, route, error, ...rest) {
            // Without a route it is restify's own answer to a path that nobody serves.
            if (error && (request as RestifyRequest).route) exchangeOfRequest(request)?.recordError(error);
            return emitErrors.call(this, request, response, route, error, ...rest);
          };
        }
        return exports;
      },
    },
  };
}

function readRoute(source: object): string | undefined {
  const path = (source as RestifyRequest).route?.path;
  return typeof path === 'string' || path instanceof RegExp ? String(path) : undefined;
}
