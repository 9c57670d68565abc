/** The services and what they call, as a graph: rate, errors and latency of each call. It can be moved and zoomed; each part leads to its traces. */
import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { ServiceMap } from '../../api.ts';
import { formatDuration } from '../format/duration.ts';
import { formatCount, formatPercent, formatSignificant } from '../format/number.ts';
import { formatLine } from '../format/text.ts';
import { layMap } from '../logic/map-layout.ts';
import { tracesOfCall, tracesOfNode } from '../logic/map-links.ts';
import { IconButton } from '../parts/button.tsx';
import { Link } from '../parts/link.tsx';
import { Loaded, Nothing } from '../parts/state.tsx';
import { Table } from '../parts/table.tsx';
import { api } from '../state/api.ts';
import { go, linkTo, range } from '../state/location.ts';
import { formatRange } from '../state/range.ts';
import { currentBounds } from '../state/bounds.ts';
import { useResource } from '../state/resource.ts';
import { serviceColour } from '../state/services.ts';

type Node = ServiceMap['nodes'][number];
type Edge = ServiceMap['edges'][number];

const measures = { nodeWidth: 188, nodeHeight: 64, gapX: 184, gapY: 40 };
const typeNames: Readonly<Record<Node['type'], string>> = {
  service: 'service',
  database: 'database',
  messaging: 'queue',
  external: 'external',
  user: 'callers',
};

export function MapView(): JSX.Element {
  const map = useResource(`map ${formatRange(range.value)}`, (signal) => api.map(currentBounds(), signal));
  return <Loaded of={map}>{(data) => (data.nodes.length === 0 ? <Nothing icon="map" what="calls" /> : <Graph map={data} />)}</Loaded>;
}

function Graph({ map }: { readonly map: ServiceMap }): JSX.Element {
  const shape = JSON.stringify([map.nodes.map(({ id }) => id), map.edges.map(({ from, to }) => [from, to])]);
  const layout = useMemo(() => layMap(map.nodes, map.edges, measures), [shape]);
  const [view, setView] = useState({ x: 0, y: 0, scale: 1 });
  const [focus, setFocus] = useState<string | undefined>(undefined);
  const svg = useRef<SVGSVGElement>(null);
  const dragged = useRef<{ readonly x: number; readonly y: number; moved: boolean } | undefined>(undefined);
  // A small graph is not blown up: the plane is at least as large as the window usually is.
  const width = Math.max(layout.width + 64, 1160);
  const height = Math.max(layout.height + 64, 480);
  const zoomBy = (factor: number): void => setView((old) => ({ ...old, scale: Math.max(0.3, Math.min(3, old.scale * factor)) }));
  const busiest = Math.max(1e-9, ...map.edges.map(({ rate }) => rate));
  const related = new Set(
    focus === undefined ? [] : [focus, ...map.edges.flatMap(({ from, to }) => (from === focus ? [to] : to === focus ? [from] : []))],
  );
  return (
    <div class="map-view">
      <svg
        ref={svg}
        class="map"
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="xMidYMid meet"
        role="group"
        aria-label="Services and their calls"
        onPointerDown={(event) => (dragged.current = { x: event.clientX, y: event.clientY, moved: false })}
        onPointerMove={(event) => {
          const from = dragged.current;
          if (from === undefined || event.buttons !== 1) return;
          const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
          if (!from.moved && Math.hypot(dx, dy) < 4) return;
          const perPixel = 1 / (svg.current?.getScreenCTM()?.a || 1);
          setView((old) => ({ ...old, x: old.x + dx * perPixel, y: old.y + dy * perPixel }));
          dragged.current = { x: event.clientX, y: event.clientY, moved: true };
        }}
        onClickCapture={(event) => {
          if (dragged.current?.moved) event.preventDefault();
          if (dragged.current?.moved) event.stopPropagation();
          dragged.current = undefined;
        }}
        onWheel={(event) => {
          event.preventDefault();
          zoomBy(event.deltaY < 0 ? 1.1 : 1 / 1.1);
        }}
      >
        <defs>
          {['arrow', 'arrow-failed'].map((id) => (
            <marker
              key={id}
              id={id}
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="8"
              markerHeight="8"
              markerUnits="userSpaceOnUse"
              orient="auto"
            >
              <path d="M0 0L8 4L0 8z" class={id === 'arrow' ? 'map-arrow' : 'map-arrow failed'} />
            </marker>
          ))}
        </defs>
        <g
          transform={`translate(${width / 2 + view.x} ${height / 2 + view.y}) scale(${view.scale}) translate(${-layout.width / 2} ${-layout.height / 2})`}
        >
          {map.edges.map((edge) => (
            <EdgeMark
              key={`${edge.from} ${edge.to}`}
              edge={edge}
              href={callLink(map, edge)}
              places={layout.places}
              fansOut={map.edges.filter(({ from }) => from === edge.from).length > 1}
              share={edge.rate / busiest}
              pale={focus !== undefined && edge.from !== focus && edge.to !== focus}
            />
          ))}
          {map.nodes.map((node) => (
            <NodeMark
              key={node.id}
              node={node}
              requests={map.edges.reduce((sum, edge) => sum + (edge.from === node.id ? edge.calls : 0), 0)}
              place={layout.places.get(node.id)}
              pale={focus !== undefined && !related.has(node.id)}
              onFocus={setFocus}
            />
          ))}
        </g>
      </svg>
      <div class="map-tools">
        <IconButton icon="plus" label="Larger" onClick={() => zoomBy(1.25)} />
        <IconButton icon="minus" label="Smaller" onClick={() => zoomBy(0.8)} />
        <IconButton icon="map" label="All in sight" onClick={() => setView({ x: 0, y: 0, scale: 1 })} />
      </div>
      <CallTable map={map} />
    </div>
  );
}

