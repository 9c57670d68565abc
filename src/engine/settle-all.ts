/** Flushes or shutdowns of several parties, all begun at once -> one wait for all of them, whatever becomes of each. Never rejects. */
import { diag } from '@opentelemetry/api';

/** After this nobody is waited for any longer. https://opentelemetry.io/docs/specs/otel/trace/sdk/#forceflush */
const BOUND_MS = 30_000;

export async function settleAll(calls: readonly (() => Promise<unknown>)[]): Promise<void> {
  const work = Promise.all(calls.map(async (call) => settle(call)));
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      diag.warn(`A flush or shutdown took longer than ${BOUND_MS} ms`);
      resolve();
    }, BOUND_MS);
  });
  await Promise.race([work, bound]);
  clearTimeout(timer);
}

async function settle(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    diag.error('A flush or shutdown failed', error);
  }
}
