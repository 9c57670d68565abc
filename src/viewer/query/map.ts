/** GET /api/map: who calls whom, from the parents of server and consumer spans, and what client spans say of the databases and others they call. */
import type { ServiceMap } from '../api.ts';
import type { SpanColumns } from '../store/columns.ts';
import { CLIENT, CONSUMER, ERROR, PRODUCER, SERVER } from './codes.ts';
import { CallerTable } from './caller-table.ts';
import type { Segment } from './column-index.ts';
import type { Names } from './names.ts';
import { Samples } from './percentile.ts';
import type { Reader } from './reader.ts';

type Node = ServiceMap['nodes'][number];

interface Traffic {
  readonly durations: Samples;
  errors: number;
}

/** Whoever calls from outside of what is traced. */
const USER = 'user';
/** A parent may have started this long before the range. */
const MARGIN_MS = 60_000;
/** A parent ends after its child, and its process sends it later: until then nobody knows who has called. */
const AWAITED_MS = 15_000;

/** `nowMs` is the time at which spans are still awaited. */
export function serviceMap(
  reader: Reader,
  query: { readonly from?: number; readonly to?: number },
  nowMs: number = Date.now(),
): ServiceMap {
  const { from = -Infinity, to = Infinity } = query;
  const segments = reader.index.spans.segments.filter(({ minMs, maxMs }) => maxMs >= from - MARGIN_MS && minMs < to);
  const graph = new Graph(reader.names);
  const table = new CallerTable(countChildren(segments));
  addRequests(graph, table, segments, from, to);
  addCalls(graph, table, segments, from, to);
  addCallers(graph, table, segments, { from, to, awaitedFrom: nowMs - AWAITED_MS });
  table.release();
  return toMap(reader, graph, from, to);
}

type Segments = readonly Segment<SpanColumns>[];

/** A request or message that arrives: the kinds whose parent says who calls. */
const isEntry = (kind: number): boolean => kind === SERVER || kind === CONSUMER;

function countChildren(segments: Segments): number {
  let children = 0;
  for (const { columns, count } of segments) {
    const { kindStatus, parentId } = columns;
    for (let i = 0; i < count; i++) if (parentId[i] !== 0 && isEntry(kindStatus[i]! >> 2)) children++;
  }
  return children;
}

/** What services are asked; whoever has a parent is noted, to be found by it. */
function addRequests(graph: Graph, table: CallerTable, segments: Segments, from: number, to: number): void {
  for (const { columns, count } of segments) {
    const { startMs, kindStatus, parentId, trace, resource } = columns;
    for (let i = 0; i < count; i++) {
      if (startMs[i]! < from || startMs[i]! >= to) continue;
      const service = graph.service(resource[i]!);
      if (!isEntry(kindStatus[i]! >> 2)) continue;
      add(service.traffic, columns, i);
      if (parentId[i] !== 0) table.addChild(trace[i]!, parentId[i]!);
    }
  }
}

/** What services ask of databases, queues and others. */
function addCalls(graph: Graph, table: CallerTable, segments: Segments, from: number, to: number): void {
  for (const { columns, count } of segments) {
    const { startMs, kindStatus, peer, spanId, trace, resource } = columns;
    for (let i = 0; i < count; i++) {
      const answered = table.addParent(trace[i]!, spanId[i]!, resource[i]!);
      const kind = kindStatus[i]! >> 2;
      if ((kind !== CLIENT && kind !== PRODUCER) || peer[i] === 0 || startMs[i]! < from || startMs[i]! >= to) continue;
      // A traced service has answered: its own span tells of the call.
      if (answered && graph.isExternal(peer[i]!)) continue;
      const called = graph.peer(peer[i]!);
      add(graph.edge(graph.service(resource[i]!), called), columns, i);
      add(called.traffic, columns, i);
    }
  }
}

/** Who asks services, of which `table` knows all that are here. The children come in the order in which they were noted. */
function addCallers(
  graph: Graph,
  table: CallerTable,
  segments: Segments,
  { from, to, awaitedFrom }: { readonly from: number; readonly to: number; readonly awaitedFrom: number },
): void {
  let child = 0;
  for (const { columns, count } of segments) {
    const { startMs, kindStatus, parentId, peer, resource } = columns;
    for (let i = 0; i < count; i++) {
      const kind = kindStatus[i]! >> 2;
      if (!isEntry(kind) || startMs[i]! < from || startMs[i]! >= to) continue;
      const resourceOfCaller = parentId[i] === 0 ? 0 : table.callerOf(child++);
      const service = graph.service(resource[i]!);
      let caller: GraphNode;
      if (kind === CONSUMER && peer[i] !== 0) caller = graph.peer(peer[i]!);
      else if (resourceOfCaller !== 0) caller = graph.service(resourceOfCaller);
      else if (kind !== SERVER || (parentId[i] !== 0 && startMs[i]! >= awaitedFrom)) continue;
      else caller = graph.user();
      if (caller !== service) add(graph.edge(caller, service), columns, i);
    }
  }
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
  readonly #external: boolean[] = [];

  constructor(names: Names) {
    this.#names = names;
  }

  service(resource: number): GraphNode {
    return (this.#services[resource] ??= this.#node(`service:${this.#names.resource(resource).service}`));
  }

  peer(name: number): GraphNode {
    return (this.#peers[name] ??= this.#node(this.#names.string(name)));
  }

  /** Neither a database nor a queue. */
  isExternal(name: number): boolean {
    return (this.#external[name] ??= this.#names.string(name).startsWith('external:'));
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
