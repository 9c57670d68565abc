/** The service map in words, for those who do not see the graph and for those who want to sort. */
import type { JSX } from 'preact';
import type { ServiceMap } from '../../api.ts';
import { formatDuration } from '../format/duration.ts';
import { formatCount, formatPercent, formatSignificant } from '../format/number.ts';
import { formatLine } from '../format/text.ts';
import { tracesOfCall } from '../logic/map-links.ts';
import { Link } from '../parts/link.tsx';
import { Table } from '../parts/table.tsx';
import { linkTo } from '../state/location.ts';

export function callLink(map: ServiceMap, { from, to }: ServiceMap['edges'][number]): string {
  const [caller, called] = [map.nodes.find(({ id }) => id === from), map.nodes.find(({ id }) => id === to)];
  return linkTo('/traces', caller && called ? tracesOfCall(caller, called) : {});
}

/** What a node is called in sight of people. */
export const nameOfNode = ({ type, name }: Pick<ServiceMap['nodes'][number], 'type' | 'name'>): string =>
  type === 'user' ? 'Callers' : name;

export function CallTable({ map }: { readonly map: ServiceMap }): JSX.Element {
  const names = new Map(map.nodes.map((node) => [node.id, nameOfNode(node)]));
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Calls">
      <Table
        label="Calls between services"
        rows={map.edges}
        keyOf={({ from, to }) => `${from} ${to}`}
        sortBy={3}
        columns={[
          { title: 'From', sort: ({ from }) => names.get(from) ?? from, cell: ({ from }) => formatLine(names.get(from) ?? from, 60) },
          {
            title: 'To',
            class: 'grow',
            sort: ({ to }) => names.get(to) ?? to,
            cell: (edge) => <Link href={callLink(map, edge)}>{formatLine(names.get(edge.to) ?? edge.to, 60)}</Link>,
          },
          { title: 'Calls', number: true, sort: ({ calls }) => calls, cell: ({ calls }) => formatCount(calls) },
          { title: 'Rate', number: true, sort: ({ rate }) => rate, cell: ({ rate }) => `${formatSignificant(rate)}/s` },
          {
            title: 'Errors',
            number: true,
            sort: ({ errors, calls }) => errors / Math.max(1, calls),
            cell: ({ errors, calls }) => (
              <span class={errors > 0 ? 'fault-text' : 'muted'}>{formatPercent(errors / Math.max(1, calls))}</span>
            ),
          },
          { title: 'p50', number: true, sort: ({ p50 }) => p50, cell: ({ p50 }) => formatDuration(p50) },
          { title: 'p95', number: true, sort: ({ p95 }) => p95, cell: ({ p95 }) => formatDuration(p95) },
        ]}
      />
    </div>
  );
}
