/** Hapi -> the route of a request and its error, on the server span; both stand on hapi's own request when the response ends. */
import type { Exchange } from '../http/exchange.ts';
import { exchangeOfRequest } from '../http/tie.ts';
import type { OwnInstrumentation } from '../own-instrumentation.ts';

interface HapiRequest {
  /** `_special`: hapi's own routes for what nobody serves. */
  readonly route?: { readonly method: string; readonly path: string };
  readonly response?: { readonly statusCode?: number; readonly _error?: unknown } | null;
}
interface RequestClass {
  generate(server: unknown, request: object, ...rest: unknown[]): HapiRequest;
}

export function hapiRoutes(): OwnInstrumentation {
  return {
    patches: {
      '@hapi/hapi/lib/request.js': (exports) => {
        const Request = exports as RequestClass;
        const { generate } = Request;
        Request.generate = function (server, request, ...rest) {
          const made = generate.call(this, server, request, ...rest);
          const exchange = exchangeOfRequest(request);
          if (exchange !== undefined) {
            exchange.source = made;
            exchange.readSource = readRoute;
          }
          return made;
        };
        return exports;
      },
    },
  };
}

function readRoute(source: object, exchange: Exchange): string | undefined {
  const { route, response } = source as HapiRequest;
  if (response?._error && Number(response.statusCode) >= 500) exchange.recordError(response._error);
  return route === undefined || route.method === '_special' ? undefined : route.path;
}
