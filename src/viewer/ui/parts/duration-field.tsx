/** A small field for a duration like `250ms` or `1.5s`. What cannot be read is marked and not applied. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { formatTick, parseDuration } from '../format/duration.ts';

interface DurationFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: number | undefined;
  readonly onChange: (ms: number | undefined) => void;
}

export function DurationField({ label, placeholder, value, onChange }: DurationFieldProps): JSX.Element {
  const shown = value === undefined ? '' : formatTick(value).replace(' ', '');
  const [draft, setDraft] = useState(shown);
  useEffect(() => setDraft(shown), [shown]);
  const wrong = draft.trim() !== '' && parseDuration(draft) === undefined;
  const apply = (): void => {
    if (!wrong && draft !== shown) onChange(parseDuration(draft));
  };
  return (
    <input
      class="duration-field num"
      type="text"
      aria-label={label}
      title={wrong ? 'A number with ms, s or m, like 250ms' : label}
      aria-invalid={wrong}
      placeholder={placeholder}
      value={draft}
      onInput={(event) => setDraft(event.currentTarget.value)}
      onBlur={apply}
      onKeyDown={(event) => event.key === 'Enter' && apply()}
    />
  );
}
