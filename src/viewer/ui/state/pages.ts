/** Turns a list of the server into one that grows: at its top by what arrives, at its end by older pages as they are asked for. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Page } from '../../api.ts';
import { appendPage, mergeFirstPage, type Pages } from '../logic/merge-pages.ts';
import { useResource, type Resource } from './resource.ts';

export interface GrowingList<T> {
  /** How the latest question for the first page went. */
  readonly first: Resource<Page<T>>;
  readonly items: readonly T[];
  readonly complete: boolean;
  readonly loading: boolean;
  readonly more: () => void;
}

/** A list that only grew at its top, all day long, begins anew beyond so many items. */
const most = 20_000;

interface Kept<T> extends Pages<T> {
  readonly key: string;
  /** The reader has asked for older pages: none of them goes. */
  readonly deepened: boolean;
  readonly source: Page<T> | undefined;
}

export function usePages<T>(
  key: string,
  ask: (before: string | undefined, signal?: AbortSignal) => Promise<Page<T>>,
  idOf: (item: T) => string,
  live = true,
): GrowingList<T> {
  const first = useResource(key, (signal) => ask(undefined, signal), live);
  const kept = useRef<Kept<T>>({ key, deepened: false, source: undefined, items: [], next: undefined });
  const [loading, setLoading] = useState(false);
  const [, redraw] = useState(0);
  const asked = useRef<string | undefined>(undefined);

  if (first.data !== undefined && first.data !== kept.current.source) {
    const fresh: Pages<T> = { items: first.data.items, next: first.data.next };
    const goesOn = kept.current.key === key && !first.stale && (kept.current.deepened || kept.current.items.length <= most);
    const merged = goesOn ? mergeFirstPage(kept.current, fresh, idOf) : fresh;
    kept.current = { key: first.stale ? kept.current.key : key, deepened: goesOn && kept.current.deepened, source: first.data, ...merged };
  }
  useEffect(() => {
    asked.current = undefined;
    setLoading(false);
  }, [key]);

  const more = (): void => {
    const { next } = kept.current;
    if (next === undefined || asked.current === next) return;
    asked.current = next;
    setLoading(true);
    ask(next).then(
      (page) => {
        if (kept.current.key === key && kept.current.next === next) {
          kept.current = { ...kept.current, deepened: true, ...appendPage(kept.current, { items: page.items, next: page.next }, idOf) };
        }
        setLoading(false);
        redraw((count) => count + 1);
      },
      () => {
        asked.current = undefined;
        setLoading(false);
      },
    );
  };
  return { first, items: kept.current.items, complete: kept.current.next === undefined, loading, more };
}
