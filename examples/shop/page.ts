/** What the demo receives -> the page of `otelier dev`, beside the terminal. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { Delivery } from '../../src/otlp/delivery.ts';
import { startViewer } from '../../src/viewer/start.ts';
import { isTaken } from './children.ts';

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
  const viewer = await startViewer({
    version: packageJson.version,
    folder,
    lasting: false,
    limits: { bytes: 320e6, ageMs: 24 * 3600 * 1000 },
    host: '127.0.0.1',
    ports: { http: 0, grpc: 0, page: (await isTaken(usualPort)) ? 0 : usualPort },
    assets: join(import.meta.dirname, '../../dist/viewer'),
    onFatal: (error) => process.stderr.write(`The page has stopped: ${error.message}\n`),
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
