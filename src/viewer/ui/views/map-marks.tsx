/** One box, one line and one label of the service map. */
import type { JSX } from 'preact';
import type { ServiceMap } from '../../api.ts';
import { formatDuration } from '../format/duration.ts';
import { formatCount, formatPercent, formatSignificant } from '../format/number.ts';
import { formatLine } from '../format/text.ts';
import type { Box } from '../logic/map-labels.ts';
import { linePath, type MapMeasures, type Point } from '../logic/map-layout.ts';
import { tracesOfNode } from '../logic/map-links.ts';
import { wrapName } from '../logic/wrap-name.ts';
import { Link } from '../parts/link.tsx';
import { linkTo } from '../state/location.ts';
import { serviceColour } from '../state/services.ts';
import { nameOfNode } from './map-calls.tsx';

export type Node = ServiceMap['nodes'][number];
export type Edge = ServiceMap['edges'][number];

/** From where on what is small is worth the colour of an error. */
const failing = 0.01;
const typeNames: Readonly<Record<Node['type'], string>> = {
  service: 'service',
  database: 'database',
  messaging: 'queue',
  external: 'external',
  user: 'callers',
};

/** Height of the letters of a name, and their width in heights: they are bold. */
const nearName = 13;
const letterWidth = 0.57;

/** Letters get smaller, as far as they can be read, when the longest word of a name then needs no break. */
function fitName(name: string, room: number, font: number): number {
  const longest = Math.max(...name.split(/(?<=[-_./:\s])/).map(({ length }) => length));
  return Math.max(font * 0.7, Math.min(font, room / ((longest + 0.1) * letterWidth)));
}

const failedShare = ({ calls, errors }: Pick<Edge, 'calls' | 'errors'>): number => errors / Math.max(1, calls);
export const isFailing = (part: Pick<Edge, 'calls' | 'errors'>): boolean => failedShare(part) >= failing;

/** Rows of an edge's label; what failed stands last. */
export function labelRows(edge: Edge, narrow: boolean): readonly string[] {
  const [rate, time] = [`${formatSignificant(edge.rate)}/s`, formatDuration(edge.p95)];
  return [...(narrow ? [rate, time] : [`${rate} · ${time}`]), ...(edge.errors > 0 ? [`${formatPercent(failedShare(edge))} failed`] : [])];
}

export function NodeMark(props: {
  readonly node: Node;
  /** What it calls, in all. */
  readonly requests: number;
  readonly place: Point;
  readonly measures: MapMeasures;
  /** Height of letters where the map is so small that only names can be read. */
  readonly farFont: number | undefined;
  readonly pale: boolean;
  readonly onFocus: (focused: boolean) => void;
}): JSX.Element {
  const { node, requests, place, farFont, pale, onFocus } = props;
  const { nodeWidth, nodeHeight } = props.measures;
  const name = formatLine(nameOfNode(node), 200);
  const share = failedShare(node);
  const kind = node.type === 'service' ? '' : `${typeNames[node.type]} · `;
  const time = node.calls === 0 ? 'not called' : `p95 ${formatDuration(node.p95)}`;
  const told = node.type === 'user' ? `${formatCount(requests)} requests` : `${kind}${time}`;
  const failed = node.type !== 'user' && share > 0 ? `${formatPercent(share)} failed` : '';
  const room = nodeWidth - 26;
  const letters = farFont === undefined ? nearName : fitName(name, room, farFont);
  const rows = wrapName(name, Math.floor(room / (letters * letterWidth)), farFont === undefined ? 1 : 2);
  return (
    <g
      transform={`translate(${place.x} ${place.y})`}
      class={`map-node ${node.type}${pale ? ' pale' : ''}${isFailing(node) ? ' failing' : ''}`}
      onPointerEnter={(event) => event.pointerType === 'mouse' && onFocus(true)}
      onPointerLeave={() => onFocus(false)}
      onFocusIn={() => onFocus(true)}
      onFocusOut={() => onFocus(false)}
    >
      <Link href={linkTo('/traces', tracesOfNode(node))}>
        <title>{[name, `${told}${failed && ` · ${failed}`}`].join('\n')}</title>
        <rect class="map-box" width={nodeWidth} height={nodeHeight} rx={node.type === 'database' ? 18 : 8} />
        {node.type === 'service' && (
          <rect class="map-colour" width={4} height={nodeHeight - 16} x={8} y={8} rx={2} style={{ fill: serviceColour(node.name) }} />
        )}
        {farFont === undefined ? (
          <>
            <text x={22} y={26} class="map-name">
              {rows[0]}
            </text>
            <text x={22} y={46} class="map-numbers">
              {told}
              {failed !== '' && <tspan class="failed"> · {failed}</tspan>}
            </text>
          </>
        ) : (
          rows.map((row, i) => (
            <text
              key={i}
              x={20}
              y={nodeHeight / 2 + letters * (0.36 + 1.1 * (i - (rows.length - 1) / 2))}
              class="map-name"
              style={{ fontSize: `${letters}px` }}
            >
              {row}
            </text>
          ))
        )}
      </Link>
    </g>
  );
}

export function EdgeMark(props: {
  readonly edge: Edge;
  readonly from: string;
  readonly to: string;
  readonly href: string;
  readonly points: readonly Point[];
  /** Of the busiest. */
  readonly share: number;
  readonly pale: boolean;
  readonly onFocus: (focused: boolean) => void;
}): JSX.Element {
  const { edge, from, to, href, points, share, pale, onFocus } = props;
  const line = linePath(points);
  const told = `${formatLine(from, 80)} calls ${formatLine(to, 80)}: ${labelRows(edge, false).join(', ')}`;
  return (
    <g
      class={`map-edge${isFailing(edge) ? ' failed' : ''}${pale ? ' pale' : ''}`}
      onPointerEnter={(event) => event.pointerType === 'mouse' && onFocus(true)}
      onPointerLeave={() => onFocus(false)}
      onFocusIn={() => onFocus(true)}
      onFocusOut={() => onFocus(false)}
    >
      <Link href={href}>
        <title>{told}</title>
        <path class="map-reach" d={line} />
        <path
          class="map-line"
          d={line}
          stroke-width={1 + 2.5 * Math.sqrt(share)}
          marker-end={`url(#arrow${isFailing(edge) ? '-failed' : ''})`}
        />
      </Link>
    </g>
  );
}

/** It says again what its line says to those who hear the page, and leads where that leads. */
export function EdgeLabel(props: {
  readonly rows: readonly string[];
  readonly hasFailed: boolean;
  readonly box: Box;
  readonly font: number;
  readonly href: string;
  /** It came with the pointer, and does not stand in its way. */
  readonly passing: boolean;
  readonly onFocus: (focused: boolean) => void;
}): JSX.Element {
  const { rows, hasFailed, box, font, href, passing, onFocus } = props;
  return (
    <g
      class={`map-label${passing ? ' passing' : ''}`}
      transform={`translate(${box.x + box.width / 2} ${box.y})`}
      onPointerEnter={(event) => event.pointerType === 'mouse' && onFocus(true)}
      onPointerLeave={() => onFocus(false)}
    >
      <Link href={href} tabIndex={-1}>
        {passing && <rect x={-box.width / 2} width={box.width} height={box.height} rx={font / 3} />}
        {rows.map((row, i) => (
          <text
            key={i}
            y={(box.height * (i + 0.5)) / rows.length + font * 0.36}
            style={{ fontSize: `${font}px` }}
            class={hasFailed && i === rows.length - 1 ? 'failed' : undefined}
          >
            {row}
          </text>
        ))}
      </Link>
    </g>
  );
}