function NodeMark(props: {
  readonly node: Node;
  /** What it calls, in all. */
  readonly requests: number;
  readonly place: { readonly x: number; readonly y: number } | undefined;
  readonly pale: boolean;
  readonly onFocus: (id: string | undefined) => void;
}): JSX.Element | null {
  const { node, requests, place, pale, onFocus } = props;
  if (place === undefined) return null;
  const { nodeWidth, nodeHeight } = measures;
  const share = node.calls > 0 ? node.errors / node.calls : 0;
  const href = linkTo('/traces', tracesOfNode(node));
  return (
    <g transform={`translate(${place.x} ${place.y})`}>
      <a
        href={href}
        class={`map-node ${node.type}${pale ? ' pale' : ''}`}
        onPointerEnter={() => onFocus(node.id)}
        onPointerLeave={() => onFocus(undefined)}
        onClick={(event) => {
          if (event.defaultPrevented) return;
          event.preventDefault();
          go(href);
        }}
      >
        <rect width={nodeWidth} height={nodeHeight} rx={node.type === 'database' ? 18 : 8} />
        {node.type === 'service' && (
          <rect class="map-colour" width={4} height={nodeHeight - 16} x={8} y={8} rx={2} style={{ fill: serviceColour(node.name) }} />
        )}
        <text x={22} y={26} class="map-name">
          {node.type === 'user' ? 'Callers' : formatLine(node.name, 22)}
        </text>
        {node.type !== 'user' && (
          <text x={22} y={46} class="map-numbers">
            {node.type === 'service' ? '' : `${typeNames[node.type]} · `}p95 {formatDuration(node.p95)}
            {share > 0 && <tspan class="failed"> · {formatPercent(share)} failed</tspan>}
          </text>
        )}
        {node.type === 'user' && (
          <text x={22} y={46} class="map-numbers">
            {formatCount(requests)} requests
          </text>
        )}
      </a>
    </g>
  );
}

function callLink(map: ServiceMap, { from, to }: Edge): string {
  const [caller, called] = [map.nodes.find(({ id }) => id === from), map.nodes.find(({ id }) => id === to)];
  return linkTo('/traces', caller && called ? tracesOfCall(caller, called) : {});
}

