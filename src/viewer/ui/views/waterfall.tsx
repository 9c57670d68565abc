/** The waterfall of a trace: its tree at the left, time at the right, log lines between the spans in which they were written. */
import type { JSX, RefObject } from 'preact';
import { useRef } from 'preact/hooks';
import type { Log, Span } from '../../api.ts';
import { formatDuration, formatTick } from '../format/duration.ts';
import { formatCount } from '../format/number.ts';
import { formatLine } from '../format/text.ts';
import { niceTicks } from '../logic/ticks.ts';
import type { TraceRow } from '../logic/trace-rows.ts';
import type { SpanNode, SpanTree } from '../logic/waterfall.ts';
import { placeBar, placeMark, type Zoom } from '../logic/zoom.ts';
import { Level } from '../parts/chip.tsx';
import { Icon } from '../parts/icon.tsx';
import { VirtualList, type VirtualListHandle } from '../parts/virtual-list.tsx';
import { serviceColour } from '../state/services.ts';

export interface WaterfallProps {
  readonly tree: SpanTree;
  readonly rows: readonly TraceRow[];
  readonly logs: ReadonlyMap<string, readonly Log[]>;
  readonly closed: ReadonlySet<string>;
  readonly zoom: Zoom;
  readonly selected: string;
  readonly found: ReadonlySet<string>;
  readonly searching: boolean;
  /** Empty while the critical path is not shown. */
  readonly path: ReadonlyMap<string, readonly (readonly [number, number])[]>;
  readonly handle: RefObject<VirtualListHandle>;
  readonly onSelect: (id: string) => void;
  readonly onToggle: (spanId: string) => void;
}

const indent = 14;
/** Deeper levels are drawn at this one, so that names stay in sight. */
const deepest = 14;

/** What each row needs besides: where the lines of the axis go through it, in percent. */
type RowProps = WaterfallProps & { readonly grid: readonly number[] };

export function Waterfall(waterfall: WaterfallProps): JSX.Element {
  const { rows, zoom, handle } = waterfall;
  const grid = niceTicks(zoom.from, zoom.to, 5).flatMap((tick) => {
    const left = placeMark(zoom, tick);
    return left === undefined || left < 0.1 || left > 99.9 ? [] : [left];
  });
  const props: RowProps = { ...waterfall, grid };
  return (
    <VirtualList
      handle={handle}
      class="waterfall"
      label="Waterfall"
      items={rows}
      rowHeight={28}
      keyOf={(row) => row.id}
      head={<Axis zoom={zoom} />}
      row={(row) => (row.kind === 'span' ? <SpanRow {...props} node={row.node} /> : <LogRow {...props} log={row.log} depth={row.depth} />)}
    />
  );
}

