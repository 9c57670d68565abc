/** The state of all series -> lines: how long requests, calls and queries took, and how each process is doing. Pure. */

import type { Attributes } from '../../../src/otlp/records.ts';
import type { MetricTotals, Series } from './metric-totals.ts';
import { quantileOf } from './metric-totals.ts';
import type { Paint } from './text.ts';
import { layPieces } from './text.ts';
import { formatBytes, formatMs, formatPercent, textOf } from './values.ts';

interface Layout {
  readonly width: number;
  readonly paint: Paint;
}

/** The histograms of durations, in seconds; what one series of each is called, and how it ended. */
const durations: readonly {
  readonly name: string;
  readonly label: (attributes: Attributes) => string;
  readonly outcome: (attributes: Attributes) => string | undefined;
}[] = [
  {
    name: 'http.server.request.duration',
    label: (a) => `${textOf(a, 'http.request.method')} ${textOf(a, 'http.route') ?? '(no http.route)'}`,
    outcome: (a) => textOf(a, 'http.response.status_code', 'error.type'),
  },
  {
    name: 'http.client.request.duration',
    label: (a) => `${textOf(a, 'http.request.method')} ${textOf(a, 'server.address')}:${textOf(a, 'server.port')}`,
    outcome: (a) => textOf(a, 'http.response.status_code', 'error.type'),
  },
  {
    name: 'db.client.operation.duration',
    label: (a) => `${textOf(a, 'db.operation.name') ?? '(no db.operation.name)'} ${textOf(a, 'db.collection.name', 'db.namespace') ?? ''}`,
    outcome: (a) => textOf(a, 'error.type'),
  },
];

/** What is told of each process. Of `names` the first that arrived is shown; its series are summed up, or the largest is taken. */
const processRows: readonly {
  readonly title: string;
  readonly names: readonly string[];
  readonly fold: 'sum' | 'max';
  readonly format: (value: number) => string;
}[] = [
  { title: 'event loop busy', names: ['nodejs.eventloop.utilization'], fold: 'max', format: formatPercent },
  { title: 'event loop delay p99', names: ['nodejs.eventloop.delay.p99'], fold: 'max', format: (seconds) => formatMs(seconds * 1000) },
  { title: 'heap used', names: ['v8js.memory.heap.used'], fold: 'sum', format: formatBytes },
  { title: 'memory (rss)', names: ['process.memory.usage'], fold: 'sum', format: formatBytes },
  { title: 'cpu busy', names: ['process.cpu.utilization'], fold: 'sum', format: formatPercent },
  { title: 'cpu time so far', names: ['process.cpu.time'], fold: 'sum', format: (seconds) => formatMs(seconds * 1000) },
];

const numberWidth = 9;

/** True when requests of every one of these services have been measured. */
export function hasMainMetrics(totals: MetricTotals, services: readonly string[]): boolean {
  const measured = new Set(totals.named('http.server.request.duration').map(({ service }) => service));
  return services.every((service) => measured.has(service));
}

/** No line is wider than `width`. A percentile is read off the buckets and so an estimate. */
export function formatMetrics(totals: MetricTotals, layout: Layout): readonly string[] {
  return [
    ...durations.flatMap((duration) => formatDurations(duration, totals.named(duration.name), layout)),
    ...formatProcesses(totals, layout),
  ];
}

function formatDurations(
  { name, label, outcome }: (typeof durations)[number],
  series: readonly Series[],
  { width, paint }: Layout,
): readonly string[] {
  if (series.length === 0) return [];
  const rows = series
    .map((one) => ({ ...one, label: label(one.point.attributes), outcome: outcome(one.point.attributes) ?? '' }))
    .sort((a, b) => compare(a.service, b.service) || compare(a.label, b.label) || compare(a.outcome, b.outcome));
  const traced = rows.some(({ point }) => point.exemplars.length > 0);
  const columns = ['count', 'mean', '~p95', 'max', ...(traced ? ['trace'] : [])];
  const leftWidth = width - columns.length * (numberWidth + 1);
  const serviceWidth = Math.max(...rows.map(({ service }) => service.length));
  const outcomeWidth = Math.max(...rows.map((row) => row.outcome.length));
  const lineOf = (left: string, cells: readonly string[]): string => left + cells.map((cell) => ` ${cell.padStart(numberWidth)}`).join('');

  return [
    lineOf(
      layPieces([{ text: name, colour: 'bold' }], leftWidth, paint),
      columns.map((column) => column),
    ),
    ...rows.map(({ service, point, ...row }) => {
      const count = Number(point.count ?? 0n);
      const left = layPieces(
        [
          { text: '  ' },
          { text: service.padEnd(serviceWidth), colour: 'dim' },
          { text: `  ${row.outcome.padEnd(outcomeWidth)}${outcomeWidth > 0 ? '  ' : ''}${row.label}` },
        ],
        leftWidth,
        paint,
      );
      const p95 = quantileOf(point, 0.95);
      const slowest = [...point.exemplars].sort((a, b) => Number(b.value) - Number(a.value))[0];
      return lineOf(left, [
        String(count),
        count === 0 || point.sum === undefined ? '-' : formatMs((point.sum / count) * 1000),
        p95 === undefined ? '-' : formatMs(p95 * 1000),
        point.max === undefined ? '-' : formatMs(point.max * 1000),
        ...(traced ? [slowest?.traceId.slice(0, 8) ?? ''] : []),
      ]);
    }),
    '',
  ];
}

function formatProcesses(totals: MetricTotals, { width, paint }: Layout): readonly string[] {
  const services = [...totals.services()].sort(compare);
  if (services.length === 0) return [];
  const cellWidth = Math.max(12, ...services.map((service) => service.length)) + 2;
  const leftWidth = width - services.length * cellWidth;
  const lineOf = (left: string, cells: readonly string[]): string => left + cells.map((cell) => cell.padStart(cellWidth)).join('');
  return [
    lineOf(layPieces([{ text: 'process', colour: 'bold' }], leftWidth, paint), services),
    ...processRows.map(({ title, names, fold, format }) => {
      const name = names.find((candidate) => totals.named(candidate).length > 0);
      const left = layPieces([{ text: `  ${title.padEnd(22)}` }, { text: name ?? names[0]!, colour: 'dim' }], leftWidth, paint);
      const cells = services.map((service) => {
        const points = totals.named(name ?? '').filter((series) => series.service === service);
        const values = points.flatMap(({ point }) => (point.value === undefined ? [] : [Number(point.value)]));
        if (values.length === 0) return '-';
        return format(fold === 'sum' ? values.reduce((sum, value) => sum + value, 0) : Math.max(...values));
      });
      return lineOf(left, cells);
    }),
  ];
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
