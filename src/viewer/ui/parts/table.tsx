/** A table whose columns are data; a click on a head sorts by it. */
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from './icon.tsx';

export interface Column<T> {
  readonly title: string;
  readonly cell: (row: T) => ComponentChildren;
  /** What it sorts by; without, it does not. Numbers start with the largest. */
  readonly sort?: (row: T) => number | string;
  readonly number?: boolean;
  readonly class?: string;
}

interface TableProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  /** Index of the column it is sorted by at first; -1 keeps the order of the rows. */
  readonly sortBy?: number;
  readonly most?: number;
}

export function Table<T>({ label, columns, rows, keyOf, sortBy = -1, most = 200 }: TableProps<T>): JSX.Element {
  const [order, setOrder] = useState({ column: sortBy, up: false });
  const by = columns[order.column]?.sort;
  const sorted = by === undefined ? rows : [...rows].sort((a, b) => compare(by(a), by(b)) * (order.up ? 1 : -1));
  return (
    <table class="table">
      <caption class="heard">{label}</caption>
      <thead>
        <tr>
          {columns.map(({ title, sort, number, ...rest }, index) => {
            const sortedBy = order.column === index;
            return (
              <th
                key={title}
                scope="col"
                class={`${number ? 'num' : ''} ${rest.class ?? ''}`}
                aria-sort={sortedBy ? (order.up ? 'ascending' : 'descending') : undefined}
              >
                {sort ? (
                  <button type="button" onClick={() => setOrder({ column: index, up: sortedBy ? !order.up : !number })}>
                    {title}
                    {sortedBy && <Icon name={order.up ? 'up' : 'down'} size={10} />}
                  </button>
                ) : (
                  title
                )}
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>
        {sorted.slice(0, most).map((row) => (
          <tr key={keyOf(row)}>
            {columns.map(({ title, cell, number, ...rest }) => (
              <td key={title} class={`${number ? 'num' : ''} ${rest.class ?? ''}`}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function compare(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
}
