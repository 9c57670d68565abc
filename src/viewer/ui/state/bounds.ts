/** The bounds of the time range of now, as the API takes them. */
import { status } from './live.ts';
import { range } from './location.ts';
import { resolveBounds } from './range.ts';

export function currentBounds(): { readonly from?: number; readonly to?: number } {
  return resolveBounds(range.peek(), Date.now(), status.peek()?.oldest);
}
