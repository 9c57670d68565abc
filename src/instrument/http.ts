/** HTTP of Node.js, of undici and of the global `fetch` as instrumentations: channels are subscribed to by name, and no module of the app's is loaded. */
import { registerHttpClient, registerUndiciClient } from './http/client.ts';
import { httpServer } from './http-server.ts';
import type { OwnInstrumentation, OwnSetup } from './own-instrumentation.ts';

/** Both sides of node:http, node:https and node:http2. */
export function http(setup: OwnSetup): OwnInstrumentation {
  const server = httpServer(setup);
  return {
    patches: server.patches,
    start() {
      server.start?.();
      registerHttpClient(setup, setup.options);
    },
  };
}

export function undici(setup: OwnSetup): OwnInstrumentation {
  return { patches: {}, start: () => registerUndiciClient(setup, setup.options) };
}
