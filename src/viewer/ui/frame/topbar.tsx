/** The bar above each view: its title, the service, the time range, and whether the page follows what arrives. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatCount, formatNumber } from '../format/number.ts';
import { formatAbsolute, formatClockSeconds, formatDate } from '../format/time.ts';
import { Button, Segmented } from '../parts/button.tsx';
import { ServiceChip } from '../parts/chip.tsx';
import { Icon } from '../parts/icon.tsx';
import { Popover } from '../parts/popover.tsx';
import { connection, missed, paused, setPaused } from '../state/live.ts';
import { change, changeRange, current, range, service } from '../state/location.ts';
import { isLive, parseRange, presets, type TimeRange } from '../state/range.ts';
import { services } from '../state/services.ts';
import { placeOf } from './places.ts';

export function Topbar({ onSearch }: { readonly onSearch: () => void }): JSX.Element {
  const { view } = current.value;
  return (
    <header class="topbar">
      <h1>{placeOf(view)?.title ?? 'Not found'}</h1>
      <button type="button" class="command-button" onClick={onSearch} title="Go to a trace, a view or a service (Ctrl+K)">
        <Icon name="search" size={14} />
        <span>Go to a trace, service …</span>
        <kbd>Ctrl K</kbd>
      </button>
      <div class="topbar-tools">
        <ServiceFilter />
        <RangeChoice />
        <LiveButton />
      </div>
    </header>
  );
}

function ServiceFilter(): JSX.Element {
  const chosen = service.value;
  return (
    <Popover
      label="Service"
      align="right"
      class="service-filter"
      button={chosen ? <ServiceChip name={chosen} /> : <span>All services</span>}
    >
      {(close) => {
        const choose = (name: string | undefined): void => {
          change({ service: name });
          close();
        };
        return (
          <ul class="menu">
            <li>
              <button type="button" aria-current={chosen === undefined} onClick={() => choose(undefined)}>
                All services
              </button>
            </li>
            {services.value.map(({ name, spans }) => (
              <li key={name}>
                <button type="button" aria-current={chosen === name} onClick={() => choose(name)}>
                  <ServiceChip name={name} />
                  <small class="num muted">{formatNumber(spans)} spans</small>
                </button>
              </li>
            ))}
          </ul>
        );
      }}
    </Popover>
  );
}

function RangeChoice(): JSX.Element {
  const now = range.value;
  const value = now.kind === 'last' ? now.text : now.kind;
  const choices = presets.map((text) => ({
    value: text as string,
    label: text === 'all' ? 'All' : text,
    title: text === 'all' ? 'All times' : `The last ${text}`,
  }));
  return (
    <div class="range">
      <Segmented label="Time range" choices={choices} value={value} onChange={(text) => changeRange(parseRange(text))} />
      <Popover
        label="Custom time range"
        icon="clock"
        align="right"
        class={now.kind === 'custom' ? 'chosen' : ''}
        button={<span>{describe(now)}</span>}
      >
        {(close) => <CustomRange close={close} />}
      </Popover>
    </div>
  );
}

function describe(range: TimeRange): string {
  if (range.kind !== 'custom') return '';
  const sameDay = formatDate(range.from) === formatDate(Date.now());
  return `${sameDay ? '' : `${formatDate(range.from)} `}${formatClockSeconds(range.from)} – ${formatClockSeconds(range.to)}`;
}

/** What `datetime-local` takes: the local time without a zone. */
const toInput = (ms: number): string => formatAbsolute(ms).slice(0, 19).replace(' ', 'T');

function CustomRange({ close }: { readonly close: () => void }): JSX.Element {
  const now = Date.now();
  const old = range.value;
  const [from, setFrom] = useState(toInput(old.kind === 'custom' ? old.from : now - (old.kind === 'last' ? old.ms : 3_600_000)));
  const [to, setTo] = useState(toInput(old.kind === 'custom' ? old.to : now));
  const bounds = { from: new Date(from).getTime(), to: new Date(to).getTime() };
  const valid = bounds.from < bounds.to;
  return (
    <form
      class="custom-range"
      onSubmit={(event) => {
        event.preventDefault();
        if (!valid) return;
        changeRange({ kind: 'custom', ...bounds });
        close();
      }}
    >
      <label>
        From
        <input type="datetime-local" step="1" value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
      </label>
      <label>
        To
        <input type="datetime-local" step="1" value={to} onInput={(event) => setTo(event.currentTarget.value)} />
      </label>
      {!valid && <p class="fault-text">The end must be later than the start.</p>}
      <button type="submit" class="button primary" disabled={!valid}>
        Apply
      </button>
    </form>
  );
}

function LiveButton(): JSX.Element {
  if (connection.value === 'lost') {
    return (
      <span class="live lost" role="status" title="The server does not answer. This page tries again every few seconds.">
        <i /> Reconnecting
      </span>
    );
  }
  if (!isLive(range.value)) {
    return (
      <Button icon="play" title="Follow what arrives again" onClick={() => changeRange(parseRange(undefined))}>
        Go live
      </Button>
    );
  }
  const stopped = paused.value;
  return (
    <button
      type="button"
      class={`live ${stopped ? 'paused' : 'on'}`}
      aria-pressed={!stopped}
      title={stopped ? 'Follow what arrives again (p)' : 'Stop following what arrives (p)'}
      onClick={() => setPaused(!stopped)}
    >
      <i />
      {stopped ? 'Paused' : 'Live'}
      {stopped && missed.value > 0 && <small class="num">+{formatCount(missed.value)}</small>}
    </button>
  );
}
