/** The end of a run in one table: what each backend holds of each service. */
import type { World } from './world.ts';

interface Row {
  readonly service: string;
  readonly traces: number;
  readonly metrics: number;
  readonly logs: number;
}

const services = ['shop-storefront', 'shop-payments', 'host', 'postgresql', 'redis', 'http-check', 'otel-collector'];

/** Traces of the last hour (at most 1,500), series now, log lines of the last hour. */
export async function askMatrix({ jaeger, prometheus, loki }: Pick<World, 'jaeger' | 'prometheus' | 'loki'>): Promise<readonly Row[]> {
  const known = new Set(await jaeger.services());
  return Promise.all(
    services.map(async (service) => {
      const [series] = await prometheus.query(`count({service_name="${service}"}) or count({job=~"(.*/)?${service}"})`);
      const [lines] = await loki.query(`sum(count_over_time({service_name="${service}"}[1h]))`);
      return {
        service,
        traces: known.has(service) ? (await jaeger.search({ service, lookback: '1h', limit: '1500' })).length : 0,
        metrics: series?.value ?? 0,
        logs: lines?.value ?? 0,
      };
    }),
  );
}

export function formatMatrix(rows: readonly Row[]): string {
  const cells = [
    ['service', 'traces in Jaeger', 'series in Prometheus', 'lines in Loki'],
    ...rows.map(({ service, traces, metrics, logs }) => [service, ...[traces, metrics, logs].map(format)]),
  ];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('   '),
  );
  return lines.join('\n');
}

function format(count: number): string {
  return count === 0 ? '-' : count.toLocaleString('en');
}
