/** The log records of every service: searched, filtered, counted over time and by field; the newest stand on top as they arrive, or last as in a terminal. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Log, LogQuery, Severity } from '../../api.ts';
import { Histogram } from '../charts/histogram.tsx';
import { formatLine } from '../format/text.ts';
import { formatAbsolute, formatMoment } from '../format/time.ts';
import { Button, Segmented } from '../parts/button.tsx';
import { Level, ServiceChip } from '../parts/chip.tsx';
import { Conditions } from '../parts/conditions.tsx';
import { Facets } from '../parts/facets.tsx';
import { Icon } from '../parts/icon.tsx';
import { NewItems } from '../parts/new-items.tsx';
import { SearchBox } from '../parts/search-box.tsx';
import { Fault, Nothing } from '../parts/state.tsx';
import { VirtualList, type VirtualListHandle } from '../parts/virtual-list.tsx';
import { api } from '../state/api.ts';
import { useKeys } from '../state/keys.ts';
import { change, changeRange, go, linkTo, param, params, range, service, toggleCondition } from '../state/location.ts';
import { usePages } from '../state/pages.ts';
import { formatRange } from '../state/range.ts';
import { currentBounds } from '../state/bounds.ts';
import { useResource } from '../state/resource.ts';
import { useTail } from '../state/tail.ts';
import { LogPanel } from './log-panel.tsx';

const pageSize = 300;
const rowHeight = 24;
const levels: readonly { readonly value: Severity | ''; readonly label: string; readonly title: string }[] = [
  { value: '', label: 'All', title: 'All levels' },
  { value: 'debug', label: 'Debug', title: 'Debug and above' },
  { value: 'info', label: 'Info', title: 'Info and above' },
  { value: 'warn', label: 'Warn', title: 'Warnings and above' },
  { value: 'error', label: 'Error', title: 'Errors and above' },
];

const orders: readonly { readonly value: '' | 'oldest'; readonly label: string; readonly title: string }[] = [
  { value: '', label: 'Newest first', title: 'What is new comes at the top' },
  { value: 'oldest', label: 'Oldest first', title: 'What is new comes at the bottom, as in a terminal' },
];

function readQuery(): LogQuery {
  const level = levels.find(({ value }) => value !== '' && value === param('level'))?.value as Severity | undefined;
  return {
    ...(service.value && { service: service.value }),
    ...(level && { level }),
    ...(param('q') && { q: param('q') }),
    ...(params('attr').length > 0 && { attr: params('attr') }),
    ...(param('trace') && { traceId: param('trace') }),
    ...(param('span') && { spanId: param('span') }),
  };
}

export function LogsView(): JSX.Element {
  const query = readQuery();
  const key = JSON.stringify([query, formatRange(range.value)]);
  const bounded = (): LogQuery => ({ ...query, ...currentBounds() });
  const list = usePages(
    key,
    (before, signal) => api.logs({ ...bounded(), limit: pageSize, ...(before && { before }) }, signal),
    ({ id }) => id,
  );
  const histogram = useResource(`histogram ${key}`, (signal) => api.histogram({ ...bounded(), buckets: 90 }, signal));
  const facets = useResource(`facets ${key}`, (signal) => api.facets(bounded(), signal));
  const handle = useRef<VirtualListHandle>(null);
  /** As in a terminal: the newest last. */
  const oldestFirst = param('order') === 'oldest';
  const tail = useTail(list.items, ({ id }) => id, key, oldestFirst);
  const { shown } = tail;
  const selected = param('log');
  const at = shown.findIndex(({ id }) => id === selected);
  const log = shown[at];
  const [kept, setKept] = useState<Log | undefined>(undefined);
  useEffect(() => {
    if (log) setKept(log);
  }, [log]);
  const detail = log ?? (kept?.id === selected ? kept : undefined);
  const select = (id: string | undefined): void => {
    if (id === undefined) tail.letGo();
    else tail.hold();
    change({ log: id }, { replace: true });
  };
  const move = (by: number): void => {
    const index = Math.max(0, Math.min(shown.length - 1, at < 0 ? (oldestFirst ? shown.length - 1 : 0) : at + by));
    if (!shown[index]) return;
    select(shown[index].id);
    handle.current?.reveal(index);
  };
  const toNewest = (): void => {
    tail.follow();
    handle.current?.reveal(oldestFirst ? shown.length - 1 : 0);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => log?.traceId && go(linkTo(`/traces/${log.traceId}`, { span: log.spanId, log: log.id })),
    Escape: () => select(undefined),
  });
  return (
    <div class="column fill">
      <div class="filters">
        <SearchBox
          label="Search logs"
          placeholder='Search messages: words, "a phrase", -without'
          value={param('q')}
          onChange={(q) => change({ q })}
        />
        <Segmented label="Lowest level" choices={levels} value={query.level ?? ''} onChange={(level) => change({ level })} />
        <Segmented
          label="Order"
          choices={orders}
          value={oldestFirst ? 'oldest' : ''}
          onChange={(order) => change({ order }, { replace: true })}
        />
      </div>
      <Active />
      {histogram.data && histogram.data.buckets.length > 0 && shown.length > 0 && (
        <Histogram data={histogram.data} onBrush={(from, to) => changeRange({ kind: 'custom', from, to })} />
      )}
      <div class="with-panel">
        {facets.data && facets.data.fields.length > 0 && shown.length > 0 && <Facets data={facets.data} />}
        <div class="column fill log-column">
          {list.first.fault && shown.length === 0 ? (
            <Fault fault={list.first.fault} onRetry={list.first.reload} />
          ) : list.first.data && shown.length === 0 ? (
            <Nothing icon="logs" what="log records" narrow={['level', 'trace', 'span']} />
          ) : (
            <VirtualList
              handle={handle}
              class={`log-list${list.first.data === undefined ? ' loading' : list.first.stale ? ' stale' : ''}`}
              label={`Log records, ${oldestFirst ? 'oldest' : 'newest'} first`}
              from={oldestFirst ? 'bottom' : 'top'}
              held={tail.held}
              items={shown}
              rowHeight={rowHeight}
              keyOf={({ id }) => id}
              onEnd={list.more}
              onScroll={(away) => tail.scrolled(away, selected !== '')}
              row={(item) => (
                <LogRow log={item} active={item.id === selected} onSelect={() => select(item.id === selected ? undefined : item.id)} />
              )}
            />
          )}
          <NewItems count={tail.waiting} below={oldestFirst} onClick={toNewest} />
        </div>
        {detail && <LogPanel key={detail.id} log={detail} onClose={() => select(undefined)} onFilter={toggleCondition} />}
      </div>
    </div>
  );
}

