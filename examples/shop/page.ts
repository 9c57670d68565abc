/** What the demo receives -> the page of `otelier dev`, beside the terminal. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { Delivery } from '../../src/otlp/delivery.ts';
import type { Viewer } from '../../src/viewer/start.ts';
import { startViewer } from '../../src/viewer/start.ts';

/** Where `otelier dev` has it. */
const usualPort = 4320;

export interface Page {
  readonly url: string;
  /** Hands one export request on. Whatever becomes of it, the demo in the terminal goes on. */
  take(delivery: Delivery): void;
  close(): Promise<void>;
}

export async function startPage(): Promise<Page> {
  const folder = mkdtempSync(join(tmpdir(), 'otelier-demo-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', remove);
  const start = (page: number): Promise<Viewer> =>
    startViewer({
      version: packageJson.version,
      folder,
      lasting: false,
      limits: { bytes: 320e6, ageMs: 24 * 3600 * 1000 },
      host: '127.0.0.1',
      ports: { http: 0, grpc: 0, page },
      assets: join(import.meta.dirname, '../../dist/viewer'),
      onFatal: (error) => process.stderr.write(`The page has stopped: ${error.message}\n`),
    });
  const viewer = await start(usualPort).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') return start(0); // `otelier dev` runs, or another demo
    throw error;
  });
  return {
    url: viewer.endpoints.page,
    take({ signal, encoding, bytes }) {
      const headers = { 'content-type': encoding === 'json' ? 'application/json' : 'application/x-protobuf' };
      fetch(`${viewer.endpoints.http}/v1/${signal}`, { method: 'POST', headers, body: new Uint8Array(bytes) }).catch(() => {});
    },
    async close() {
      await viewer.close();
      process.off('exit', remove);
      remove();
    },
  };
}
