/** Asks again and again until there is an answer or the deadline has passed: what backends show appears when it is ingested, not when it is sent. */
import { setTimeout as sleep } from 'node:timers/promises';

type Truthy<T> = Exclude<T, false | undefined | null | 0 | ''>;

/**
 * The first truthy answer.
 * @param what completes "waited for …"
 * @throws Error when `timeoutMs` pass first, with the last error or answer.
 */
export async function poll<T>(what: string, ask: () => Promise<T> | T, timeoutMs = 120_000): Promise<Truthy<T>> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 1.5, 1000)) {
    try {
      const answer = await ask();
      if (answer) return answer as Truthy<T>;
      last = answer;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs / 1000} s for ${what}`, { cause: last });
    await sleep(pauseMs);
  }
}

/** The JSON of an answer. @throws Error with the status and the beginning of the body when it is not 2xx. */
export async function getJson<T>(url: string | URL, init?: RequestInit): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(20_000), ...init });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} from ${String(url)}: ${text.slice(0, 500)}`);
  return JSON.parse(text) as T;
}
