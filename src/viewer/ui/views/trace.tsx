/** One trace: its header, four ways to look at it, and the details of what is selected. */
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Trace } from '../../api.ts';
import { Minimap } from '../charts/minimap.tsx';
import { findSpans } from '../logic/span-search.ts';
import { groupLogs, traceRows } from '../logic/trace-rows.ts';
import { traceTabs, type TraceTab } from '../logic/trace-tabs.ts';
import { buildTree, closedAtDepth, openTo } from '../logic/waterfall.ts';
import { formatZoom, parseZoom, type Zoom } from '../logic/zoom.ts';
import { Fault } from '../parts/state.tsx';
import type { VirtualListHandle } from '../parts/virtual-list.tsx';
import { api } from '../state/api.ts';
import { useKeys } from '../state/keys.ts';
import { change, go, linkTo, param } from '../state/location.ts';
import { useResource } from '../state/resource.ts';
import { neighbour } from '../state/trace-list.ts';
import { FlameGraph } from './flame.tsx';
import { LogPanel } from './log-panel.tsx';
import { SpanPanel } from './span-panel.tsx';
import { SpanTable } from './span-table.tsx';
import { TraceHeader } from './trace-header.tsx';
import { TraceJson } from './trace-json.tsx';
import { TraceLogs } from './trace-logs.tsx';
import { TraceToolbar } from './trace-toolbar.tsx';
import { Waterfall } from './waterfall.tsx';

/** A trace may still grow for this long after its last span. */
const settledMs = 30_000;
const noPath: ReadonlyMap<string, readonly (readonly [number, number])[]> = new Map();

export function TraceView({ traceId }: { readonly traceId: string }): JSX.Element {
  const growing = useRef(true);
  const trace = useResource(traceId, (signal) => api.trace(traceId, signal), growing.current);
  if (trace.data) {
    const { complete, startMs, durationMs } = trace.data.summary;
    growing.current = !complete || Date.now() - startMs - durationMs < settledMs;
    return <LoadedTrace trace={trace.data} />;
  }
  if (trace.fault) return <Fault fault={trace.fault} onRetry={trace.reload} />;
  return <div class="loading" role="status" />;
}

