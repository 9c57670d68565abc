/** Buttons with a name that can be seen or, on small ones, heard and shown as a tooltip. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';

interface IconButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: (event: MouseEvent) => void;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly small?: boolean;
}

export function IconButton({ icon, label, onClick, pressed, disabled, small }: IconButtonProps): JSX.Element {
  return (
    <button
      type="button"
      class={`icon-button${small ? ' small' : ''}`}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} size={small ? 12 : 16} />
    </button>
  );
}

interface ButtonProps {
  readonly children: ComponentChildren;
  readonly onClick: (event: MouseEvent) => void;
  readonly icon?: IconName;
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly title?: string;
  readonly disabled?: boolean;
  readonly pressed?: boolean;
}

export function Button({ children, onClick, icon, kind = 'plain', title, disabled, pressed }: ButtonProps): JSX.Element {
  return (
    <button type="button" class={`button ${kind}`} title={title} disabled={disabled} aria-pressed={pressed} onClick={onClick}>
      {icon && <Icon name={icon} size={14} />}
      {children}
    </button>
  );
}

/** Copies a text; shows for a moment that it did. */
export function CopyButton({
  text,
  label,
  children,
}: {
  readonly text: string;
  readonly label: string;
  readonly children?: string;
}): JSX.Element {
  const [done, setDone] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const copy = (event: MouseEvent): void => {
    event.stopPropagation();
    void copyText(text).then((copied) => {
      setDone(copied);
      timer.current = setTimeout(() => setDone(false), 1500);
    });
  };
  const icon = done ? 'check' : 'copy';
  if (children !== undefined) {
    return (
      <Button icon={icon} kind="plain" title={label} onClick={copy}>
        {done ? 'Copied' : children}
      </Button>
    );
  }
  return <IconButton icon={icon} label={done ? 'Copied' : label} small onClick={copy} />;
}

/** Where the page is not served from this machine the browser has no clipboard for it: then a selection is copied, as of old. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    return copied;
  }
}

interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly title?: string;
}

/** A few choices of which one holds. */
export function Segmented<T extends string>(props: {
  readonly label: string;
  readonly choices: readonly Choice<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
}): JSX.Element {
  return (
    <div class="segmented" role="group" aria-label={props.label}>
      {props.choices.map(({ value, label, title }) => (
        <button type="button" key={value} aria-pressed={value === props.value} title={title} onClick={() => props.onChange(value)}>
          {label}
        </button>
      ))}
    </div>
  );
}
