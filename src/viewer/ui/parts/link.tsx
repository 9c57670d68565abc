/** A link inside the page: an ordinary `a`, so that it can be opened in a tab, copied and reached by keyboard, followed without a new load. */
import type { ComponentChildren, JSX } from 'preact';
import { go } from '../state/location.ts';

interface LinkProps {
  readonly href: string;
  readonly children: ComponentChildren;
  readonly class?: string;
  readonly title?: string;
  readonly label?: string;
  readonly current?: boolean;
  readonly tabIndex?: number;
  readonly onFollow?: () => void;
}

export function Link({ href, children, title, label, current, tabIndex, onFollow, ...rest }: LinkProps): JSX.Element {
  return (
    <a
      href={href}
      class={rest.class}
      title={title}
      aria-label={label}
      aria-current={current ? 'page' : undefined}
      // In small letters, for links within SVG.
      tabindex={tabIndex}
      onClick={(event) => {
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        event.stopPropagation();
        onFollow?.();
        go(href);
      }}
    >
      {children}
    </a>
  );
}
