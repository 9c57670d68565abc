/** The spans of a trace summed up by service and name. A click on a name shows the slowest of them in the waterfall. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { formatDuration } from '../format/duration.ts';
import { formatCount, formatPercent } from '../format/number.ts';
import { formatLine } from '../format/text.ts';
import { summariseSpans, type SpanStat } from '../logic/span-stats.ts';
import type { SpanTree } from '../logic/waterfall.ts';
import { ErrorCount, ServiceChip } from '../parts/chip.tsx';
import { Table, type Column } from '../parts/table.tsx';

export function SpanTable({ tree, onSelect }: { readonly tree: SpanTree; readonly onSelect: (spanId: string) => void }): JSX.Element {
  const stats = useMemo(() => summariseSpans(tree), [tree]);
  const columns: readonly Column<SpanStat>[] = [
    { title: 'Service', cell: ({ service }) => <ServiceChip name={service} />, sort: ({ service }) => service },
    {
      title: 'Span',
      class: 'grow',
      cell: ({ name, spanId }) => (
        <button type="button" class="link-button cut" onClick={() => onSelect(spanId)} title={formatLine(name)}>
          {formatLine(name, 160)}
        </button>
      ),
      sort: ({ name }) => name,
    },
    { title: 'Count', number: true, cell: ({ count }) => formatCount(count), sort: ({ count }) => count },
    { title: 'Errors', number: true, cell: ({ errors }) => <ErrorCount count={errors} />, sort: ({ errors }) => errors },
    { title: 'Total', number: true, cell: ({ totalMs }) => formatDuration(totalMs), sort: ({ totalMs }) => totalMs },
    { title: 'Mean', number: true, cell: ({ meanMs }) => formatDuration(meanMs), sort: ({ meanMs }) => meanMs },
    { title: 'Longest', number: true, cell: ({ maxMs }) => formatDuration(maxMs), sort: ({ maxMs }) => maxMs },
    { title: 'Self time', number: true, cell: ({ selfMs }) => formatDuration(selfMs), sort: ({ selfMs }) => selfMs },
    {
      title: 'Share',
      number: true,
      cell: ({ share }) => (
        <span class="share">
          <span class="bar">
            <i style={{ width: `${share * 100}%` }} />
          </span>
          <span>{formatPercent(share)}</span>
        </span>
      ),
      sort: ({ share }) => share,
    },
  ];
  return (
    <div class="scroll pad" tabIndex={0} role="region" aria-label="Spans by name">
      <Table
        label="Spans by service and name"
        columns={columns}
        rows={stats}
        keyOf={({ service, name }) => `${service} ${name}`}
        sortBy={7}
        most={500}
      />
    </div>
  );
}
