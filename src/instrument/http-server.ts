/** HTTP on the server's side, as an instrumentation: a span and a measured duration for each request, by what Node.js tells of itself. */
import { subscribeToHttp1 } from './http/http1.ts';
import { subscribeToHttp2 } from './http/http2.ts';
import { HttpServer } from './http/server.ts';
import type { HttpServerOptions } from './http/server.ts';
import type { OwnInstrumentation, OwnSetup } from './own-instrumentation.ts';

export function httpServer(setup: OwnSetup): OwnInstrumentation {
  const { contexts } = setup;
  const options: HttpServerOptions = setup.options;
  if (contexts === undefined || options.disableIncomingRequestInstrumentation === true) return { patches: {} };
  let server: HttpServer | undefined;
  const serve = (): HttpServer => (server ??= new HttpServer({ ...setup, options, contexts }));
  return {
    patches: {},
    start() {
      subscribeToHttp1(serve);
      subscribeToHttp2(serve);
    },
  };
}
