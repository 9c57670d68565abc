/** The command search: one field that leads to a view, a service or a trace. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { TraceSummary } from '../../api.ts';
import { formatDuration } from '../format/duration.ts';
import { formatLine } from '../format/text.ts';
import { ServiceChip } from '../parts/chip.tsx';
import { Icon } from '../parts/icon.tsx';
import { api } from '../state/api.ts';
import { go, linkTo } from '../state/location.ts';
import { services } from '../state/services.ts';
import { Dialog } from './dialog.tsx';
import { places } from './places.ts';

interface Target {
  readonly key: string;
  readonly href: string;
  readonly content: JSX.Element;
}

export function GoTo({ onClose }: { readonly onClose: () => void }): JSX.Element {
  const [words, setWords] = useState('');
  const [traces, setTraces] = useState<readonly TraceSummary[]>([]);
  const [active, setActive] = useState(0);
  useEffect(() => {
    const aborter = new AbortController();
    const timer = setTimeout(() => {
      const question = { limit: 8, ...(words.trim() && { q: words.trim() }) };
      api.traces(question, aborter.signal).then(
        ({ items }) => setTraces(items),
        () => undefined,
      );
    }, 150);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [words]);

  const targets = [...findPlaces(words), ...findServices(words), ...traces.map(traceTarget)];
  const follow = (target: Target | undefined): void => {
    if (target === undefined) return;
    onClose();
    go(target.href);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') follow(targets[active]);
    else if (event.key === 'ArrowDown') setActive(Math.min(targets.length - 1, active + 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(0, active - 1));
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title="Go to" class="go-to" onClose={onClose}>
      <input
        type="search"
        role="combobox"
        aria-label="Go to a trace, a view or a service"
        aria-expanded="true"
        aria-controls="go-to-targets"
        aria-activedescendant={`go-to-${active}`}
        placeholder="A trace id, a route, an attribute like tenant=acme, a service, a view"
        autofocus
        value={words}
        onInput={(event) => {
          setWords(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul id="go-to-targets" role="listbox" aria-label="Places" class="targets">
        {targets.map((target, index) => (
          <li
            key={target.key}
            id={`go-to-${index}`}
            role="option"
            aria-selected={index === active}
            onClick={() => follow(target)}
            onPointerMove={() => setActive(index)}
          >
            {target.content}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function findPlaces(words: string): readonly Target[] {
  return places
    .filter(({ title }) => title.toLowerCase().includes(words.trim().toLowerCase()))
    .map(({ path, title, icon, key }) => ({
      key: path,
      href: linkTo(path),
      content: (
        <>
          <Icon name={icon} />
          <span>{title}</span>
          <kbd>g</kbd>
          <kbd>{key}</kbd>
        </>
      ),
    }));
}

function findServices(words: string): readonly Target[] {
  return services.value
    .filter(({ name }) => words.trim() !== '' && name.toLowerCase().includes(words.trim().toLowerCase()))
    .slice(0, 5)
    .map(({ name }) => ({
      key: `service ${name}`,
      href: linkTo('/traces', { service: name }),
      content: (
        <>
          <Icon name="filter" />
          <ServiceChip name={name} />
          <small class="muted">traces of the service</small>
        </>
      ),
    }));
}

function traceTarget(trace: TraceSummary): Target {
  return {
    key: trace.traceId,
    href: linkTo(`/traces/${trace.traceId}`),
    content: (
      <>
        <Icon name="traces" />
        <ServiceChip name={trace.service} />
        <span class="cut">{formatLine(trace.name, 80)}</span>
        <small class="num muted">{formatDuration(trace.durationMs)}</small>
        <small class="mono muted">{trace.traceId.slice(0, 8)}</small>
      </>
    ),
  };
}
