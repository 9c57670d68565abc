/** GET /api/overview: rate, errors and durations of services and routes, their runtime, and the traces to look at first. */
import type { Overview } from '../api.ts';
import { CONSUMER, ERROR, SERVER } from './codes.ts';
import { Samples } from './percentile.ts';
import type { Reader } from './reader.ts';
import { readRuntime } from './runtime.ts';
import { Top } from './top.ts';
import { readSummaries } from './trace-summary.ts';

const PARTS = 30;
const DEFAULT_MS = 15 * 60_000;
const MAX_ROUTES = 200;
const MAX_TRACES = 10;

interface Part {
  readonly durations: Samples;
  errors: number;
}

/** Of one service. */
interface Requests {
  readonly durations: Samples;
  readonly parts: readonly Part[];
}

interface Route {
  readonly service: string;
  readonly name: number;
  readonly durations: Samples;
  errors: number;
}

const createPart = (): Part => ({ durations: new Samples(), errors: 0 });

export function overview(reader: Reader, query: { readonly from?: number; readonly to?: number }): Overview {
  const to = query.to ?? Date.now();
  const from = Math.min(query.from ?? to - DEFAULT_MS, to - 1);
  const { services, routes } = collect(reader, from, to);
  const seconds = (to - from) / 1000;
  return {
    from,
    to,
    services: [...services].map(([service, { parts, durations }]) => {
      const errors = parts.reduce((sum, part) => sum + part.errors, 0);
      const runtime = readRuntime(reader, service, from, to);
      return {
        service,
        ...summary(durations, errors, seconds),
        trend: parts.map((part) => ({ calls: part.durations.length, errors: part.errors, p95: part.durations.percentile(0.95) })),
        ...(runtime === undefined ? {} : { runtime }),
      };
    }),
    routes: [...routes.values()]
      .sort((a, b) => b.durations.length - a.durations.length)
      .slice(0, MAX_ROUTES)
      .map(({ service, name, durations, errors }) => ({
        service,
        name: reader.names.string(name),
        calls: durations.length,
        ...summary(durations, errors, seconds),
      })),
    ...firstToLookAt(reader, from, to),
  };
}

function summary(durations: Samples, errors: number, seconds: number): Omit<Overview['routes'][number], 'service' | 'name' | 'calls'> {
  const calls = durations.length;
  const [p50, p95, p99] = [durations.percentile(0.5), durations.percentile(0.95), durations.percentile(0.99)];
  return { rate: calls / seconds, errorShare: calls === 0 ? 0 : errors / calls, p50, p95, p99 };
}

/** By service name. A service that only calls, or only runs jobs, stands there with no requests. */
function collect(
  reader: Reader,
  from: number,
  to: number,
): { readonly services: ReadonlyMap<string, Requests>; readonly routes: ReadonlyMap<string, Route> } {
  const partMs = (to - from) / PARTS;
  const services = new Map<string, Requests>();
  const byResource = new Map<number, { readonly service: string; readonly requests: Requests; readonly routes: Map<number, Route> }>();
  const routes = new Map<string, Route>();
  const of = (resource: number): NonNullable<ReturnType<typeof byResource.get>> => {
    let known = byResource.get(resource);
    if (known === undefined) {
      const { service } = reader.names.resource(resource);
      if (!services.has(service)) services.set(service, { durations: new Samples(), parts: Array.from({ length: PARTS }, createPart) });
      byResource.set(resource, (known = { service, requests: services.get(service)!, routes: new Map() }));
    }
    return known;
  };
  for (const { columns, count, minMs, maxMs } of reader.index.spans.segments) {
    if (maxMs < from || minMs >= to) continue;
    const { startMs, durationMs, resource, name, kindStatus } = columns;
    for (let i = 0; i < count; i++) {
      const start = startMs[i]!;
      if (start < from || start >= to) continue;
      const known = of(resource[i]!);
      const kind = kindStatus[i]! >> 2;
      if (kind !== SERVER && kind !== CONSUMER) continue;
      const part = known.requests.parts[Math.min(Math.floor((start - from) / partMs), PARTS - 1)]!;
      let route = known.routes.get(name[i]!);
      if (route === undefined) {
        const key = `${name[i]} ${known.service}`;
        route = routes.get(key) ?? { service: known.service, name: name[i]!, durations: new Samples(), errors: 0 };
        routes.set(key, route);
        known.routes.set(name[i]!, route);
      }
      part.durations.add(durationMs[i]!);
      known.requests.durations.add(durationMs[i]!);
      route.durations.add(durationMs[i]!);
      if ((kindStatus[i]! & 3) === ERROR) {
        part.errors++;
        route.errors++;
      }
    }
  }
  return { services: new Map([...services].sort(([a], [b]) => (a < b ? -1 : 1))), routes };
}

function firstToLookAt(reader: Reader, from: number, to: number): Pick<Overview, 'slowest' | 'failing'> {
  const { traces } = reader;
  const slowest = new Top(MAX_TRACES);
  const failing = new Top(MAX_TRACES);
  for (let at = 0; at < traces.length; at++) {
    const start = traces.startMs[at]!;
    if (start < from || start >= to || start === Infinity) continue;
    slowest.add({ row: at + traces.base, key: traces.endMs[at]! - start });
    if (traces.failed[at] === 1) failing.add({ row: at + traces.base, key: start });
  }
  const read = (top: Top): Overview['slowest'] =>
    readSummaries(
      reader,
      top.sorted().map(({ row }) => row),
    );
  return { slowest: read(slowest), failing: read(failing) };
}
