/** The public API: for apps that want a hand on the running otelier. Apps that want spans or metrics of their own use `@opentelemetry/api`. */
import type { Handle } from './start.ts';

/**
 * Delivers everything recorded so far: for serverless handlers and scripts that end abruptly.
 * Resolves when delivered or after `timeoutMs` milliseconds (default 10,000); never rejects. Does nothing when otelier is not started.
 */
export async function flush(timeoutMs?: number): Promise<void> {
  await running()?.flush(timeoutMs);
}

/** Is otelier started in this thread? */
export function isStarted(): boolean {
  return running() !== undefined;
}

function running(): Handle | undefined {
  return (globalThis as Record<symbol, unknown>)[Symbol.for('otelier')] as Handle | undefined;
}