function EdgeMark(props: {
  readonly edge: Edge;
  readonly href: string;
  readonly places: ReturnType<typeof layMap>['places'];
  readonly fansOut: boolean;
  readonly share: number;
  readonly pale: boolean;
}): JSX.Element | null {
  const { edge, href, places, share, pale } = props;
  const [a, b] = [places.get(edge.from), places.get(edge.to)];
  if (a === undefined || b === undefined) return null;
  const { nodeWidth, nodeHeight } = measures;
  const back = b.x <= a.x;
  const [x1, y1] = [back ? a.x : a.x + nodeWidth, a.y + nodeHeight / 2];
  const [x2, y2] = [back ? b.x + nodeWidth : b.x - 1, b.y + nodeHeight / 2];
  const bend = Math.max(40, Math.abs(x2 - x1) / 2) * (back ? -1 : 1);
  const spread = props.fansOut;
  // Where several lines leave a node the label stands at the end that is its own.
  const [labelX, labelY] = spread ? [back ? x2 + 74 : x2 - 74, y2] : [(x1 + x2) / 2, (y1 + y2) / 2];
  // A line that comes from above leaves room below itself.
  const falls = spread && y2 > y1 + 1;
  const line = `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  const failed = edge.errors > 0 && edge.errors / Math.max(1, edge.calls) >= 0.01;
  return (
    <g class={`map-edge${failed ? ' failed' : ''}${pale ? ' pale' : ''}`}>
      <a
        href={href}
        onClick={(event) => {
          if (event.defaultPrevented) return;
          event.preventDefault();
          go(href);
        }}
      >
        <title>Traces with this call</title>
        <path class="map-reach" d={line} />
        <path d={line} stroke-width={1 + 2.5 * Math.sqrt(share)} marker-end={`url(#arrow${failed ? '-failed' : ''})`} />
        <text x={labelX} y={falls ? labelY + 18 : labelY - 8}>
          {formatSignificant(edge.rate)}/s · {formatDuration(edge.p95)}
        </text>
        {edge.errors > 0 && (
          <text x={labelX} y={falls ? labelY + 34 : labelY + 18} class="failed">
            {formatPercent(edge.errors / Math.max(1, edge.calls))} failed
          </text>
        )}
      </a>
    </g>
  );
}

/** The same in words, for those who do not see the graph and for those who want to sort. */
function CallTable({ map }: { readonly map: ServiceMap }): JSX.Element {
  const names = new Map(map.nodes.map(({ id, name, type }) => [id, type === 'user' ? 'Callers' : name]));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Calls">
      <Table
        label="Calls between services"
        rows={map.edges}
        keyOf={({ from, to }) => `${from} ${to}`}
        sortBy={3}
        columns={[
          { title: 'From', sort: ({ from }) => names.get(from) ?? from, cell: ({ from }) => formatLine(names.get(from) ?? from, 60) },
          {
            title: 'To',
            class: 'grow',
            sort: ({ to }) => names.get(to) ?? to,
            cell: (edge) => <Link href={callLink(map, edge)}>{formatLine(names.get(edge.to) ?? edge.to, 60)}</Link>,
          },
          { title: 'Calls', number: true, sort: ({ calls }) => calls, cell: ({ calls }) => formatCount(calls) },
          { title: 'Rate', number: true, sort: ({ rate }) => rate, cell: ({ rate }) => `${formatSignificant(rate)}/s` },
          {
            title: 'Errors',
            number: true,
            sort: ({ errors, calls }) => errors / Math.max(1, calls),
            cell: ({ errors, calls }) => (
              <span class={errors > 0 ? 'fault-text' : 'muted'}>{formatPercent(errors / Math.max(1, calls))}</span>
            ),
          },
          { title: 'p50', number: true, sort: ({ p50 }) => p50, cell: ({ p50 }) => formatDuration(p50) },
          { title: 'p95', number: true, sort: ({ p95 }) => p95, cell: ({ p95 }) => formatDuration(p95) },
        ]}
      />
    </div>
  );
}
