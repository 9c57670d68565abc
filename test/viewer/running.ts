/** A whole viewer on free ports, in a folder of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startViewer } from '../../src/viewer/start.ts';
import type { Viewer, ViewerOptions } from '../../src/viewer/start.ts';

export interface RunningViewer extends Viewer {
  readonly fatal: Error[];
  /** JSON of an endpoint; `body` makes it a POST with the header that is needed. */
  api<T>(path: string, body?: string | object): Promise<{ readonly status: number; readonly body: T & { readonly error?: string } }>;
  otlp(signal: string, body: object): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function runViewer(options: Partial<ViewerOptions> = {}): Promise<RunningViewer> {
  const folder = mkdtempSync(join(tmpdir(), 'otelier-test-viewer-'));
  const fatal: Error[] = [];
  const viewer = await startViewer({
    version: '0.0.0-test',
    folder,
    lasting: false,
    limits: { bytes: 2 ** 30, ageMs: 2 ** 40 },
    host: '127.0.0.1',
    ports: { http: 0, grpc: 0, page: 0 },
    assets: join(folder, 'no-page'),
    onFatal: (error) => void fatal.push(error),
    ...options,
  });
  return {
    ...viewer,
    fatal,
    async api(path, body) {
      const init =
        body === undefined
          ? {}
          : { method: 'POST', headers: { 'x-otelier': '1' }, body: typeof body === 'string' ? body : JSON.stringify(body) };
      const response = await fetch(`${viewer.endpoints.page}/api/${path}`, init);
      return { status: response.status, body: (await response.json()) as never };
    },
    async otlp(signal, body) {
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${viewer.endpoints.http}/v1/${signal}`, { method: 'POST', headers, body: JSON.stringify(body) });
      await response.arrayBuffer();
      return response.status;
    },
    async [Symbol.asyncDispose]() {
      await viewer.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request with headers that `fetch` does not let through, such as Host. */
export function raw(
  url: string,
  options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Uint8Array } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body } = options;
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body: Buffer.concat(chunks) }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}
