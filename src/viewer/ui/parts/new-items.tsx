/** How many items wait above the list, or below it, until the reader wants them. */
import type { JSX } from 'preact';
import { formatCount } from '../format/number.ts';
import { Icon } from './icon.tsx';

export function NewItems(props: { readonly count: number; readonly below?: boolean; readonly onClick: () => void }): JSX.Element | null {
  const { count, below = false, onClick } = props;
  if (count === 0) return null;
  return (
    <button type="button" class={`new-lines${below ? ' below' : ''}`} onClick={onClick}>
      <Icon name={below ? 'down' : 'up'} size={12} /> {formatCount(count)} new
    </button>
  );
}
