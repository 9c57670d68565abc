/** One short message to the reader, for what they have just done. */
import { signal } from '@preact/signals';

export const notice = signal<{ readonly text: string; readonly kind: 'news' | 'fault' } | undefined>(undefined);

let timer: ReturnType<typeof setTimeout> | undefined;

export function tell(text: string, kind: 'news' | 'fault' = 'news'): void {
  notice.value = { text, kind };
  clearTimeout(timer);
  timer = setTimeout(() => (notice.value = undefined), kind === 'fault' ? 12_000 : 5000);
}