function Axis({ zoom }: { readonly zoom: Zoom }): JSX.Element {
  const handle = useRef<HTMLDivElement>(null);
  const resize = (event: PointerEvent): void => {
    const list = handle.current!.closest<HTMLElement>('.waterfall')!;
    const wanted = event.clientX - list.getBoundingClientRect().left;
    list.style.setProperty('--tree', `${Math.max(180, Math.min(list.clientWidth - 240, wanted))}px`);
  };
  return (
    <div class="wf-row head">
      <div class="wf-tree">Span</div>
      <div
        ref={handle}
        class="wf-split"
        onPointerDown={(event) => {
          event.preventDefault();
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => event.buttons === 1 && resize(event)}
      />
      <div class="wf-time">
        {niceTicks(zoom.from, zoom.to, 5).map((tick) => {
          const left = placeMark(zoom, tick);
          return left === undefined || left > 97 ? null : (
            <span key={tick} class="wf-tick num" style={{ left: `${left}%` }}>
              {tick === 0 ? '0' : formatTick(tick)}
            </span>
          );
        })}
      </div>
    </div>
  );
}

function Grid({ lines }: { readonly lines: readonly number[] }): JSX.Element {
  return (
    <>
      {lines.map((left) => (
        <i key={left} class="wf-grid" style={{ left: `${left}%` }} />
      ))}
    </>
  );
}

function Guides({ depth }: { readonly depth: number }): JSX.Element {
  return <span class="wf-guides" style={{ width: `${Math.min(depth, deepest) * indent}px` }} />;
}

function SpanRow({ node, ...props }: RowProps & { readonly node: SpanNode }): JSX.Element {
  const { span } = node;
  const { selected, closed, found, searching, tree } = props;
  const failed = span.status.code === 'error';
  const lines = props.logs.get(span.spanId) ?? [];
  const hasBelow = node.children.length > 0 || lines.length > 0;
  const isClosed = closed.has(span.spanId);
  const parentService = tree.byId.get(span.parentSpanId)?.span.service;
  const classes = ['wf-row', selected === span.spanId && 'active', searching && (found.has(span.spanId) ? 'found' : 'passed')]
    .filter(Boolean)
    .join(' ');
  return (
    <div class={classes}>
      <div class="wf-tree">
        <Guides depth={node.depth} />
        {hasBelow ? (
          <button
            type="button"
            class="wf-toggle"
            aria-expanded={!isClosed}
            aria-label={`${isClosed ? 'Open' : 'Close'} ${span.name}`}
            onClick={() => props.onToggle(span.spanId)}
          >
            <Icon name={isClosed ? 'right' : 'down'} size={12} />
          </button>
        ) : (
          <span class="wf-toggle" />
        )}
        <button
          type="button"
          class="wf-name"
          aria-pressed={selected === span.spanId}
          onClick={() => props.onSelect(span.spanId)}
          title={`${span.service}: ${formatLine(span.name)}`}
        >
          <i class="wf-colour" style={{ background: serviceColour(span.service) }} />
          {(failed || (isClosed && node.errorsBelow > 0)) && (
            <span class={`wf-failed${failed ? '' : ' below'}`} title={failed ? 'This span failed' : 'A span below failed'}>
              <Icon name="errors" size={12} />
            </span>
          )}
          <span class="cut">{formatLine(span.name, 160)}</span>
          {span.service !== parentService && <small class="muted cut wf-service">{formatLine(span.service, 60)}</small>}
          {isClosed && node.descendants > 0 && <small class="tag num">+{formatCount(node.descendants)}</small>}
        </button>
      </div>
      <button type="button" tabIndex={-1} aria-hidden="true" class="wf-time" onClick={() => props.onSelect(span.spanId)}>
        <Grid lines={props.grid} />
        <Bar {...props} span={span} />
        <Marks {...props} span={span} lines={lines} />
      </button>
    </div>
  );
}

function Bar({ span, tree, zoom, path }: WaterfallProps & { readonly span: Span }): JSX.Element | null {
  const start = span.startMs - tree.startMs;
  const bar = placeBar(zoom, start, start + span.durationMs);
  if (bar === undefined) return null;
  const after = bar.left + bar.width < 86;
  const inside = !after && bar.left < 14;
  const label = formatDuration(span.durationMs);
  return (
    <>
      <span
        class={`wf-bar${span.status.code === 'error' ? ' failed' : ''}`}
        style={{ left: `${bar.left}%`, width: `${bar.width}%`, background: serviceColour(span.service) }}
      />
      {path.get(span.spanId)?.map(([from, to]) => {
        const part = placeBar(zoom, from - tree.startMs, to - tree.startMs);
        return part && <span key={from} class="wf-critical" style={{ left: `${part.left}%`, width: `${part.width}%` }} />;
      })}
      <span
        class={`wf-duration num${inside ? ' inside' : ''}`}
        style={
          after
            ? { left: `calc(${bar.left + bar.width}% + 6px)` }
            : inside
              ? { left: `calc(${bar.left}% + 6px)` }
              : { right: `calc(${100 - bar.left}% + 6px)` }
        }
      >
        {label}
      </span>
    </>
  );
}

function Marks({ span, lines, tree, zoom }: WaterfallProps & { readonly span: Span; readonly lines: readonly Log[] }): JSX.Element {
  return (
    <>
      {span.events.map((event, index) => {
        const left = placeMark(zoom, event.timeMs - tree.startMs);
        return left === undefined ? null : (
          <span
            key={index}
            class={`wf-event${event.name === 'exception' ? ' failed' : ''}`}
            style={{ left: `${left}%` }}
            title={formatLine(event.name)}
          />
        );
      })}
      {lines.map((log) => {
        const left = placeMark(zoom, log.timeMs - tree.startMs);
        return left === undefined ? null : (
          <span key={log.id} class={`wf-log ${log.severity}`} style={{ left: `${left}%` }} title={formatLine(log.body, 200)} />
        );
      })}
    </>
  );
}

function LogRow({
  log,
  depth,
  selected,
  zoom,
  tree,
  grid,
  onSelect,
}: RowProps & { readonly log: Log; readonly depth: number }): JSX.Element {
  const id = `log ${log.id}`;
  const left = placeMark(zoom, log.timeMs - tree.startMs);
  return (
    <div class={`wf-row log-line${selected === id ? ' active' : ''}`}>
      <div class="wf-tree">
        <Guides depth={depth} />
        <span class="wf-toggle" />
        <button type="button" class="wf-name" aria-pressed={selected === id} onClick={() => onSelect(id)} title={formatLine(log.body)}>
          <Level severity={log.severity} />
          <span class="cut mono">{formatLine(log.body, 200)}</span>
        </button>
      </div>
      <button type="button" tabIndex={-1} aria-hidden="true" class="wf-time" onClick={() => onSelect(id)}>
        <Grid lines={grid} />
        {left !== undefined && <span class={`wf-log alone ${log.severity}`} style={{ left: `${left}%` }} />}
        {left !== undefined && (
          <span class="wf-duration num" style={left < 80 ? { left: `calc(${left}% + 8px)` } : { right: `calc(${100 - left}% + 8px)` }}>
            +{formatDuration(log.timeMs - tree.startMs)}
          </span>
        )}
      </button>
    </div>
  );
}
