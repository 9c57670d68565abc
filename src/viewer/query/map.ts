/** GET /api/map: who calls whom, from the parents of server and consumer spans, and what client spans say of the databases and others they call. */
import type { ServiceMap } from '../api.ts';
import type { SpanColumns } from '../store/columns.ts';
import { CLIENT, CONSUMER, ERROR, PRODUCER, SERVER } from './codes.ts';
import type { Segment } from './column-index.ts';
import type { Names } from './names.ts';
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
  const graph = new Graph(reader.names);
  const answered = new Uint8Array(table.length);
  const external: boolean[] = [];
  const isExternal = (peer: number): boolean => (external[peer] ??= reader.names.string(peer).startsWith('external:'));
  eachSpan(segments, from, to, (columns, i) => {
    const kind = columns.kindStatus[i]! >> 2;
    const service = graph.service(columns.resource[i]!);
    if (kind !== SERVER && kind !== CONSUMER) return;
    add(service.traffic, columns, i);
    const parent = table.parentOf(columns, i);
    if (parent >= 0) answered[parent] = 1;
    const queue = kind === CONSUMER ? columns.peer[i]! : 0;
    if (queue !== 0) return add(graph.edge(graph.peer(queue), service), columns, i);
    if (parent < 0) return kind === SERVER ? add(graph.edge(graph.user(), service), columns, i) : undefined;
    const caller = graph.service(table.resource(parent));
    if (caller !== service) add(graph.edge(caller, service), columns, i);
  });
  eachSpan(segments, from, to, (columns, i, index) => {
    const kind = columns.kindStatus[i]! >> 2;
    if ((kind !== CLIENT && kind !== PRODUCER) || columns.peer[i] === 0) return;
    // A traced service has answered: its own span tells of the call.
    if (answered[index] === 1 && isExternal(columns.peer[i]!)) return;
    const peer = graph.peer(columns.peer[i]!);
    add(graph.edge(graph.service(columns.resource[i]!), peer), columns, i);
    add(peer.traffic, columns, i);
  });
  return toMap(reader, graph, from, to);
}

interface GraphNode {
  readonly id: string;
  readonly number: number;
  readonly traffic: Traffic;
  /** By the number of the node they lead to. */
  readonly edges: Map<number, Traffic>;
}

/** Nodes by the ids that stand in columns: no text is touched for a span. */
class Graph {
  readonly nodes: GraphNode[] = [];
  readonly #names: Names;
  readonly #byId = new Map<string, GraphNode>();
  readonly #services: GraphNode[] = [];
  readonly #peers: GraphNode[] = [];

  constructor(names: Names) {
    this.#names = names;
  }

  service(resource: number): GraphNode {
    return (this.#services[resource] ??= this.#node(`service:${this.#names.resource(resource).service}`));
  }

  peer(name: number): GraphNode {
    return (this.#peers[name] ??= this.#node(this.#names.string(name)));
  }

  user(): GraphNode {
    return this.#node(USER);
  }

  edge(from: GraphNode, to: GraphNode): Traffic {
    let traffic = from.edges.get(to.number);
    if (traffic === undefined) from.edges.set(to.number, (traffic = createTraffic()));
    return traffic;
  }

  #node(id: string): GraphNode {
    let node = this.#byId.get(id);
    if (node === undefined) {
      node = { id, number: this.nodes.length, traffic: createTraffic(), edges: new Map() };
      this.nodes.push(node);
      this.#byId.set(id, node);
    }
    return node;
  }
}

/** `index` numbers the spans through all segments, as the table does. */
function eachSpan(
  segments: readonly Segment<SpanColumns>[],
  from: number,
  to: number,
  visit: (columns: SpanColumns, i: number, index: number) => void,
): void {
  let first = 0;
  for (const { columns, count } of segments) {
    const { startMs } = columns;
    for (let i = 0; i < count; i++) if (startMs[i]! >= from && startMs[i]! < to) visit(columns, i, first + i);
    first += count;
  }
}

const createTraffic = (): Traffic => ({ durations: new Samples(), errors: 0 });

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

function toMap(reader: Reader, { nodes }: Graph, from: number, to: number): ServiceMap {
  const { startMs, endMs, length } = reader.traces;
  const first = from > -Infinity ? from : startMs.subarray(0, length).reduce((min, time) => Math.min(min, time), Infinity);
  const last = to < Infinity ? to : endMs.subarray(0, length).reduce((max, time) => Math.max(max, time), -Infinity);
  const seconds = Math.max((last - first) / 1000, 1);
  return {
    nodes: nodes.map(({ id, traffic }) => ({ id, ...nameOf(id), ...numbersOf(traffic) })).sort((a, b) => (a.id < b.id ? -1 : 1)),
    edges: nodes.flatMap(({ id, edges }) =>
      [...edges].map(([target, traffic]) => ({
        from: id,
        to: nodes[target]!.id,
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
