/** A webhook receiver: keeps what Alertmanager posts to it, with the path it came on. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface Notification {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: {
    readonly [field: string]: unknown;
    readonly receiver?: string;
    readonly status?: string;
    readonly alerts?: readonly { readonly labels: Record<string, string>; readonly annotations: Record<string, string> }[];
  };
}

export interface Webhook {
  readonly url: string;
  readonly notifications: readonly Notification[];
  close(): Promise<void>;
}

export async function startWebhook(): Promise<Webhook> {
  const notifications: Notification[] = [];
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as Notification['body'];
    notifications.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
    response.end('ok'); // Slack's API says so
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    notifications,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