function Active(): JSX.Element | null {
  const [trace, span] = [param('trace'), param('span')];
  if (trace === '' && span === '' && params('attr').length === 0) return null;
  return (
    <div class="active-filters">
      {trace !== '' && (
        <Button kind="quiet" icon="close" title="Remove this filter" onClick={() => change({ trace: undefined, span: undefined })}>
          {span === '' ? `trace ${trace.slice(0, 12)}…` : `span ${span} of trace ${trace.slice(0, 12)}…`}
        </Button>
      )}
      <Conditions />
    </div>
  );
}

/** These say again what the line says, or what nobody looks for. */
const untold = /^(exception\.|error\.|time$|timestamp$|pid$|hostname$|level$|msg$|message$)/;

/** Attributes that tell more than the message does, at the end of the line. */
function hintOf({ attributes }: Log): string {
  const told = Object.entries(attributes).filter(([key, value]) => !untold.test(key) && typeof value !== 'object');
  return told
    .slice(0, 4)
    .map(([key, value]) => `${key}=${formatLine(String(value), 24)}`)
    .join(' ');
}

function LogRow({ log, active, onSelect }: { readonly log: Log; readonly active: boolean; readonly onSelect: () => void }): JSX.Element {
  return (
    <div class={`log-line-box ${log.severity}${active ? ' active' : ''}`}>
      <button type="button" class={`log-row ${log.severity}${active ? ' active' : ''}`} aria-pressed={active} onClick={onSelect}>
        <time class="num muted" dateTime={new Date(log.timeMs).toISOString()} title={formatAbsolute(log.timeMs)}>
          {formatMoment(log.timeMs, Date.now())}
        </time>
        <Level severity={log.severity} />
        <ServiceChip name={log.service} />
        <span class="mono cut log-body">
          {formatLine(log.body, 400)} <span class="log-hint">{hintOf(log)}</span>
        </span>
      </button>
      {log.traceId !== '' && (
        <a
          class="icon-button small"
          href={linkTo(`/traces/${log.traceId}`, { span: log.spanId, log: log.id })}
          title="Open its trace"
          aria-label={`Open the trace of ${formatLine(log.body, 60)}`}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey) return;
            event.preventDefault();
            go(linkTo(`/traces/${log.traceId}`, { span: log.spanId, log: log.id }));
          }}
        >
          <Icon name="traces" size={14} />
        </a>
      )}
    </div>
  );
}
