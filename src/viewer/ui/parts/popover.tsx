/** A button that opens a small panel below itself: closed by Escape, by a click elsewhere, and when something in it was chosen. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';

interface PopoverProps {
  readonly label: string;
  readonly icon?: IconName;
  readonly button: ComponentChildren;
  readonly align?: 'left' | 'right';
  readonly class?: string;
  readonly children: (close: () => void) => ComponentChildren;
}

export function Popover({ label, icon, button, align = 'left', children, ...rest }: PopoverProps): JSX.Element {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    const outside = (event: Event): void => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener('pointerdown', outside);
    addEventListener('focusin', outside);
    return () => {
      removeEventListener('pointerdown', outside);
      removeEventListener('focusin', outside);
    };
  }, [open]);
  const close = (): void => {
    setOpen(false);
    trigger.current?.focus();
  };
  return (
    <div
      ref={box}
      class={`popover ${rest.class ?? ''}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        close();
      }}
    >
      <button ref={trigger} type="button" class="button" title={label} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span class="heard">{label}: </span>
        {icon && <Icon name={icon} size={14} />}
        {button}
        <Icon name="down" size={12} />
      </button>
      {open && <div class={`popover-panel ${align}`}>{children(close)}</div>}
    </div>
  );
}
