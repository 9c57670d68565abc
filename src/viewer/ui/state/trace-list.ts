/** The ids of the traces that were listed last, so that a trace knows its neighbours. */
import { signal } from '@preact/signals';

export const listedTraces = signal<readonly string[]>([]);

/** The trace `by` places further down that list. */
export function neighbour(traceId: string, by: number): string | undefined {
  const index = listedTraces.value.indexOf(traceId);
  return index < 0 ? undefined : listedTraces.value[index + by];
}
