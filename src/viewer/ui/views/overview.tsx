/** What goes on now: each service's requests, errors and latency, its process, the routes that are slow or fail, and traces to begin with. */
import type { JSX } from 'preact';
import type { Overview, TraceSummary } from '../../api.ts';
import { SparkBars, SparkLine } from '../charts/spark.tsx';
import { formatBytes } from '../format/bytes.ts';
import { formatDuration } from '../format/duration.ts';
import { formatCount, formatPercent, formatSignificant } from '../format/number.ts';
import { formatLine } from '../format/text.ts';
import { HttpStatus, ServiceChip } from '../parts/chip.tsx';
import { Link } from '../parts/link.tsx';
import { Loaded, Nothing } from '../parts/state.tsx';
import { Table, type Column } from '../parts/table.tsx';
import { Ago } from '../parts/time.tsx';
import { api } from '../state/api.ts';
import { linkTo, range, service } from '../state/location.ts';
import { formatRange } from '../state/range.ts';
import { currentBounds } from '../state/bounds.ts';
import { useResource } from '../state/resource.ts';

type ServiceRow = Overview['services'][number];
type RouteRow = Overview['routes'][number];

export function OverviewView(): JSX.Element {
  const overview = useResource(`overview ${formatRange(range.value)}`, (signal) => api.overview(currentBounds(), signal));
  return (
    <Loaded of={overview}>
      {(data) => {
        const only = <T extends { readonly service: string }>(rows: readonly T[]): readonly T[] =>
          service.value ? rows.filter((row) => row.service === service.value) : rows;
        const services = only(data.services);
        if (services.length === 0 && data.slowest.length === 0) return <Nothing icon="overview" what="requests" />;
        const routes = only(data.routes);
        return (
          <div class="scroll pad overview">
            <section class="card">
              <h2>Services</h2>
              <ServiceTable rows={services} />
            </section>
            <section class="card">
              <h2>Routes</h2>
              <RouteTable rows={routes} />
            </section>
            <div class="two">
              <TraceCard
                title="Slowest requests"
                rows={only(data.slowest)}
                empty="No request in this time."
                more={linkTo('/traces', { sort: 'slowest' })}
              />
              <TraceCard
                title="Failed requests"
                rows={only(data.failing)}
                empty="No request failed in this time."
                more={linkTo('/traces', { status: 'error' })}
              />
            </div>
          </div>
        );
      }}
    </Loaded>
  );
}

/** Requests per second. */
const formatRate = (rate: number): string => `${formatSignificant(rate)}/s`;

function ErrorShare({ share }: { readonly share: number }): JSX.Element {
  return <span class={share > 0 ? 'fault-text' : 'muted'}>{share > 0 ? formatPercent(share) : '0%'}</span>;
}

const optional = <T extends number>(value: T | undefined, format: (value: T) => string): string | JSX.Element =>
  value === undefined ? <span class="muted">–</span> : format(value);

/** A service that was asked nothing has no duration. */
const durationOf = (rate: number, ms: number): string | JSX.Element => optional(rate > 0 ? ms : undefined, formatDuration);

const serviceColumns: readonly Column<ServiceRow>[] = [
  {
    title: 'Service',
    class: 'grow',
    sort: ({ service: name }) => name,
    cell: ({ service: name }) => (
      <Link href={linkTo('/traces', { service: name })} class="plain" title="Traces of this service">
        <ServiceChip name={name} />
      </Link>
    ),
  },
  {
    title: 'Requests',
    class: 'spark-cell',
    cell: ({ trend }) => (
      <SparkBars
        values={trend.map(({ calls }) => calls)}
        failed={trend.map(({ errors }) => errors)}
        label="Requests over time, failed ones in red"
      />
    ),
  },
  { title: 'Rate', number: true, sort: ({ rate }) => rate, cell: ({ rate }) => formatRate(rate) },
  { title: 'Errors', number: true, sort: ({ errorShare }) => errorShare, cell: ({ errorShare }) => <ErrorShare share={errorShare} /> },
  {
    title: 'p95 over time',
    class: 'spark-cell',
    cell: ({ trend }) => <SparkLine values={trend.map(({ p95 }) => p95)} label="95th percentile of the duration over time" />,
  },
  { title: 'p50', number: true, sort: ({ p50 }) => p50, cell: ({ rate, p50 }) => durationOf(rate, p50) },
  { title: 'p95', number: true, sort: ({ p95 }) => p95, cell: ({ rate, p95 }) => durationOf(rate, p95) },
  { title: 'p99', number: true, sort: ({ p99 }) => p99, cell: ({ rate, p99 }) => durationOf(rate, p99) },
  { title: 'CPU', number: true, sort: ({ runtime }) => runtime?.cpu ?? -1, cell: ({ runtime }) => optional(runtime?.cpu, formatPercent) },
  {
    title: 'Memory',
    number: true,
    sort: ({ runtime }) => runtime?.memoryBytes ?? -1,
    cell: ({ runtime }) => optional(runtime?.memoryBytes, formatBytes),
  },
  {
    title: 'Loop delay p99',
    number: true,
    sort: ({ runtime }) => runtime?.eventLoopP99Ms ?? -1,
    cell: ({ runtime }) => optional(runtime?.eventLoopP99Ms, formatDuration),
  },
  {
    title: 'Loop busy',
    number: true,
    sort: ({ runtime }) => runtime?.eventLoopUtilisation ?? -1,
    cell: ({ runtime }) => optional(runtime?.eventLoopUtilisation, formatPercent),
  },
];

