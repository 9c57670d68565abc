/** Errors in groups: what it is, how often, when, where; the latest first. */
import type { JSX } from 'preact';
import type { ErrorGroup } from '../../api.ts';
import { SparkBars } from '../charts/spark.tsx';
import { formatCount } from '../format/number.ts';
import { formatLine } from '../format/text.ts';
import { ServiceChip } from '../parts/chip.tsx';
import { Empty, Loaded, Nothing } from '../parts/state.tsx';
import { Link } from '../parts/link.tsx';
import { Table, type Column } from '../parts/table.tsx';
import { Ago } from '../parts/time.tsx';
import { api } from '../state/api.ts';
import { counts } from '../state/live.ts';
import { linkTo, range, service } from '../state/location.ts';
import { formatRange } from '../state/range.ts';
import { currentBounds } from '../state/bounds.ts';
import { useResource } from '../state/resource.ts';

const columns: readonly Column<ErrorGroup>[] = [
  {
    title: 'Error',
    class: 'grow',
    sort: ({ type }) => type,
    cell: ({ fingerprint, type, message }) => (
      <Link class="error-name" href={linkTo(`/errors/${fingerprint}`)} title={`${formatLine(type)}: ${formatLine(message)}`}>
        <b class="cut">{formatLine(type, 120)}</b>
        <span class="cut">{formatLine(message, 240)}</span>
      </Link>
    ),
  },
  {
    title: 'Services',
    cell: ({ services }) => (
      <span class="service-row">
        {services.slice(0, 3).map((name) => (
          <ServiceChip key={name} name={name} />
        ))}
        {services.length > 3 && <small class="muted">+{services.length - 3}</small>}
      </span>
    ),
  },
  {
    title: 'Over time',
    class: 'spark-cell',
    cell: ({ trend }) => <SparkBars values={trend} failed={trend} label="Occurrences over time" width={160} height={28} />,
  },
  { title: 'Count', number: true, sort: ({ count }) => count, cell: ({ count }) => <b>{formatCount(count)}</b> },
  { title: 'First seen', number: true, sort: ({ firstSeen }) => firstSeen, cell: ({ firstSeen }) => <Ago ms={firstSeen} /> },
  { title: 'Last seen', number: true, sort: ({ lastSeen }) => lastSeen, cell: ({ lastSeen }) => <Ago ms={lastSeen} /> },
];

export function ErrorsView(): JSX.Element {
  const groups = useResource(JSON.stringify(['errors', formatRange(range.value), service.value]), (signal) =>
    api.errors({ ...currentBounds(), ...(service.value && { service: service.value }), limit: 200 }, signal),
  );
  return (
    <Loaded of={groups}>
      {({ items }) =>
        items.length > 0 ? (
          <div class="scroll error-list" tabIndex={0} role="region" aria-label="Error groups">
            <Table label="Groups of errors" columns={columns} rows={items} keyOf={({ fingerprint }) => fingerprint} />
          </div>
        ) : (counts.value?.spans ?? 0) > 0 && service.value === undefined && range.value.kind === 'all' ? (
          <Empty icon="check" title="No errors">
            <p>No span failed, and no exception was recorded or logged.</p>
          </Empty>
        ) : (
          <Nothing icon="errors" what="errors" />
        )
      }
    </Loaded>
  );
}
