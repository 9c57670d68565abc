/** Turns a question that depends on signals into its latest answer: asked again when its key changes and when something has arrived. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiFault } from './api.ts';
import { cleared, tick } from './live.ts';

export interface Resource<T> {
  /** The latest answer, also while the next is under way. */
  readonly data: T | undefined;
  readonly fault: ApiFault | undefined;
  /** The answer belongs to an earlier key. */
  readonly stale: boolean;
  readonly reload: () => void;
}

interface Held<T> {
  readonly key: string;
  readonly data: T | undefined;
  readonly fault: ApiFault | undefined;
}

/** A server that is gone may come back; one that refused the question will refuse it again. */
const retryMs = 2000;

/**
 * Asks whenever `key` changes; while `live`, also at each tick. One question of a key is under way at a time: a tick meanwhile is answered by one more
 * question afterwards, so a slow server is never flooded.
 */
export function useResource<T>(key: string, ask: (signal: AbortSignal) => Promise<T>, live = true): Resource<T> {
  const [held, setHeld] = useState<Held<T>>({ key, data: undefined, fault: undefined });
  const [attempt, setAttempt] = useState(0);
  const latest = useRef(ask);
  latest.current = ask;
  const askAgain = useRef<(() => void) | undefined>(undefined);
  const beat = live ? tick.value : 0;
  const lastBeat = useRef(beat);

  useEffect(() => {
    const asker = createAsker<T>(
      (signal) => latest.current(signal),
      (data) => setHeld({ key, data, fault: undefined }),
      (fault) => setHeld((old) => ({ key, data: old.key === key ? old.data : undefined, fault })),
    );
    askAgain.current = asker.ask;
    asker.ask();
    return asker.stop;
  }, [key, attempt, cleared.value]);

  useEffect(() => {
    if (lastBeat.current !== beat) askAgain.current?.();
    lastBeat.current = beat;
  }, [beat]);

  return { data: held.data, fault: held.fault, stale: held.key !== key, reload: () => setAttempt((count) => count + 1) };
}

function createAsker<T>(
  ask: (signal: AbortSignal) => Promise<T>,
  onAnswer: (data: T) => void,
  onFault: (fault: ApiFault) => void,
): { readonly ask: () => void; readonly stop: () => void } {
  const aborter = new AbortController();
  let busy = false;
  let again = false;
  let retry: ReturnType<typeof setTimeout> | undefined;
  const start = (): void => {
    clearTimeout(retry);
    again = busy;
    if (busy) return;
    busy = true;
    ask(aborter.signal)
      .then(
        (data) => !aborter.signal.aborted && onAnswer(data),
        (error: unknown) => {
          if (aborter.signal.aborted) return;
          const fault = error instanceof ApiFault ? error : new ApiFault(String(error), 500);
          onFault(fault);
          if (fault.status === 0 || fault.status >= 500) retry = setTimeout(start, retryMs);
        },
      )
      .finally(() => {
        busy = false;
        if (again && !aborter.signal.aborted) start();
      });
  };
  return {
    ask: start,
    stop: () => {
      clearTimeout(retry);
      aborter.abort();
    },
  };
}
