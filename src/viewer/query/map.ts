/** GET /api/map: who calls whom, from the parents of server and consumer spans, and what client spans say of the databases and others they call. */
import type { ServiceMap } from '../api.ts';
import type { SpanColumns } from '../store/columns.ts';
import { CLIENT, CONSUMER, ERROR, PRODUCER, SERVER } from './codes.ts';
import type { Segment } from './column-index.ts';
import { Samples } from './percentile.ts';
import type { Reader } from './reader.ts';
import { SpanTable } from './span-table.ts';

type Node = ServiceMap['nodes'][number];

interface Traffic {
  readonly durations: Samples;
  errors: number;
}

/** Whoever calls from outside of what is traced. */
const USER = 'user';
/** A parent may have started this long before the range. */
const MARGIN_MS = 60_000;

export function serviceMap(reader: Reader, query: { readonly from?: number; readonly to?: number }): ServiceMap {
  const { from = -Infinity, to = Infinity } = query;
  const segments = reader.index.spans.segments.filter(({ minMs, maxMs }) => maxMs >= from - MARGIN_MS && minMs < to);
  const table = new SpanTable(segments);
  const edges = new Map<string, Map<string, Traffic>>();
  const nodes = new Map<string, Traffic>();
  const services = new Map<number, string>();
  const serviceOf = (resource: number): string => {
    let service = services.get(resource);
    if (service === undefined) services.set(resource, (service = `service:${reader.names.resource(resource).service}`));
    return service;
  };
  const count = (segment: Segment<SpanColumns>, i: number, source: string, target: string): void => {
    const targets = edges.get(source) ?? new Map<string, Traffic>();
    edges.set(source, targets);
    add(trafficOf(targets, target), segment.columns, i);
    if (target.startsWith('service:')) trafficOf(nodes, source);
    else add(trafficOf(nodes, target), segment.columns, i);
  };

  const answered = new Set<number>();
  eachSpan(segments, from, to, (segment, i) => {
    const { columns } = segment;
    const kind = columns.kindStatus[i]! >> 2;
    const service = serviceOf(columns.resource[i]!);
    if (kind !== SERVER && kind !== CONSUMER) return void trafficOf(nodes, service);
    add(trafficOf(nodes, service), columns, i);
    const parent = table.parentOf(columns, i);
    if (parent >= 0) answered.add(parent);
    const queue = kind === CONSUMER ? columns.peer[i]! : 0;
    if (queue !== 0) return count(segment, i, reader.names.string(queue), service);
    if (parent < 0) return kind === SERVER ? count(segment, i, USER, service) : undefined;
    const caller = serviceOf(table.resource(parent));
    if (caller !== service) count(segment, i, caller, service);
  });
  let index = 0;
  const starts = new Map(segments.map((segment) => [segment, (index += segment.count) - segment.count]));
  eachSpan(segments, from, to, (segment, i) => {
    const { columns } = segment;
    const kind = columns.kindStatus[i]! >> 2;
    if ((kind !== CLIENT && kind !== PRODUCER) || columns.peer[i] === 0) return;
    const peer = reader.names.string(columns.peer[i]!);
    // A traced service has answered: its own span tells of the call.
    if (peer.startsWith('external:') && answered.has(starts.get(segment)! + i)) return;
    count(segment, i, serviceOf(columns.resource[i]!), peer);
  });
  return toMap(reader, nodes, edges, from, to);
}

function eachSpan(
  segments: readonly Segment<SpanColumns>[],
  from: number,
  to: number,
  visit: (segment: Segment<SpanColumns>, i: number) => void,
): void {
  for (const segment of segments) {
    const { startMs } = segment.columns;
    for (let i = 0; i < segment.count; i++) if (startMs[i]! >= from && startMs[i]! < to) visit(segment, i);
  }
}

function trafficOf(map: Map<string, Traffic>, key: string): Traffic {
  let traffic = map.get(key);
  if (traffic === undefined) map.set(key, (traffic = { durations: new Samples(), errors: 0 }));
  return traffic;
}

function add(traffic: Traffic, { durationMs, kindStatus }: SpanColumns, i: number): void {
  traffic.durations.add(durationMs[i]!);
  if ((kindStatus[i]! & 3) === ERROR) traffic.errors++;
}

const numbersOf = ({ durations, errors }: Traffic): Pick<Node, 'calls' | 'errors' | 'p50' | 'p95'> => ({
  calls: durations.length,
  errors,
  p50: durations.percentile(0.5),
  p95: durations.percentile(0.95),
});

function toMap(
  reader: Reader,
  nodes: ReadonlyMap<string, Traffic>,
  edges: ReadonlyMap<string, ReadonlyMap<string, Traffic>>,
  from: number,
  to: number,
): ServiceMap {
  const { startMs, endMs, length } = reader.traces;
  const first = from > -Infinity ? from : startMs.subarray(0, length).reduce((min, time) => Math.min(min, time), Infinity);
  const last = to < Infinity ? to : endMs.subarray(0, length).reduce((max, time) => Math.max(max, time), -Infinity);
  const seconds = Math.max((last - first) / 1000, 1);
  return {
    nodes: [...nodes].map(([id, traffic]) => ({ id, ...nameOf(id), ...numbersOf(traffic) })).sort((a, b) => (a.id < b.id ? -1 : 1)),
    edges: [...edges].flatMap(([source, targets]) =>
      [...targets].map(([target, traffic]) => ({
        from: source,
        to: target,
        rate: traffic.durations.length / seconds,
        ...numbersOf(traffic),
      })),
    ),
  };
}

/** `type:name`; the user is alone. */
function nameOf(id: string): Pick<Node, 'name' | 'type'> {
  if (id === USER) return { name: 'user', type: 'user' };
  const colon = id.indexOf(':');
  return { name: id.slice(colon + 1), type: id.slice(0, colon) as Node['type'] };
}