function ServiceTable({ rows }: { readonly rows: readonly ServiceRow[] }): JSX.Element {
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label="Services">
      <Table
        label="Requests, errors, latency and process of each service"
        columns={serviceColumns}
        rows={rows}
        keyOf={({ service: name }) => name}
        sortBy={2}
      />
    </div>
  );
}

function RouteTable({ rows }: { readonly rows: readonly RouteRow[] }): JSX.Element {
  const longest = Math.max(0, ...rows.map(({ p95 }) => p95));
  const columns: readonly Column<RouteRow>[] = [
    { title: 'Service', sort: ({ service: name }) => name, cell: ({ service: name }) => <ServiceChip name={name} /> },
    {
      title: 'Route',
      class: 'grow',
      sort: ({ name }) => name,
      cell: ({ name, service: owner }) => (
        <Link class="cut" href={linkTo('/traces', { name, service: owner })} title={`Traces of ${formatLine(name)}`}>
          {formatLine(name, 120)}
        </Link>
      ),
    },
    { title: 'Requests', number: true, sort: ({ calls }) => calls, cell: ({ calls }) => formatCount(calls) },
    { title: 'Rate', number: true, sort: ({ rate }) => rate, cell: ({ rate }) => formatRate(rate) },
    {
      title: 'Errors',
      number: true,
      sort: ({ errorShare }) => errorShare,
      cell: ({ errorShare, name, service: owner }) =>
        errorShare > 0 ? (
          <Link class="fault-text" href={linkTo('/traces', { name, service: owner, status: 'error' })}>
            {formatPercent(errorShare)}
          </Link>
        ) : (
          <ErrorShare share={0} />
        ),
    },
    { title: 'p50', number: true, sort: ({ p50 }) => p50, cell: ({ p50 }) => formatDuration(p50) },
    {
      title: 'p95',
      number: true,
      sort: ({ p95 }) => p95,
      cell: ({ p95 }) => (
        <span class="share">
          <span class="bar">
            <i style={{ width: `${longest > 0 ? (100 * p95) / longest : 0}%` }} />
          </span>
          <span>{formatDuration(p95)}</span>
        </span>
      ),
    },
    { title: 'p99', number: true, sort: ({ p99 }) => p99, cell: ({ p99 }) => formatDuration(p99) },
  ];
  if (rows.length === 0) return <p class="card-empty">No server span in this time.</p>;
  return (
    <div class="table-box" tabIndex={0} role="region" aria-label="Routes">
      <Table
        label="Requests, errors and latency of each route"
        columns={columns}
        rows={rows}
        keyOf={({ service: owner, name }) => `${owner} ${name}`}
        sortBy={6}
        most={50}
      />
    </div>
  );
}

interface TraceCardProps {
  readonly title: string;
  readonly rows: readonly TraceSummary[];
  readonly empty: string;
  readonly more: string;
}

function TraceCard({ title, rows, empty, more }: TraceCardProps): JSX.Element {
  return (
    <section class="card">
      <h2>
        {title}
        <Link href={more}>All</Link>
      </h2>
      {rows.length === 0 ? (
        <p class="card-empty">{empty}</p>
      ) : (
        <ul class="trace-card">
          {rows.slice(0, 8).map((trace) => (
            <li key={trace.traceId}>
              <Link href={linkTo(`/traces/${trace.traceId}`)}>
                <ServiceChip name={trace.service} />
                <span class="cut trace-name">{formatLine(trace.name, 120)}</span>
                {trace.httpStatus === undefined ? <span /> : <HttpStatus code={trace.httpStatus} />}
                <span class="num">{formatDuration(trace.durationMs)}</span>
                <Ago ms={trace.startMs} />
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
