/** Keys of the page: a view gives its own while it is shown; single letters do nothing while somebody writes. */
import { useEffect, useRef } from 'preact/hooks';

export type KeyMap = Readonly<Record<string, () => void>>;

const layers: { current: KeyMap }[] = [];
let prefix = '';
let prefixAt = 0;
/** Two keys one after the other count as a pair within this time. */
const pairMs = 1200;

/** Names: `j`, `Enter`, `Escape`, `g t` for two in a row. The layer that came last is asked first. */
export function useKeys(keys: KeyMap): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    layers.push(latest);
    return () => void layers.splice(layers.indexOf(latest), 1);
  }, []);
}

export function startKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement;
    const writing = target.matches('input:not([type=checkbox]), textarea, select');
    if (writing && event.key !== 'Escape') return;
    // Enter and space belong to the button or link that has the focus.
    if ((event.key === 'Enter' || event.key === ' ') && target.closest('button, a, summary, [role=option]')) return;
    // When they were pressed: a page that was busy meanwhile hears of both late.
    const pair = event.timeStamp - prefixAt < pairMs ? `${prefix} ${event.key}` : '';
    const act = find(pair) ?? find(event.key);
    prefix = event.key;
    prefixAt = act === undefined ? event.timeStamp : 0;
    if (act === undefined) {
      if (writing && event.key === 'Escape') target.blur();
      return;
    }
    event.preventDefault();
    act();
  });
}

function find(name: string): (() => void) | undefined {
  if (name === '') return undefined;
  for (let i = layers.length - 1; i >= 0; i--) {
    const act = layers[i]?.current[name];
    if (act) return act;
  }
  return undefined;
}
