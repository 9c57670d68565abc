/** Turns a list that grows where the newest stands into one that does not move while it is read: what is new is counted until it is wanted. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';

export interface Tail<T> {
  readonly shown: readonly T[];
  /** How many have come since the reader began to read. */
  readonly waiting: number;
  readonly held: boolean;
  /** The reader has begun to read: moved within the list or selected something. */
  readonly hold: () => void;
  /** The reader has done with what was selected. */
  readonly letGo: () => void;
  /** What is new is wanted. */
  readonly follow: () => void;
  /** `away` pixels from where the newest stands. */
  readonly scrolled: (away: number, reading: boolean) => void;
}

/** Scrolled less than this is not scrolled away. */
const slack = 24;

/** `items` stand newest first; with `oldestFirst` they are shown as a terminal does, the newest last. */
export function useTail<T>(items: readonly T[], idOf: (item: T) => string, key: string, oldestFirst = false): Tail<T> {
  /** Id of the newest item when the reader began to read. */
  const [anchor, setAnchor] = useState<string | undefined>(undefined);
  const away = useRef(0);
  useEffect(() => setAnchor(undefined), [key, oldestFirst]);

  const waiting =
    anchor === undefined
      ? 0
      : Math.max(
          0,
          items.findIndex((item) => idOf(item) === anchor),
        );
  // Above the others what is new would push them away; below them it may stand.
  const shown = useMemo(
    () => (oldestFirst ? items.toReversed() : waiting === 0 ? items : items.slice(waiting)),
    [items, oldestFirst, waiting],
  );
  const hold = (): void => setAnchor((old) => old ?? (items[0] === undefined ? undefined : idOf(items[0])));
  const letGo = (): void => {
    if (away.current <= slack && (oldestFirst || waiting === 0)) setAnchor(undefined);
  };
  return {
    shown,
    waiting,
    held: anchor !== undefined,
    hold,
    letGo,
    follow: () => setAnchor(undefined),
    scrolled: (pixels, reading) => {
      away.current = pixels;
      if (pixels > slack) hold();
      else if (!reading) letGo();
    },
  };
}