function LoadedTrace({ trace }: { readonly trace: Trace }): JSX.Element {
  const tree = useMemo(() => buildTree(trace.spans), [trace]);
  const logs = useMemo(() => groupLogs(tree, trace.logs), [tree, trace]);
  const totalMs = tree.endMs - tree.startMs;
  const tab = traceTabs.find((one) => one === param('tab')) ?? 'waterfall';
  const zoom = parseZoom(param('zoom'), totalMs);
  const showPath = param('path') !== 'off';
  const showLogs = param('lines') !== 'off';
  const selected = param('log') ? `log ${param('log')}` : param('span');
  const words = param('find');
  const found = useMemo(() => findSpans(trace.spans, words), [trace, words]);
  const [closed, setClosed] = useState<ReadonlySet<string>>(() =>
    trace.spans.length > 400 && selected === '' ? closedAtDepth(tree, 4) : new Set(),
  );
  const rows = useMemo(() => traceRows(tree, showLogs ? logs : new Map(), closed), [tree, logs, closed, showLogs]);
  const path = useMemo(() => new Map(trace.criticalPath.map(({ spanId, segments }) => [spanId, segments])), [trace]);
  const handle = useRef<VirtualListHandle>(null);

  const select = (id: string): void => {
    const isLog = id.startsWith('log ');
    change({ span: isLog ? undefined : id, log: isLog ? id.slice(4) : undefined }, { replace: true });
  };
  const selectSpan = (spanId: string): void => {
    setClosed(openTo(tree, spanId, closed));
    change({ span: spanId, log: undefined, tab: undefined }, { replace: true });
  };
  const toggle = (spanId: string, open?: boolean): void => {
    const next = new Set(closed);
    if (open ?? next.has(spanId)) next.delete(spanId);
    else next.add(spanId);
    setClosed(next);
  };
  const setZoom = (next: Zoom): void => change({ zoom: formatZoom(next, totalMs) }, { replace: true });
  const at = rows.findIndex(({ id }) => id === selected);
  // What a link names is opened and brought into sight.
  useEffect(() => {
    const spanId = param('log') ? trace.logs.find(({ id }) => id === param('log'))?.spanId : param('span');
    if (spanId) setClosed((old) => openTo(tree, spanId, old));
  }, [tree, selected]);
  useEffect(() => handle.current?.reveal(at, 'centre'), [at, tab]);

  const move = (by: number): void => {
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))];
    if (next) select(next.id);
  };
  const jump = (by: 1 | -1): void => {
    const ids = trace.spans.filter(({ spanId }) => found.has(spanId)).map(({ spanId }) => spanId);
    const index = ids.indexOf(selected);
    const next = ids[(index + by + ids.length) % ids.length];
    if (next !== undefined) selectSpan(index < 0 ? (by > 0 ? ids[0]! : ids.at(-1)!) : next);
  };
  const toNeighbour = (by: number): void => {
    const next = neighbour(trace.summary.traceId, by);
    if (next) go(linkTo(`/traces/${next}`, { tab: param('tab') || undefined }));
  };
  const showTab = (name: TraceTab): void => change({ tab: name === 'waterfall' ? undefined : name }, { replace: true });
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    h: () => selected && toggle(selected, false),
    l: () => selected && toggle(selected, true),
    ArrowLeft: () => selected && toggle(selected, false),
    ArrowRight: () => selected && toggle(selected, true),
    n: () => jump(1),
    N: () => jump(-1),
    c: () => change({ path: showPath ? 'off' : undefined }, { replace: true }),
    '0': () => setZoom({ from: 0, to: totalMs }),
    '[': () => toNeighbour(-1),
    ']': () => toNeighbour(1),
    Escape: () => (selected ? change({ span: undefined, log: undefined }, { replace: true }) : go(linkTo('/traces'))),
    ...Object.fromEntries(traceTabs.map((name, index) => [String(index + 1), () => showTab(name)])),
  });

  const node = tree.byId.get(selected);
  const log = trace.logs.find(({ id }) => `log ${id}` === selected);
  const close = (): void => change({ span: undefined, log: undefined }, { replace: true });
  return (
    <div class="column fill trace-view">
      <TraceHeader trace={trace} depth={tree.depth} onNeighbour={toNeighbour} />
      <TraceToolbar
        tab={tab}
        onTab={showTab}
        logCount={trace.logs.length}
        words={words}
        found={found.size}
        onFind={(find) => change({ find }, { replace: true })}
        onJump={jump}
        showPath={showPath}
        showLogs={showLogs}
        zoomed={formatZoom(zoom, totalMs) !== undefined}
        onZoomOut={() => setZoom({ from: 0, to: totalMs })}
        depth={tree.depth}
        onDepth={(depth) => setClosed(depth === undefined ? new Set() : closedAtDepth(tree, depth))}
      />
      <div class="with-panel">
        <div class="column fill">
          {(tab === 'waterfall' || tab === 'flame') && <Minimap tree={tree} zoom={zoom} onZoom={setZoom} />}
          {tab === 'waterfall' && (
            <Waterfall
              tree={tree}
              rows={rows}
              logs={logs}
              closed={closed}
              zoom={zoom}
              selected={selected}
              found={found}
              searching={words !== ''}
              path={showPath ? path : noPath}
              handle={handle}
              onSelect={select}
              onToggle={toggle}
            />
          )}
          {tab === 'flame' && (
            <FlameGraph tree={tree} zoom={zoom} selected={selected} found={found} searching={words !== ''} onSelect={select} />
          )}
          {tab === 'table' && <SpanTable tree={tree} onSelect={selectSpan} />}
          {tab === 'logs' && <TraceLogs logs={trace.logs} startMs={tree.startMs} selected={selected} onSelect={select} />}
          {tab === 'json' && <TraceJson traceId={trace.summary.traceId} />}
        </div>
        {node && (
          <SpanPanel
            key={selected}
            node={node}
            traceStartMs={tree.startMs}
            traceMs={totalMs}
            logs={logs.get(selected) ?? []}
            onClose={close}
            onSelectLog={select}
          />
        )}
        {log && (
          <LogPanel
            key={selected}
            log={log}
            onClose={close}
            onSpan={selectSpan}
            onFilter={(condition) => go(linkTo('/logs', { attr: [condition] }))}
          />
        )}
      </div>
    </div>
  );
}
