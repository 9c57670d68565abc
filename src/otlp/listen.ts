/** A server -> an endpoint that listens. */
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import type { Endpoint } from './delivery.ts';

/**
 * @param endConnections ends those that are open, idle or busy: part of `close`
 * @throws the listen error, such as EADDRINUSE
 */
export async function listen(server: Server, host: string, port: number, endConnections: () => void): Promise<Endpoint> {
  server.listen(port, host);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        endConnections();
      }),
  };
}
