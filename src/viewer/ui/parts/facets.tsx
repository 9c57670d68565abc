/** The fields of what was found, with their most frequent values: a click keeps only a value, or leaves it out. */
import type { JSX } from 'preact';
import type { Facets as FacetData } from '../../api.ts';
import { formatNumber } from '../format/number.ts';
import { formatLine } from '../format/text.ts';
import { rankFields } from '../logic/facet-order.ts';
import { params, toggleCondition } from '../state/location.ts';
import { IconButton } from './button.tsx';

export function Facets({ data }: { readonly data: FacetData }): JSX.Element {
  const chosen = params('attr');
  return (
    <nav class="facets" aria-label="Fields">
      {rankFields(data).map(({ key, values, telling }) => (
        <details
          key={key}
          open={telling || chosen.some((condition) => condition.startsWith(`${key}=`) || condition.startsWith(`${key}!=`))}
        >
          <summary class="cut" title={key}>
            {formatLine(key, 80)}
          </summary>
          <ul>
            {values.map(({ value, count }) => {
              const condition = `${key}=${value}`;
              return (
                <li key={value}>
                  <button
                    type="button"
                    class="facet"
                    aria-pressed={chosen.includes(condition)}
                    title={`Only ${condition}`}
                    onClick={() => toggleCondition(condition)}
                  >
                    <span class="facet-bar" style={{ width: `${(100 * count) / Math.max(1, data.total)}%` }} />
                    <span class="cut">{formatLine(value, 80) || '(empty)'}</span>
                    <small class="num">{formatNumber(count)}</small>
                  </button>
                  <IconButton small icon="exclude" label={`Without ${key} ${value}`} onClick={() => toggleCondition(`${key}!=${value}`)} />
                </li>
              );
            })}
          </ul>
        </details>
      ))}
    </nav>
  );
}
