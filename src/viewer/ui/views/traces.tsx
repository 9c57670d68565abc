/** The list of traces: searched, filtered, sorted, with their latency over time above; it follows what arrives. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TraceQuery, TraceSummary } from '../../api.ts';
import { Scatter } from '../charts/scatter.tsx';
import { formatPlural } from '../format/number.ts';
import { Button, Segmented } from '../parts/button.tsx';
import { Conditions } from '../parts/conditions.tsx';
import { DurationField } from '../parts/duration-field.tsx';
import { Link } from '../parts/link.tsx';
import { NewItems } from '../parts/new-items.tsx';
import { SearchBox } from '../parts/search-box.tsx';
import { Fault, Nothing } from '../parts/state.tsx';
import { TraceCells } from '../parts/trace-row.tsx';
import { VirtualList, type VirtualListHandle } from '../parts/virtual-list.tsx';
import { api } from '../state/api.ts';
import { useKeys } from '../state/keys.ts';
import { change, go, linkTo, param, params, range, service } from '../state/location.ts';
import { usePages } from '../state/pages.ts';
import { formatRange } from '../state/range.ts';
import { currentBounds } from '../state/bounds.ts';
import { useResource } from '../state/resource.ts';
import { useTail } from '../state/tail.ts';
import { listedTraces } from '../state/trace-list.ts';

const pageSize = 200;

/** The conditions of this view, without the time: that moves on while it is open. */
function readQuery(): TraceQuery {
  const [status, min, max, sort] = [param('status'), Number(param('min')), Number(param('max')), param('sort')];
  return {
    ...(service.value && { service: service.value }),
    ...(param('q') && { q: param('q') }),
    ...(param('name') && { name: param('name') }),
    ...(params('attr').length > 0 && { attr: params('attr') }),
    ...(status === 'error' || status === 'ok' ? { status: status as 'error' } : {}),
    ...(min > 0 && { minMs: min }),
    ...(max > 0 && { maxMs: max }),
    ...(sort === 'slowest' && { sort }),
  };
}

