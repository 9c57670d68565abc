/** Turns a long list into the few rows that are in sight. All rows have one height. It grows downwards, or as a terminal does: from its end. */
import type { ComponentChildren, JSX, RefObject } from 'preact';
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface VirtualListHandle {
  /** Scrolls as little as is needed to bring a row into sight. */
  reveal(index: number, where?: 'nearest' | 'centre'): void;
  focus(): void;
}

interface VirtualListProps<T> {
  readonly items: readonly T[];
  readonly rowHeight: number;
  readonly keyOf: (item: T, index: number) => string;
  readonly row: (item: T, index: number) => ComponentChildren;
  readonly label: string;
  readonly class?: string;
  readonly handle?: RefObject<VirtualListHandle>;
  /** Stands above the rows and stays there. */
  readonly head?: ComponentChildren;
  readonly foot?: ComponentChildren;
  /** Where what is new stands: the list begins there and is scrolled away from it. */
  readonly from?: 'top' | 'bottom';
  /** Stays where it is, also when something new comes at the end where it would follow. */
  readonly held?: boolean;
  /** The list has been scrolled to the other end. */
  readonly onEnd?: () => void;
  /** How far it has been scrolled away from what is new. */
  readonly onScroll?: (away: number) => void;
}

/** Rows beyond the edges of the window, so that fast scrolling shows no gap. */
const beyond = 12;

export function VirtualList<T>(props: VirtualListProps<T>): JSX.Element {
  const { items, rowHeight, keyOf, row, label, handle, head, foot, from = 'top', held = false, onEnd, onScroll } = props;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });
  const atBottom = useRef(true);
  const firstKey = useRef<string | undefined>(undefined);
  const lastFrom = useRef<'top' | 'bottom' | undefined>(undefined);
  const latest = useRef({ from, held });
  latest.current = { from, held };

  // What comes above, or goes from there, does not move what is read.
  useLayoutEffect(() => {
    const element = box.current!;
    const before = firstKey.current;
    firstKey.current = items[0] === undefined ? undefined : keyOf(items[0], 0);
    if (lastFrom.current !== from) {
      if (from === 'bottom' || lastFrom.current !== undefined) element.scrollTop = from === 'top' ? 0 : element.scrollHeight;
      lastFrom.current = from;
    } else if (from === 'top') return;
    else if (atBottom.current && !held) element.scrollTop = element.scrollHeight;
    else if (before !== undefined && before !== firstKey.current) {
      const added = items.findIndex((item, i) => keyOf(item, i) === before);
      if (added > 0) element.scrollTop += added * rowHeight;
    }
    setView({ top: element.scrollTop, height: element.clientHeight });
  }, [items, from, held]);

  useLayoutEffect(() => {
    const element = box.current!;
    const measure = (): void => {
      if (latest.current.from === 'bottom' && atBottom.current && !latest.current.held) element.scrollTop = element.scrollHeight;
      setView({ top: element.scrollTop, height: element.clientHeight });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useImperativeHandle(handle ?? { current: null }, () => ({
    reveal(index, where = 'nearest') {
      const element = box.current;
      if (element === null || index < 0) return;
      const headHeight = element.querySelector<HTMLElement>('.list-head')?.offsetHeight ?? 0;
      const top = index * rowHeight;
      const visible = element.clientHeight - headHeight;
      if (where === 'centre') {
        if (top < element.scrollTop || top + rowHeight > element.scrollTop + visible) element.scrollTop = top - visible / 2;
      } else if (top < element.scrollTop) element.scrollTop = top;
      else if (top + rowHeight > element.scrollTop + visible) element.scrollTop = top + rowHeight - visible;
    },
    focus: () => box.current?.focus({ preventScroll: true }),
  }));

  const first = Math.max(0, Math.floor(view.top / rowHeight) - beyond);
  const last = Math.min(items.length, Math.ceil((view.top + view.height) / rowHeight) + beyond);
  useEffect(() => {
    if (onEnd === undefined || items.length === 0) return;
    if (from === 'top' ? last >= items.length : box.current!.scrollTop < beyond * rowHeight) onEnd();
  }, [first, last, items.length, from]);

  return (
    <div
      ref={box}
      class={`virtual-list ${props.class ?? ''}`}
      tabIndex={0}
      role="region"
      aria-label={label}
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        const below = scrollHeight - clientHeight - scrollTop;
        atBottom.current = below < rowHeight / 2;
        setView({ top: scrollTop, height: clientHeight });
        onScroll?.(from === 'top' ? scrollTop : Math.max(0, below));
      }}
    >
      {head && <div class="list-head">{head}</div>}
      <div class="list-rows" style={{ height: `${items.length * rowHeight}px` }}>
        <div style={{ transform: `translateY(${first * rowHeight}px)` }}>
          {items.slice(first, last).map((item, i) => (
            <div key={keyOf(item, first + i)} class="list-row" style={{ height: `${rowHeight}px` }}>
              {row(item, first + i)}
            </div>
          ))}
        </div>
      </div>
      {foot}
    </div>
  );
}
