/** The services and what they call, as a graph: rate, errors and latency of each call. It can be moved and zoomed; each part leads to its traces. */
import type { JSX } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import type { ServiceMap } from '../../api.ts';
import { placeLabels, type LabelledLine } from '../logic/map-labels.ts';
import { keyOfEdge, layMap, type MapMeasures } from '../logic/map-layout.ts';
import { IconButton } from '../parts/button.tsx';
import { Loaded, Nothing } from '../parts/state.tsx';
import { api } from '../state/api.ts';
import { currentBounds } from '../state/bounds.ts';
import { useCamera } from '../state/camera.ts';
import { range } from '../state/location.ts';
import { formatRange } from '../state/range.ts';
import { useResource } from '../state/resource.ts';
import { CallTable, callLink, nameOfNode } from './map-calls.tsx';
import { EdgeLabel, EdgeMark, isFailing, labelRows, NodeMark, type Edge } from './map-marks.tsx';

/** With room for labels of one row between the layers. */
const roomy: MapMeasures = { nodeWidth: 188, nodeHeight: 64, gapX: 168, gapY: 36, lane: 26, port: 10 };
/** Of many layers more are in sight when labels are narrow. */
const dense: MapMeasures = { ...roomy, nodeWidth: 172, gapX: 116, gapY: 28, lane: 20, port: 8 };
const roomyWidth = 4 * roomy.nodeWidth + 3 * roomy.gapX;
/** Below this scale only names can be read; labels come when something is pointed at. */
const farScale = 0.78;
const font = 12;
/** On the screen, of names and labels from afar. */
const farFont = 11.5;
/** Of a letter, in heights of letters. */
const letterWidth = 0.54;
const rowHeight = 1.35;

type Focus = { readonly node: string } | { readonly edge: string } | undefined;

export function MapView(): JSX.Element {
  const map = useResource(`map ${formatRange(range.value)}`, (signal) => api.map(currentBounds(), signal));
  return <Loaded of={map}>{(data) => (data.nodes.length === 0 ? <Nothing icon="map" what="calls" /> : <Graph map={data} />)}</Loaded>;
}

