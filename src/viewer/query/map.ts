/** GET /api/map: who calls whom, from the parents of server and consumer spans, and what client spans say of the databases and others they call. */
import type { ServiceMap } from '../api.ts';
import type { SpanColumns } from '../store/columns.ts';
import { CLIENT, CONSUMER, ERROR, PRODUCER, SERVER } from './codes.ts';
import type { Segment } from './column-index.ts';
import type { Names } from './names.ts';
import { Samples } from './percentile.ts';
import type { Reader } from './reader.ts';
import { isEntry } from './span-links.ts';
import type { SpanLinks } from './span-links.ts';

type Node = ServiceMap['nodes'][number];

interface Traffic {
  readonly durations: Samples;
  errors: number;
}

/** Whoever calls from outside of what is traced. */
const USER = 'user';
/** Processes send their spans at different times, a parent ends after its child: until then nobody knows who has called, or who has answered. */
const AWAITED_MS = 15_000;

interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * A span counts where it starts, and what it tells of does not depend on the range: who calls it, or answers it, is looked for in the whole store.
 * `nowMs` is the time at which spans are still awaited.
 */
export function serviceMap(
  reader: Reader,
  query: { readonly from?: number; readonly to?: number },
  nowMs: number = Date.now(),
): ServiceMap {
  const range = { from: query.from ?? -Infinity, to: query.to ?? Infinity };
  const { segments } = reader.index.spans;
  const graph = new Graph(reader.names);
  reader.links.update(segments);
  for (const segment of segments)
    if (segment.maxMs >= range.from && segment.minMs < range.to) addSpans(graph, reader.links, segment, range, nowMs - AWAITED_MS);
  return toMap(reader, graph, range);
}

function addSpans(graph: Graph, links: SpanLinks, segment: Segment<SpanColumns>, { from, to }: Range, awaitedFrom: number): void {
  const { columns, count } = segment;
  const { startMs, kindStatus, parentId, peer, resource } = columns;
  for (let i = 0; i < count; i++) {
    const start = startMs[i]!;
    if (start < from || start >= to) continue;
    const service = graph.service(resource[i]!);
    const kind = kindStatus[i]! >> 2;
    if (isEntry(kind)) {
      add(service.traffic, columns, i);
      const resourceOfCaller = parentId[i] === 0 ? 0 : links.resourceOfCaller(segment, i);
      let caller: GraphNode;
      if (kind === CONSUMER && peer[i] !== 0) caller = graph.peer(peer[i]!);
      else if (resourceOfCaller !== 0) caller = graph.service(resourceOfCaller);
      else if (kind !== SERVER || (parentId[i] !== 0 && start >= awaitedFrom)) continue;
      else caller = graph.user();
      if (caller !== service) add(graph.edge(caller, service), columns, i);
    } else if ((kind === CLIENT || kind === PRODUCER) && peer[i] !== 0) {
      // A traced service has answered, and its own span tells of the call; or it may yet: a node that comes and goes would be wrong.
      if (graph.isExternal(peer[i]!) && (start >= awaitedFrom || links.isAnswered(segment, i))) continue;
      const called = graph.peer(peer[i]!);
      add(graph.edge(service, called), columns, i);
      add(called.traffic, columns, i);
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

/** In the order of the ids, whatever came first: the picture stays as it is when spans come. */
function toMap(reader: Reader, graph: Graph, range: Range): ServiceMap {
  const seconds = secondsOf(reader, range);
  const nodes = graph.nodes.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return {
    nodes: nodes.map(({ id, traffic }) => ({ id, ...nameOf(id), ...numbersOf(traffic) })),
    edges: nodes.flatMap(({ id: from, edges }) =>
      [...edges]
        .map(([number, traffic]) => ({ to: graph.nodes[number]!.id, traffic }))
        .sort((a, b) => (a.to < b.to ? -1 : 1))
        .map(({ to, traffic }) => ({ from, to, rate: traffic.durations.length / seconds, ...numbersOf(traffic) })),
    ),
  };
}

/** A range without a bound goes as far as the spans that are here. */
function secondsOf({ traces: { startMs, endMs, length } }: Reader, { from, to }: Range): number {
  let [first, last] = [Infinity, -Infinity];
  for (let i = 0; i < length; i++) {
    if (startMs[i]! < first) first = startMs[i]!;
    if (endMs[i]! > last) last = endMs[i]!;
  }
  return Math.max(((to < Infinity ? to : last) - (from > -Infinity ? from : first)) / 1000, 1);
}

/** `type:name`; the user is alone. */
function nameOf(id: string): Pick<Node, 'name' | 'type'> {
  if (id === USER) return { name: 'user', type: 'user' };
  const colon = id.indexOf(':');
  return { name: id.slice(colon + 1), type: id.slice(0, colon) as Node['type'] };
}