export function TracesView(): JSX.Element {
  const query = readQuery();
  const key = JSON.stringify([query, formatRange(range.value)]);
  const bounded = (): TraceQuery => ({ ...query, ...currentBounds() });
  const list = usePages(
    key,
    (before, signal) => api.traces({ ...bounded(), limit: pageSize, ...(before && { before }) }, signal),
    (trace) => trace.traceId,
  );
  const latency = useResource(key, async (signal) => {
    const asked = bounded();
    return { ...(await api.latency(asked, signal)), asked, at: Date.now() };
  });
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [at, setAt] = useState(-1);
  const handle = useRef<VirtualListHandle>(null);
  useEffect(() => void (listedTraces.value = list.items.map(({ traceId }) => traceId)), [list.items]);
  useEffect(() => setAt(-1), [key]);
  // Among the slowest what is new may stand anywhere.
  const bySlowest = query.sort === 'slowest';
  const tail = useTail(list.items, ({ traceId }) => traceId, key);
  const shown = bySlowest ? list.items : tail.shown;

  const move = (by: number): void => {
    const next = Math.max(0, Math.min(shown.length - 1, at + by));
    tail.hold();
    setAt(next);
    handle.current?.reveal(next);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => at >= 0 && shown[at] && go(linkTo(`/traces/${shown[at].traceId}`)),
    Escape: () => {
      setAt(-1);
      setPicked([]);
      tail.letGo();
    },
    x: () => at >= 0 && shown[at] && pick(shown[at].traceId),
  });
  const pick = (traceId: string): void => {
    tail.hold();
    setPicked((old) => (old.includes(traceId) ? old.filter((one) => one !== traceId) : [...old.slice(-1), traceId]));
  };
  const longestMs = useMemo(() => Math.max(0, ...list.items.map(({ durationMs }) => durationMs)), [list.items]);
  const dots = latency.data;

  return (
    <div class="column fill">
      <div class="filters">
        <SearchBox
          signal="traces"
          label="Search traces"
          placeholder="Search: a route, tenant.id=acme, http.response.status_code>499, a trace id"
          value={param('q')}
          onChange={(q) => change({ q })}
        />
        <Segmented
          label="Status"
          value={param('status') === 'error' ? 'error' : ''}
          choices={[
            { value: '', label: 'All' },
            { value: 'error', label: 'Errors' },
          ]}
          onChange={(status) => change({ status })}
        />
        <span class="between" role="group" aria-label="Duration">
          <DurationField
            label="Shortest duration"
            placeholder="min"
            value={query.minMs}
            onChange={(ms) => change({ min: ms === undefined ? undefined : String(ms) })}
          />
          –
          <DurationField
            label="Longest duration"
            placeholder="max"
            value={query.maxMs}
            onChange={(ms) => change({ max: ms === undefined ? undefined : String(ms) })}
          />
        </span>
        <Segmented
          label="Order"
          value={param('sort') === 'slowest' ? 'slowest' : 'newest'}
          choices={[
            { value: 'newest', label: 'Newest' },
            { value: 'slowest', label: 'Slowest' },
          ]}
          onChange={(sort) => change({ sort: sort === 'newest' ? undefined : sort })}
        />
      </div>
      <Active />
      {dots && dots.dots.length > 0 && (
        <Scatter
          dots={dots.dots}
          from={dots.asked.from ?? dots.dots.reduce((least, [time]) => Math.min(least, time), Infinity)}
          to={dots.asked.to ?? dots.at}
          onOpen={([, , , traceId]) => go(linkTo(`/traces/${traceId}`))}
          onBrush={({ from, to, minMs, maxMs }) =>
            change({ range: formatRange({ kind: 'custom', from, to }), min: minMs.toPrecision(3), max: maxMs.toPrecision(3) })
          }
        />
      )}
      {list.first.fault && list.items.length === 0 ? (
        <Fault fault={list.first.fault} onRetry={list.first.reload} />
      ) : list.first.data && list.items.length === 0 ? (
        <Nothing icon="traces" what="traces" narrow={['status', 'min', 'max', 'name']} />
      ) : (
        <div class="column fill tail">
          <VirtualList
            handle={handle}
            class={`trace-list${list.first.data === undefined ? ' loading' : list.first.stale ? ' stale' : ''}`}
            label="Traces"
            items={shown}
            rowHeight={32}
            keyOf={(trace) => trace.traceId}
            onEnd={list.more}
            onScroll={(away) => tail.scrolled(away, picked.length > 0 || at >= 0)}
            head={<TraceHead total={dots?.total} shown={list.items.length} />}
            row={(trace, index) => (
              <TraceRow
                trace={trace}
                longestMs={longestMs}
                picked={picked.includes(trace.traceId)}
                active={index === at}
                onPick={() => pick(trace.traceId)}
              />
            )}
          />
          {!bySlowest && (
            <NewItems
              count={tail.waiting}
              onClick={() => {
                tail.follow();
                setAt(-1);
                handle.current?.reveal(0);
              }}
            />
          )}
        </div>
      )}
      {picked.length > 0 && (
        <div class="picked" role="status">
          {picked.length === 1 ? 'Select a second trace to compare.' : 'Two traces are selected.'}
          <Button
            icon="compare"
            kind="primary"
            disabled={picked.length < 2}
            onClick={() => go(linkTo(`/compare/${picked[0]}/${picked[1]}`))}
          >
            Compare
          </Button>
          <Button
            kind="quiet"
            onClick={() => {
              setPicked([]);
              tail.letGo();
            }}
          >
            Cancel
          </Button>
        </div>
      )}
    </div>
  );
}

/** The filters that no field shows, each with its way out. */
function Active(): JSX.Element | null {
  const name = param('name');
  if (name === '' && params('attr').length === 0) return null;
  return (
    <div class="active-filters">
      {name !== '' && (
        <Button kind="quiet" icon="close" title="Remove this filter" onClick={() => change({ name: undefined })}>
          name contains “{name}”
        </Button>
      )}
      <Conditions />
    </div>
  );
}

function TraceHead({ total, shown }: { readonly total: number | undefined; readonly shown: number }): JSX.Element {
  return (
    <div class="trace-grid head">
      <span />
      <span>Started</span>
      <span>Service</span>
      <span>
        Name <small class="muted num">{total === undefined ? '' : formatPlural(Math.max(total, shown), 'trace')}</small>
      </span>
      <span>Status</span>
      <span>Duration</span>
      <span class="num">Spans</span>
      <span class="num">Errors</span>
      <span class="num">Logs</span>
    </div>
  );
}

interface TraceRowProps {
  readonly trace: TraceSummary;
  readonly longestMs: number;
  readonly picked: boolean;
  readonly active: boolean;
  readonly onPick: () => void;
}

function TraceRow({ trace, longestMs, picked, active, onPick }: TraceRowProps): JSX.Element {
  return (
    <div class={`trace-row${active ? ' active' : ''}${picked ? ' picked-row' : ''}`}>
      <input type="checkbox" aria-label={`Select ${trace.name} to compare`} checked={picked} onChange={onPick} />
      <Link class="trace-grid" href={linkTo(`/traces/${trace.traceId}`)}>
        <span />
        <TraceCells trace={trace} longestMs={longestMs} />
      </Link>
    </div>
  );
}
