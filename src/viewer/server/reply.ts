/** An answer -> an HTTP response, with the headers that keep a page to itself; large ones compressed. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';
import { releaseBytes } from '../../otlp/release-bytes.ts';

const gzip = promisify(gzipCallback);

/** Smaller ones are not worth it. */
const COMPRESSED_BYTES = 4096;

export const safetyHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Nobody needs the body again. */
  readonly isOnce?: boolean;
}

export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers = {}, body = '', isOnce = false }: Reply,
): Promise<void> {
  let content: Uint8Array = typeof body === 'string' ? Buffer.from(body) : body;
  const all: Record<string, string | number> = { 'cache-control': 'no-store', ...safetyHeaders, ...headers };
  if (content.byteLength >= COMPRESSED_BYTES) {
    all['vary'] = 'accept-encoding';
    if (/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) {
      const plain = content;
      content = await gzip(plain, { level: 1 });
      if (isOnce) releaseBytes(plain);
      all['content-encoding'] = 'gzip';
    }
  }
  if (response.destroyed) return;
  all['content-length'] = content.byteLength;
  response.writeHead(status, all);
  response.end(request.method === 'HEAD' ? undefined : content);
}

export function jsonReply(value: unknown, status = 200): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: value instanceof Uint8Array ? value : JSON.stringify(value) };
}

export function errorReply(status: number, error: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ error }) };
}
