/** Koa with `@koa/router` or `koa-router` -> the route of a request and its errors, on the server span. Every router notes what matched on the context. */
import { exchangeOfRequest } from '../http/tie.ts';
import type { OwnInstrumentation } from '../own-instrumentation.ts';

interface KoaContext {
  readonly req: object;
  readonly _matchedRoute?: unknown;
}
interface Application {
  createContext(request: object, response: object): KoaContext;
}
interface ContextPrototype {
  onerror(this: KoaContext, error: unknown): unknown;
}

export function koaRoutes(): OwnInstrumentation {
  return {
    patches: {
      koa: (exports) => {
        const { prototype } = exports as { prototype: Application };
        const { createContext } = prototype;
        prototype.createContext = function (request, response) {
          const context = createContext.call(this, request, response);
          const exchange = exchangeOfRequest(request);
          if (exchange !== undefined) {
            exchange.source = context;
            exchange.readSource = readRoute;
          }
          return context;
        };
        return exports;
      },
      'koa/lib/context.js': (exports) => {
        const prototype = exports as ContextPrototype;
        const { onerror } = prototype;
        prototype.onerror = function (error) {
          // Called for each response, mostly with nothing.
          if (error) exchangeOfRequest(this.req)?.recordError(error);
          return onerror.call(this, error);
        };
        return exports;
      },
    },
  };
}

function readRoute(source: object): string | undefined {
  const { _matchedRoute: route } = source as KoaContext;
  return typeof route === 'string' || route instanceof RegExp ? String(route) : undefined;
}
