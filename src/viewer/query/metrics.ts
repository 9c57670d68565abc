/** GET /api/metrics: what is measured. Rows of `metric` with one name are one metric, described by the row seen last. */
import { ms } from '../store/schema.ts';
import type { MetricInfo, MetricType, Page } from '../api.ts';
import { meets } from './condition.ts';
import type { Condition } from './condition.ts';
import type { Reader } from './reader.ts';

export interface SeriesRow {
  readonly id: number;
  readonly metric: MetricRow;
  readonly service: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly resource: Readonly<Record<string, unknown>>;
  readonly lastMs: number;
}

export interface MetricRow {
  readonly name: string;
  readonly type: MetricType;
  readonly unit: string;
  readonly description: string;
  readonly monotonic: boolean;
  readonly temporality: string;
}

export function listMetrics(reader: Reader, { service }: { readonly service?: string }): Page<MetricInfo> {
  const byName = new Map<string, SeriesRow[]>();
  for (const series of readSeriesRows(reader, undefined, service, [])) {
    const known = byName.get(series.metric.name);
    if (known === undefined) byName.set(series.metric.name, [series]);
    else known.push(series);
  }
  const items = [...byName.values()].map(toMetricInfo);
  return { items: items.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** Of one metric, or of all. */
export function readSeriesRows(
  reader: Reader,
  name: string | undefined,
  service: string | undefined,
  conditions: readonly Condition[],
): readonly SeriesRow[] {
  const rows = reader.all(
    `SELECT s.id AS id, s.resource AS resource, s.attributes AS attributes, ${ms('s.last_ns')} AS last_ms, m.name AS name, m.type AS type, m.unit AS unit,
       m.description AS description, m.monotonic AS monotonic, m.temporality AS temporality
     FROM series s JOIN metric m ON m.id = s.metric WHERE ?1 IS NULL OR m.name = ?1`,
    name ?? null,
  );
  return rows.flatMap((row) => {
    const resource = reader.names.resource(row['resource'] as number);
    if (service !== undefined && resource.service !== service) return [];
    const attributes = JSON.parse(row['attributes'] as string) as Record<string, unknown>;
    if (!conditions.every((condition) => meets(condition, attributes, resource.attributes))) return [];
    const metric = {
      name: row['name'] as string,
      type: row['type'] as MetricType,
      unit: row['unit'] as string,
      description: row['description'] as string,
      monotonic: row['monotonic'] === 1,
      temporality: row['temporality'] as string,
    };
    return [
      {
        id: row['id'] as number,
        metric,
        service: resource.service,
        attributes,
        resource: resource.attributes,
        lastMs: row['last_ms'] as number,
      },
    ];
  });
}

/** At least one series. */
export function toMetricInfo(series: readonly SeriesRow[]): MetricInfo {
  const latest = series.reduce((a, b) => (b.lastMs > a.lastMs ? b : a));
  const { name, type, unit, description, monotonic } = latest.metric;
  const keys = new Set(series.flatMap(({ attributes }) => Object.keys(attributes)));
  return {
    name,
    type,
    unit,
    description,
    monotonic,
    services: [...new Set(series.map(({ service }) => service))].sort(),
    attributeKeys: ['service.name', ...[...keys].filter((key) => key !== 'service.name').sort()],
    series: series.length,
    lastSeen: latest.lastMs,
  };
}
