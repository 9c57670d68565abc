/** One group of errors: what it is, where in the code, when, and the requests in which it happened. */
import type { JSX } from 'preact';
import type { ErrorDetail } from '../../api.ts';
import { SparkBars } from '../charts/spark.tsx';
import { formatCount } from '../format/number.ts';
import { formatLine } from '../format/text.ts';
import { formatAbsolute } from '../format/time.ts';
import { LongText } from '../parts/attributes.tsx';
import { Level, ServiceChip } from '../parts/chip.tsx';
import { Icon } from '../parts/icon.tsx';
import { Link } from '../parts/link.tsx';
import { StackTrace } from '../parts/stack-trace.tsx';
import { Loaded } from '../parts/state.tsx';
import { Table, type Column } from '../parts/table.tsx';
import { Ago } from '../parts/time.tsx';
import { api } from '../state/api.ts';
import { linkTo, range } from '../state/location.ts';
import { formatRange } from '../state/range.ts';
import { currentBounds } from '../state/bounds.ts';
import { useResource } from '../state/resource.ts';

type Sample = ErrorDetail['samples'][number];

const columns: readonly Column<Sample>[] = [
  { title: 'When', cell: ({ timeMs }) => <Ago ms={timeMs} />, sort: ({ timeMs }) => timeMs, number: false },
  { title: 'Service', cell: ({ service }) => <ServiceChip name={service} /> },
  {
    title: 'Where',
    cell: ({ name, traceId, spanId }) =>
      traceId === '' ? (
        formatLine(name, 80)
      ) : (
        <Link href={linkTo(`/traces/${traceId}`, { span: spanId })} title="Open the trace at this span">
          {formatLine(name, 80) || traceId.slice(0, 8)}
        </Link>
      ),
  },
  { title: 'Message', class: 'grow', cell: ({ message }) => <span title={formatLine(message)}>{formatLine(message, 200)}</span> },
];

export function ErrorView({ fingerprint }: { readonly fingerprint: string }): JSX.Element {
  const error = useResource(`error ${fingerprint} ${formatRange(range.value)}`, (signal) =>
    api.error(fingerprint, currentBounds(), signal),
  );
  return <Loaded of={error}>{(data) => <Detail error={data} />}</Loaded>;
}

function Detail({ error }: { readonly error: ErrorDetail }): JSX.Element {
  const { type, message, services, count, firstSeen, lastSeen, trend, stack, samples, logs } = error;
  return (
    <div class="scroll pad error-view">
      <header class="error-header">
        <Link href={linkTo('/errors')} class="icon-button" title="Back to the list" label="Back to the list">
          <Icon name="left" />
        </Link>
        <div>
          <h2 class="fault-text">{formatLine(type, 200)}</h2>
          <p>
            <LongText text={message} mono={false} />
          </p>
        </div>
        <SparkBars values={trend} failed={trend} label="Occurrences over time" width={240} height={40} />
      </header>
      <dl class="trace-facts">
        <div>
          <dt>Count</dt>
          <dd class="num">
            <b>{formatCount(count)}</b>
          </dd>
        </div>
        <div>
          <dt>First seen</dt>
          <dd title={formatAbsolute(firstSeen)}>
            <Ago ms={firstSeen} />
          </dd>
        </div>
        <div>
          <dt>Last seen</dt>
          <dd title={formatAbsolute(lastSeen)}>
            <Ago ms={lastSeen} />
          </dd>
        </div>
        <div>
          <dt>Services</dt>
          <dd class="service-row">
            {services.map((name) => (
              <ServiceChip key={name} name={name} />
            ))}
          </dd>
        </div>
      </dl>
      {stack && (
        <section class="card">
          <h2>Stack trace</h2>
          <div class="card-body">
            <StackTrace stack={stack} />
          </div>
        </section>
      )}
      {samples.length > 0 && (
        <section class="card">
          <h2>Where it happened</h2>
          <div class="table-box" tabIndex={0} role="region" aria-label="Where it happened">
            <Table
              label="Spans and records with this error"
              columns={columns}
              rows={samples}
              keyOf={({ timeMs, spanId, traceId }) => `${timeMs} ${traceId} ${spanId}`}
              most={50}
            />
          </div>
        </section>
      )}
      {logs.length > 0 && (
        <section class="card">
          <h2>Log records</h2>
          <ul class="card-body lines">
            {logs.slice(0, 30).map((log) => (
              <li key={log.id}>
                <Link href={linkTo('/logs', { log: log.id, ...(log.traceId && { trace: log.traceId }), range: 'all' })}>
                  <Ago ms={log.timeMs} /> <Level severity={log.severity} /> <span class="mono">{formatLine(log.body, 200)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
