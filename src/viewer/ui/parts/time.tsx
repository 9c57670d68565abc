/** A time as the distance from now, with the exact one as tooltip. */
import type { JSX } from 'preact';
import { formatAbsolute, formatAgo } from '../format/time.ts';
import { now } from '../state/live.ts';

export function Ago({ ms }: { readonly ms: number }): JSX.Element {
  return (
    <time class="ago" dateTime={new Date(ms).toISOString()} title={formatAbsolute(ms)}>
      {formatAgo(ms, now.value)}
    </time>
  );
}