function Graph({ map }: { readonly map: ServiceMap }): JSX.Element {
  const shape = JSON.stringify([map.nodes.map(({ id }) => id), map.edges.map(({ from, to }) => [from, to])]);
  const { layout, measures } = useMemo(() => {
    const first = layMap(map.nodes, map.edges, roomy);
    return first.width <= roomyWidth
      ? { layout: first, measures: roomy }
      : { layout: layMap(map.nodes, map.edges, dense), measures: dense };
  }, [shape]);
  const svg = useRef<SVGSVGElement>(null);
  const { camera, zoomBy, showAll, reveal, handlers } = useCamera(layout, svg);
  const [focus, setFocus] = useState<Focus>(undefined);
  const far = camera.scale < farScale;
  const busiest = Math.max(1e-9, ...map.edges.map(({ rate }) => rate));
  const drawn = map.edges.filter((edge) => layout.lines.has(keyOfEdge(edge)));
  const isFocused = (edge: Edge): boolean =>
    focus !== undefined && ('edge' in focus ? focus.edge === keyOfEdge(edge) : focus.node === edge.from || focus.node === edge.to);
  const focused = drawn.filter(isFocused);
  const related = new Set([
    ...(focus !== undefined && 'node' in focus ? [focus.node] : []),
    ...focused.flatMap(({ from, to }) => [from, to]),
  ]);

  const lineOf = (edge: Edge, size: number): LabelledLine => {
    const key = keyOfEdge(edge);
    const rows = labelRows(edge, measures === dense);
    // Never narrower than most are, so that places do not change with each number.
    const letters = Math.max(measures === dense ? 8 : 17, ...rows.map(({ length }) => length));
    return {
      key,
      points: layout.lines.get(key)!,
      size: { width: letters * letterWidth * size, height: rows.length * rowHeight * size },
    };
  };
  const boxes = [...layout.places.values()].map((place) => ({ ...place, width: measures.nodeWidth, height: measures.nodeHeight }));
  const ranked = drawn.toSorted((a, b) => rankOf(b) - rankOf(a) || (keyOfEdge(a) < keyOfEdge(b) ? -1 : 1));
  const standing = useMemo(() => {
    const lines = ranked.map((edge) => lineOf(edge, font));
    return placeLabels(lines, { boxes, lines, mayCover: 1 });
  }, [layout, JSON.stringify(ranked.map((edge) => lineOf(edge, font).size)), ranked.map(keyOfEdge).join()]);
  const passing = useMemo(() => {
    if (focus === undefined) return new Map();
    const size = far ? farFont / camera.scale : font;
    const missing = focused.filter((edge) => far || !standing.has(keyOfEdge(edge))).map((edge) => lineOf(edge, size));
    const taken = far ? [] : focused.flatMap((edge) => standing.get(keyOfEdge(edge)) ?? []);
    return placeLabels(missing, { boxes, taken, lines: focused.map((edge) => lineOf(edge, size)), mayCover: Infinity });
  }, [focus, far, camera.scale, standing]);

  const onNode = (id: string) => (entered: boolean) => {
    setFocus(entered ? { node: id } : undefined);
    const place = layout.places.get(id);
    if (entered && place && svg.current?.querySelector(':focus-visible'))
      reveal({ ...place, width: measures.nodeWidth, height: measures.nodeHeight });
  };
  const onEdge = (edge: Edge) => (entered: boolean) => setFocus(entered ? { edge: keyOfEdge(edge) } : undefined);
  const names = new Map(map.nodes.map((node) => [node.id, nameOfNode(node)]));
  const arrow = far ? Math.min(16, 7 / camera.scale) : 8;
  return (
    <div class="map-view">
      <div class="map-window">
        <svg ref={svg} class={`map${far ? ' far' : ''}`} role="group" aria-label="Services and their calls" {...handlers}>
          <defs>
            {['arrow', 'arrow-failed'].map((id) => (
              <marker
                key={id}
                id={id}
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                markerWidth={arrow}
                markerHeight={arrow}
                markerUnits="userSpaceOnUse"
                orient="auto"
              >
                <path d="M0 0L8 4L0 8z" class={id === 'arrow' ? 'map-arrow' : 'map-arrow failed'} />
              </marker>
            ))}
          </defs>
          <g transform={`translate(${camera.x} ${camera.y}) scale(${camera.scale})`}>
            {drawn.map((edge) => (
              <EdgeMark
                key={keyOfEdge(edge)}
                edge={edge}
                from={names.get(edge.from) ?? edge.from}
                to={names.get(edge.to) ?? edge.to}
                href={callLink(map, edge)}
                points={layout.lines.get(keyOfEdge(edge))!}
                share={edge.rate / busiest}
                pale={focus !== undefined && !isFocused(edge)}
                onFocus={onEdge(edge)}
              />
            ))}
            {map.nodes.map((node) => (
              <NodeMark
                key={node.id}
                node={node}
                requests={map.edges.reduce((sum, edge) => sum + (edge.from === node.id ? edge.calls : 0), 0)}
                place={layout.places.get(node.id)!}
                measures={measures}
                farFont={far ? Math.min(24, farFont / camera.scale) : undefined}
                pale={focus !== undefined && !related.has(node.id)}
                onFocus={onNode(node.id)}
              />
            ))}
            <g aria-hidden="true">
              {(focus === undefined ? drawn : focused).map((edge) => {
                const key = keyOfEdge(edge);
                const box = passing.get(key) ?? (far ? undefined : standing.get(key));
                return (
                  box && (
                    <EdgeLabel
                      key={key}
                      rows={labelRows(edge, measures === dense)}
                      hasFailed={edge.errors > 0}
                      box={box}
                      font={passing.has(key) && far ? farFont / camera.scale : font}
                      href={callLink(map, edge)}
                      passing={passing.has(key)}
                      onFocus={onEdge(edge)}
                    />
                  )
                );
              })}
            </g>
          </g>
        </svg>
        <div class="map-tools">
          <IconButton icon="plus" label="Larger" onClick={() => zoomBy(1.25)} />
          <IconButton icon="minus" label="Smaller" onClick={() => zoomBy(0.8)} />
          <IconButton icon="map" label="All in sight" onClick={showAll} />
        </div>
      </div>
      <CallTable map={map} />
    </div>
  );
}

/** Failing calls are labelled first, then the busiest by their order of magnitude: that does not change from one look to the next. */
function rankOf(edge: Edge): number {
  return (isFailing(edge) ? 100 : 0) + Math.floor(Math.log10(Math.max(1, edge.calls)));
}
