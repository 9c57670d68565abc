/** Turns a long list into the few rows that are in sight. All rows have one height. */
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
  /** The list has been scrolled to its end. */
  readonly onEnd?: () => void;
  readonly onScroll?: (top: number) => void;
}

/** Rows beyond the edges of the window, so that fast scrolling shows no gap. */
const beyond = 12;

export function VirtualList<T>(props: VirtualListProps<T>): JSX.Element {
  const { items, rowHeight, keyOf, row, label, handle, head, foot, onEnd, onScroll } = props;
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 800 });

  useLayoutEffect(() => {
    const element = box.current!;
    const measure = (): void => setView({ top: element.scrollTop, height: element.clientHeight });
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
    if (onEnd && items.length > 0 && last >= items.length) onEnd();
  }, [last, items.length]);

  return (
    <div
      ref={box}
      class={`virtual-list ${props.class ?? ''}`}
      tabIndex={0}
      role="region"
      aria-label={label}
      onScroll={(event) => {
        const { scrollTop, clientHeight } = event.currentTarget;
        setView({ top: scrollTop, height: clientHeight });
        onScroll?.(scrollTop);
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
