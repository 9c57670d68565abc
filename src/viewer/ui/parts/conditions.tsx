/** The conditions on attributes that hold in a view, each with a button that takes it away. */
import type { JSX } from 'preact';
import { formatLine } from '../format/text.ts';
import { params, toggleCondition } from '../state/location.ts';
import { Icon } from './icon.tsx';

export function Conditions(): JSX.Element | null {
  const conditions = params('attr');
  if (conditions.length === 0) return null;
  return (
    <ul class="conditions" aria-label="Conditions">
      {conditions.map((condition) => (
        <li key={condition}>
          <button
            type="button"
            title={`Remove ${condition}`}
            aria-label={`Remove the condition ${condition}`}
            onClick={() => toggleCondition(condition)}
          >
            <span class="mono">{formatLine(condition, 80)}</span>
            <Icon name="close" size={12} />
          </button>
        </li>
      ))}
    </ul>
  );
}
