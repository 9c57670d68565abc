/** Asks a service whether it can do its work. */
import { get } from 'node:http';
import type { Service } from './services.ts';

export interface Health {
  readonly ready: boolean;
  /** For a person: what it answered, or why there was no answer. */
  readonly says: string;
}

const timeoutMs = 2000;

export function askHealth({ health }: Service, address: string): Promise<Health> {
  return new Promise((resolve) => {
    const request = get({ host: address, port: health.port, path: health.path, timeout: timeoutMs, agent: false }, (response) => {
      response.resume();
      const ready = response.statusCode === 200;
      resolve({ ready, says: ready ? 'ready' : `not ready (HTTP ${response.statusCode})` });
    });
    request.once('timeout', () => request.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)));
    request.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ ready: false, says: error.code === 'ECONNREFUSED' ? 'does not listen' : error.message }),
    );
  });
}
