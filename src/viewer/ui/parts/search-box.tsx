/** A search field that completes the keys and values of attributes while one writes. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { AttributeKeys } from '../../api.ts';
import { formatCount } from '../format/number.ts';
import { formatLine } from '../format/text.ts';
import { complete, wordAt } from '../logic/completion.ts';
import { api } from '../state/api.ts';
import { IconButton } from './button.tsx';
import { Icon } from './icon.tsx';

interface SearchBoxProps {
  readonly value: string;
  readonly label: string;
  readonly placeholder: string;
  readonly onChange: (text: string) => void;
  /** Whose attributes are offered; without, nothing is. */
  readonly signal?: 'traces' | 'logs';
}

/** The search takes effect this long after the last key. */
const settleMs = 250;
const shown = 10;

export function SearchBox({ value, label, placeholder, onChange, signal }: SearchBoxProps): JSX.Element {
  const [draft, setDraft] = useState(value);
  const [offers, setOffers] = useState<AttributeKeys['items']>([]);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const asked = useRef(0);
  useEffect(() => setDraft(value), [value]);
  useEffect(() => () => clearTimeout(timer.current), []);

  const settle = (text: string, wait: number): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => text.trim() !== value.trim() && onChange(text.trim()), wait);
  };
  const ask = async (text: string): Promise<void> => {
    if (signal === undefined) return;
    const turn = ++asked.current;
    const word = wordAt(text, input.current?.selectionStart ?? text.length);
    const query = word.value === undefined ? { signal, prefix: word.key } : { signal, key: word.key, prefix: word.value };
    const { items } =
      word.value === undefined && word.key.length < 1 ? { items: [] } : await api.attributes(query).catch(() => ({ items: [] }));
    if (turn !== asked.current) return;
    const typed = (word.value ?? word.key).toLowerCase();
    setOffers(items.filter((item) => String(item.value).toLowerCase().includes(typed) && String(item.value) !== typed).slice(0, shown));
    setActive(-1);
  };
  const write = (text: string): void => {
    setDraft(text);
    // A condition whose value is still to come would find nothing.
    if (/[=<>~]$/.test(text)) clearTimeout(timer.current);
    else settle(text, settleMs);
    void ask(text);
  };
  const close = (): void => {
    asked.current++;
    setOffers([]);
    setActive(-1);
  };
  const take = (offer: string): void => {
    const element = input.current!;
    const next = complete(draft, wordAt(draft, element.selectionStart ?? draft.length), offer);
    close();
    setDraft(next.text);
    requestAnimationFrame(() => {
      element.focus();
      element.setSelectionRange(next.caret, next.caret);
    });
    if (next.text.endsWith('=')) void ask(next.text);
    else settle(next.text, 0);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (offers.length > 0 && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      setActive(
        (active + (event.key === 'ArrowDown' ? 1 : -1) + offers.length + (active < 0 && event.key === 'ArrowUp' ? 1 : 0)) % offers.length,
      );
    } else if (event.key === 'Enter' || (event.key === 'Tab' && active >= 0)) {
      event.preventDefault();
      const offer = offers[active];
      if (offer) take(String(offer.value));
      else {
        close();
        settle(draft, 0);
      }
    } else if (event.key === 'Escape' && offers.length > 0) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  };
  const list = `offers-${label.replaceAll(' ', '-')}`;
  return (
    <div class="search-box">
      <Icon name="search" size={14} />
      <input
        ref={input}
        type="search"
        role={signal ? 'combobox' : undefined}
        aria-label={label}
        aria-expanded={signal ? offers.length > 0 : undefined}
        aria-controls={signal && offers.length > 0 ? list : undefined}
        aria-autocomplete={signal ? 'list' : undefined}
        aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
        placeholder={placeholder}
        value={draft}
        spellcheck={false}
        autocomplete="off"
        data-search
        onInput={(event) => write(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        onBlur={() => setTimeout(() => document.activeElement !== input.current && close(), 150)}
      />
      {draft !== '' && (
        <IconButton
          icon="close"
          small
          label="Clear the search"
          onClick={() => {
            write('');
            settle('', 0);
            input.current?.focus();
          }}
        />
      )}
      {offers.length > 0 && (
        <ul id={list} role="listbox" aria-label="Completions" class="offers">
          {offers.map((offer, index) => (
            <li
              key={String(offer.value)}
              id={`${list}-${index}`}
              role="option"
              aria-selected={index === active}
              onPointerDown={(event) => {
                event.preventDefault();
                take(String(offer.value));
              }}
            >
              <span class="mono">{formatLine(String(offer.value), 120)}</span>
              <small>{formatCount(offer.count)}</small>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
