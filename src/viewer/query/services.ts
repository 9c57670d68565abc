/** GET /api/services: who has sent, and how much of it is here. */
import { ms } from '../store/schema.ts';
import type { Page, Service } from '../api.ts';
import type { Reader } from './reader.ts';

interface Sum {
  spans: number;
  errors: number;
  logs: number;
  firstMs: number;
  lastMs: number;
}

export function listServices(reader: Reader): Page<Service> {
  const byResource = new Map<number, Sum>();
  const sumOf = (resource: number): Sum => {
    let sum = byResource.get(resource);
    if (sum === undefined) byResource.set(resource, (sum = { spans: 0, errors: 0, logs: 0, firstMs: Infinity, lastMs: -Infinity }));
    return sum;
  };
  for (const { columns, count } of reader.index.spans.segments) {
    const { resource, kindStatus, startMs } = columns;
    for (let i = 0; i < count; i++) {
      const sum = sumOf(resource[i]!);
      sum.spans++;
      if ((kindStatus[i]! & 3) === 2) sum.errors++;
      see(sum, startMs[i]!);
    }
  }
  for (const { columns, count } of reader.index.logs.segments) {
    const { resource, timeMs } = columns;
    for (let i = 0; i < count; i++) {
      const sum = sumOf(resource[i]!);
      sum.logs++;
      see(sum, timeMs[i]!);
    }
  }
  for (const row of reader.all(
    `SELECT resource, ${ms('min(last_ns)')} AS first_ms, ${ms('max(last_ns)')} AS last_ms FROM series GROUP BY resource`,
  )) {
    const sum = sumOf(row['resource'] as number);
    see(sum, row['last_ms'] as number);
    if (sum.firstMs === Infinity) see(sum, row['first_ms'] as number);
  }
  return { items: toServices(reader, byResource) };
}

function see(sum: Sum, timeMs: number): void {
  if (timeMs < sum.firstMs) sum.firstMs = timeMs;
  if (timeMs > sum.lastMs) sum.lastMs = timeMs;
}

/** By name; version and language are those of the instance seen last. */
function toServices(reader: Reader, byResource: ReadonlyMap<number, Sum>): readonly Service[] {
  const services = new Map<string, { sum: Sum; latest: number; readonly instances: Set<string> }>();
  for (const [id, sum] of byResource) {
    const { service, attributes } = reader.names.resource(id);
    const known = services.get(service);
    const instance = String(attributes['service.instance.id'] ?? id);
    if (known === undefined) services.set(service, { sum: { ...sum }, latest: id, instances: new Set([instance]) });
    else {
      known.instances.add(instance);
      if (sum.lastMs >= known.sum.lastMs) known.latest = id;
      known.sum.spans += sum.spans;
      known.sum.errors += sum.errors;
      known.sum.logs += sum.logs;
      known.sum.firstMs = Math.min(known.sum.firstMs, sum.firstMs);
      known.sum.lastMs = Math.max(known.sum.lastMs, sum.lastMs);
    }
  }
  const items = [...services].map(([name, { sum, latest, instances }]) => {
    const { attributes } = reader.names.resource(latest);
    const optional = (field: string, key: string): object => (typeof attributes[key] === 'string' ? { [field]: attributes[key] } : {});
    return {
      name,
      ...optional('namespace', 'service.namespace'),
      ...optional('version', 'service.version'),
      ...optional('language', 'telemetry.sdk.language'),
      instances: instances.size,
      spans: sum.spans,
      errors: sum.errors,
      logs: sum.logs,
      firstSeen: sum.firstMs,
      lastSeen: sum.lastMs,
    };
  });
  return items.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The times of the first and the last span or record; nothing while there is none. */
export function timeSpan({ index }: Reader): { readonly oldest?: number; readonly newest?: number } {
  let oldest = Infinity;
  let newest = -Infinity;
  for (const { minMs, maxMs } of [...index.spans.segments, ...index.logs.segments]) {
    oldest = Math.min(oldest, minMs);
    newest = Math.max(newest, maxMs);
  }
  return oldest === Infinity ? {} : { oldest, newest };
}
